import { hash } from "node:crypto";
import type { FirstUses } from "./first-uses.ts";
import { NonceBook } from "./nonce-book.ts";

/** Nonces that a worker refuses by itself; what it has forgotten it asks about again. */
const CAPACITY = 10_000;

/** Nonces of signatures: a worker's own look first, which costs nothing, then the one place that decides for all workers. */
export class ReplayBook {
  readonly #own = new NonceBook(CAPACITY);
  readonly #elsewhere: FirstUses | undefined;

  /** Without `elsewhere` the worker's memory is all that there is. */
  constructor(elsewhere?: FirstUses) {
    this.#elsewhere = elsewhere;
  }

  /** Whether this is the first use, which counts until `untilMs`. A promise only where others have to be asked. */
  use(nonce: string, nowMs: number, untilMs: number): boolean | Promise<boolean> {
    // A client chooses how long its nonces are: what is remembered of one is as long as of any other.
    const name = hash("sha256", nonce, "base64url");
    // Noted before anyone is asked, so that a replay which comes meanwhile is refused here.
    if (!this.#own.use(name, nowMs, untilMs)) return false;
    return this.#elsewhere?.isFirst(name, nowMs, untilMs) ?? true;
  }

  /** Nonces that could not be compared with those of other nodes, since the start. */
  get unshared(): number {
    return this.#elsewhere?.unshared ?? 0;
  }
}
