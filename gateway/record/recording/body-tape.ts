/** The beginning of a body, copied as it passes. It holds nothing back. */
export class BodyTape {
  readonly #capBytes: number;
  readonly #pieces: Buffer[] = [];
  #kept = 0;
  /** Of the whole body. */
  bytes = 0;
  /** Whether anybody read it. */
  begun = false;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  take(chunk: Buffer): void {
    this.bytes += chunk.length;
    const room = Math.min(this.#capBytes - this.#kept, chunk.length);
    if (room <= 0) return;
    // The chunk is the sender's memory.
    this.#pieces.push(Buffer.from(chunk.subarray(0, room)));
    this.#kept += room;
  }

  get isWanted(): boolean {
    return this.#capBytes > 0;
  }

  get isCut(): boolean {
    return this.bytes > this.#kept;
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString("utf8");
  }
}
