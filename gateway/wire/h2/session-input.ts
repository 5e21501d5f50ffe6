import { FLAG, FRAME, SessionError, StreamError } from "./frames.ts";
import { FrameReader } from "./frame-reader.ts";

/** What a client's frames come to, once each is known to have its form. */
export interface SessionEvents {
  /** A whole header block: a request's head, or its trailers. */
  onBlock(stream: number, data: Buffer, start: number, end: number, endStream: boolean): void;
  /** `counted`: bytes for the windows, padding among them. */
  onData(stream: number, data: Buffer, start: number, end: number, counted: number, endStream: boolean): void;
  onReset(stream: number): void;
  onWindow(stream: number, bytes: number): void;
  onSettings(data: Buffer, start: number, end: number): void;
  /** Latin-1, eight bytes. */
  onPing(payload: string): void;
  onPingAnswered(): void;
  onGoaway(): void;
  /** A frame that carries neither a request nor a body. Told before what it says. */
  onOverhead(): void;
  onStreamError(error: StreamError): void;
}

/** CONTINUATION frames of one block, empty ones too (CVE-2024-27316). */
const MAX_CONTINUATIONS = 16;

interface Block {
  stream: number;
  endStream: boolean;
  parts: Buffer[];
  bytes: number;
}

/** Reads a client's side of a session. Throws a SessionError where the session has to end. */
export class SessionInput {
  readonly #reader: FrameReader;
  readonly #events: SessionEvents;
  readonly #maxBlockBytes: number;
  #settled = false;
  /** That came so far. */
  frames = 0;
  /** A header block whose end has not come: nothing else may come before it. */
  #block: Block | undefined = undefined;

  constructor(events: SessionEvents, maxBlockBytes: number) {
    this.#events = events;
    this.#maxBlockBytes = maxBlockBytes;
    this.#reader = new FrameReader((...frame) => {
      try {
        this.#take(...frame);
      } catch (error) {
        if (!(error instanceof StreamError)) throw error;
        events.onStreamError(error);
      }
    });
  }

  read(chunk: Buffer): void {
    this.#reader.read(chunk);
  }

  #take(type: number, flags: number, stream: number, data: Buffer, start: number, end: number): void {
    if (!this.#settled && type !== FRAME.settings) throw protocol("The first frame is not SETTINGS.");
    if (this.#block !== undefined && type !== FRAME.continuation)
      throw protocol("A header block is broken off by another frame.");
    const length = end - start;
    this.frames += 1;
    // A DATA frame is looked at with its padding off.
    if (type > FRAME.headers && type !== FRAME.continuation) this.#events.onOverhead();
    switch (type) {
      case FRAME.data:
        return this.#data(flags, stream, data, start, end);
      case FRAME.headers:
        return this.#headers(flags, stream, data, start, end);
      case FRAME.continuation:
        return this.#continuation(flags, stream, data, start, end);
      case FRAME.priority:
        demandStream(stream);
        // Its content means nothing any more (RFC 9113, 5.3.2).
        if (length !== 5) throw new StreamError(stream, "frameSize", "PRIORITY has not five bytes.");
        return;
      case FRAME.reset:
        demandStream(stream);
        demandLength(length, 4);
        return this.#events.onReset(stream);
      case FRAME.settings:
        return this.#settings(flags, stream, data, start, end);
      case FRAME.pushPromise:
        throw protocol("A client promises nothing.");
      case FRAME.ping:
        demandSession(stream);
        demandLength(length, 8);
        if ((flags & FLAG.ack) !== 0) return this.#events.onPingAnswered();
        return this.#events.onPing(data.toString("latin1", start, end));
      case FRAME.goaway:
        demandSession(stream);
        if (length < 8) throw new SessionError("frameSize", "GOAWAY is too short.");
        return this.#events.onGoaway();
      case FRAME.windowUpdate:
        demandLength(length, 4);
        return this.#events.onWindow(stream, data.readUInt32BE(start) & 0x7fffffff);
    }
  }

  #data(flags: number, stream: number, data: Buffer, start: number, end: number): void {
    demandStream(stream);
    const padding = paddingOf(flags, data, start, end);
    const from = padding === -1 ? start : start + 1;
    const to = padding === -1 ? end : end - padding;
    const endStream = (flags & FLAG.endStream) !== 0;
    if (from === to && !endStream) this.#events.onOverhead();
    this.#events.onData(stream, data, from, to, end - start, endStream);
  }

  #headers(flags: number, stream: number, data: Buffer, start: number, end: number): void {
    demandStream(stream);
    const padding = paddingOf(flags, data, start, end);
    let from = padding === -1 ? start : start + 1;
    const to = padding === -1 ? end : end - padding;
    if ((flags & FLAG.priority) !== 0) from += 5;
    if (from > to) throw protocol("HEADERS is shorter than what it says to hold.");
    const endStream = (flags & FLAG.endStream) !== 0;
    if ((flags & FLAG.endHeaders) !== 0) return this.#events.onBlock(stream, data, from, to, endStream);
    this.#block = { stream, endStream, parts: [Buffer.from(data.subarray(from, to))], bytes: to - from };
  }

  #continuation(flags: number, stream: number, data: Buffer, start: number, end: number): void {
    const block = this.#block;
    if (block === undefined || block.stream !== stream) throw protocol("CONTINUATION continues nothing.");
    block.bytes += end - start;
    if (block.parts.length > MAX_CONTINUATIONS || block.bytes > this.#maxBlockBytes)
      throw new SessionError("calm", "A header block is too large.");
    block.parts.push(Buffer.from(data.subarray(start, end)));
    if ((flags & FLAG.endHeaders) === 0) return;
    this.#block = undefined;
    this.#events.onBlock(stream, Buffer.concat(block.parts), 0, block.bytes, block.endStream);
  }

  #settings(flags: number, stream: number, data: Buffer, start: number, end: number): void {
    demandSession(stream);
    const isAck = (flags & FLAG.ack) !== 0;
    if (isAck) return demandLength(end - start, 0);
    this.#settled = true;
    this.#events.onSettings(data, start, end);
  }
}

/** Bytes of padding; -1: none, and no byte that counts them. */
function paddingOf(flags: number, data: Buffer, start: number, end: number): number {
  if ((flags & FLAG.padded) === 0) return -1;
  if (start === end) throw new SessionError("frameSize", "A padded frame is empty.");
  const padding = data[start]!;
  if (padding >= end - start) throw protocol("A frame's padding is longer than the frame.");
  return padding;
}

function demandStream(stream: number): void {
  if (stream === 0) throw protocol("A frame of a stream names none.");
}

function demandSession(stream: number): void {
  if (stream !== 0) throw protocol("A frame of the session names a stream.");
}

function demandLength(length: number, wanted: number): void {
  if (length !== wanted) throw new SessionError("frameSize", "A frame has not the length of its kind.");
}

function protocol(message: string): SessionError {
  return new SessionError("protocol", message);
}
