import type { BodyParts } from "./body-parts.ts";
import { ChunkReader } from "./chunk-reader.ts";
import type { Framing } from "./framing.ts";

/** Cuts a body out of a connection's bytes. */
export class BodyReader {
  readonly #parts: BodyParts;
  readonly #chunks: ChunkReader | undefined;
  /** Infinity: until the connection ends. */
  #left: number;
  #done = false;

  constructor(framing: Framing, parts: BodyParts) {
    this.#parts = parts;
    this.#chunks = framing.at === "chunked" ? new ChunkReader(parts) : undefined;
    this.#left = framing.at === "length" ? framing.bytes : Infinity;
  }

  /** True already when `onBodyEnd` is called: who answers then may keep the connection. */
  get done(): boolean {
    return this.#chunks === undefined ? this.#done : this.#chunks.done;
  }

  /** Chunks that the last read began. */
  get chunks(): number {
    return this.#chunks === undefined ? 0 : this.#chunks.chunks;
  }

  /** How many bytes of `data` from `from` belonged to the body. Throws `Malformed`. */
  read(data: Buffer, from: number): number {
    if (this.#chunks !== undefined) return this.#chunks.read(data, from);
    const available = data.length - from;
    if (available === 0) return 0;
    const used = Math.min(available, this.#left);
    this.#left -= used;
    this.#parts.onBodyData(used === data.length ? data : data.subarray(from, from + used));
    if (this.#left === 0) {
      this.#done = true;
      this.#parts.onBodyEnd(undefined);
    }
    return used;
  }

  /** The connection ended. False: in the middle of the body. */
  endOfConnection(): boolean {
    if (this.#chunks !== undefined || this.#left !== Infinity) return false;
    this.#done = true;
    this.#parts.onBodyEnd(undefined);
    return true;
  }
}
