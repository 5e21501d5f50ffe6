/** Streams remembered; a frame that comes later than that is a mistake. */
const MOST = 1_000;

/** Streams that this side has ended: what the client sent before it knew is none of its mistakes. */
export class EndedStreams {
  readonly #ids = new Set<number>();

  add(stream: number): void {
    this.#ids.add(stream);
    if (this.#ids.size > MOST) this.#ids.delete(this.#ids.values().next().value!);
  }

  has(stream: number): boolean {
    return this.#ids.has(stream);
  }
}
