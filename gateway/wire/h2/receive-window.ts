/** Bytes that a client may send before it is told that earlier ones were used (RFC 9113, 5.2). */
export class ReceiveWindow {
  readonly #size: number;
  #room: number;
  #used = 0;

  constructor(size: number) {
    this.#size = size;
    this.#room = size;
  }

  /** False: more came than there is room for. */
  take(bytes: number): boolean {
    this.#room -= bytes;
    return this.#room >= 0;
  }

  /** How many bytes the client is to be told of now; 0: they are gathered. */
  free(bytes: number): number {
    this.#used += bytes;
    if (this.#used < this.#size / 2) return 0;
    const told = this.#used;
    this.#used = 0;
    this.#room += told;
    return told;
  }
}
