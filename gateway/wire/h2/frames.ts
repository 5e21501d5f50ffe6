/** RFC 9113, 6. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** RFC 9113, 7. */
export const ERROR_CODE = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refused: 7,
  cancel: 8,
  compression: 9,
  calm: 11,
} as const;
export type ErrorName = keyof typeof ERROR_CODE;

export const HEAD_BYTES = 9;
/** A frame's payload, where nobody allows more (SETTINGS_MAX_FRAME_SIZE); nobody here does. */
export const MAX_FRAME_BYTES = 16_384;
export const MAX_WINDOW = 2 ** 31 - 1;
export const DEFAULT_WINDOW = 65_535;

/** The whole session ends by it (RFC 9113, 5.4.1). */
export class SessionError extends Error {
  readonly code: ErrorName;

  constructor(code: ErrorName, message: string) {
    super(message);
    this.code = code;
  }
}

/** One stream ends by it (RFC 9113, 5.4.2). */
export class StreamError extends Error {
  readonly stream: number;
  readonly code: ErrorName;

  constructor(stream: number, code: ErrorName, message: string) {
    super(message);
    this.stream = stream;
    this.code = code;
  }
}

/** The nine bytes before a payload, as Latin-1 text. */
export function frameHead(length: number, type: number, flags: number, stream: number): string {
  return String.fromCharCode(
    (length >> 16) & 0xff,
    (length >> 8) & 0xff,
    length & 0xff,
    type,
    flags,
    (stream >> 24) & 0xff,
    (stream >> 16) & 0xff,
    (stream >> 8) & 0xff,
    stream & 0xff,
  );
}

/** A header block in as many frames as it takes. */
export function headersFrames(stream: number, block: string, endStream: boolean): string {
  const flags = endStream ? FLAG.endStream : 0;
  if (block.length <= MAX_FRAME_BYTES)
    return frameHead(block.length, FRAME.headers, flags | FLAG.endHeaders, stream) + block;
  let text = frameHead(MAX_FRAME_BYTES, FRAME.headers, flags, stream) + block.slice(0, MAX_FRAME_BYTES);
  for (let at = MAX_FRAME_BYTES; at < block.length; at += MAX_FRAME_BYTES) {
    const part = block.slice(at, at + MAX_FRAME_BYTES);
    const isLast = at + MAX_FRAME_BYTES >= block.length;
    text += frameHead(part.length, FRAME.continuation, isLast ? FLAG.endHeaders : 0, stream) + part;
  }
  return text;
}

export function uint32(value: number): string {
  return String.fromCharCode((value >>> 24) & 0xff, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
}

export function resetFrame(stream: number, code: ErrorName): string {
  return frameHead(4, FRAME.reset, 0, stream) + uint32(ERROR_CODE[code]);
}

/** `text` names the reason, for whoever looks for it on the other side. */
export function goawayFrame(lastStream: number, code: ErrorName, text = ""): string {
  return frameHead(8 + text.length, FRAME.goaway, 0, 0) + uint32(lastStream) + uint32(ERROR_CODE[code]) + text;
}

export function windowFrame(stream: number, bytes: number): string {
  return frameHead(4, FRAME.windowUpdate, 0, stream) + uint32(bytes);
}

export function settingsFrame(pairs: readonly (readonly [id: number, value: number])[]): string {
  let text = frameHead(pairs.length * 6, FRAME.settings, 0, 0);
  for (const [id, value] of pairs) text += String.fromCharCode(id >> 8, id & 0xff) + uint32(value);
  return text;
}
