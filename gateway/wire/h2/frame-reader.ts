import { HEAD_BYTES, MAX_FRAME_BYTES, SessionError } from "./frames.ts";

/** A frame's payload is `data` from `start` to `end`: the reader's memory, which is not kept past the call. */
export type FrameSink = (type: number, flags: number, stream: number, data: Buffer, start: number, end: number) => void;

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** Cuts a client's bytes into frames. Throws a SessionError where they are none. */
export class FrameReader {
  readonly #onFrame: FrameSink;
  #pending: Buffer | undefined = undefined;
  #prefaced = false;

  constructor(onFrame: FrameSink) {
    this.#onFrame = onFrame;
  }

  read(chunk: Buffer): void {
    const data = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = undefined;
    let at = 0;
    if (!this.#prefaced) {
      const length = Math.min(data.length, PREFACE.length);
      if (data.compare(PREFACE, 0, length, 0, length) !== 0)
        throw new SessionError("protocol", "The connection does not begin as one of HTTP/2.");
      if (length === PREFACE.length) {
        this.#prefaced = true;
        at = length;
      }
    }
    while (this.#prefaced && data.length - at >= HEAD_BYTES) {
      const length = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
      if (length > MAX_FRAME_BYTES) throw new SessionError("frameSize", "A frame is larger than it may be.");
      const start = at + HEAD_BYTES;
      const end = start + length;
      if (end > data.length) break;
      const stream = data.readUInt32BE(at + 5) & 0x7fffffff;
      this.#onFrame(data[at + 3]!, data[at + 4]!, stream, data, start, end);
      at = end;
    }
    if (at < data.length) this.#pending = at === 0 ? data : data.subarray(at);
  }
}
