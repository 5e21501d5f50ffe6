/** Pieces below this are put together, since each one alone costs some hundred bytes beside its own. */
const SPARE_BYTES = 4_096;

/** Bytes of a body that nobody takes yet: what they cost in memory is about what they are, however small the pieces came. */
export class BodyAhead {
  readonly #pieces: Buffer[] = [];
  /** Behind the pieces, in memory that has room for more. */
  #spare: Buffer | undefined = undefined;
  #spareUsed = 0;

  get isEmpty(): boolean {
    return this.#pieces.length === 0 && this.#spareUsed === 0;
  }

  /** `data` from `start` to `end`, copied. */
  push(data: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.#spareUsed + length > SPARE_BYTES) this.#close();
    // The first piece is mostly the only one.
    if (this.isEmpty || length >= SPARE_BYTES) return void this.#pieces.push(Buffer.from(data.subarray(start, end)));
    this.#spare ??= Buffer.allocUnsafe(SPARE_BYTES);
    data.copy(this.#spare, this.#spareUsed, start, end);
    this.#spareUsed += length;
  }

  /** The oldest ones. */
  shift(): Buffer | undefined {
    if (this.#pieces.length === 0) this.#close();
    return this.#pieces.shift();
  }

  /** How many bytes nobody will take any more. */
  clear(): number {
    this.#close();
    return this.#pieces.splice(0).reduce((sum, { length }) => sum + length, 0);
  }

  #close(): void {
    if (this.#spareUsed > 0) this.#pieces.push(this.#spare!.subarray(0, this.#spareUsed));
    this.#spare = undefined;
    this.#spareUsed = 0;
  }
}
