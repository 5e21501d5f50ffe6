import { Lru } from "#base/lru.ts";

/** Nonces that one worker remembers. Past it the oldest is forgotten, which `forgotten` counts. */
const CAPACITY = 100_000;

/** Nonces that were used. Each worker has its own: a replay that meets another worker is stopped by `maxAge` alone. */
export class ReplayBook {
  readonly #used = new Lru<string, number>(CAPACITY);

  /** Whether this is the first use. It is remembered until `untilMs`. */
  use(nonce: string, nowMs: number, untilMs: number): boolean {
    const usedUntilMs = this.#used.peek(nonce);
    if (usedUntilMs !== undefined && usedUntilMs > nowMs) return false;
    this.#used.set(nonce, untilMs);
    return true;
  }

  get forgotten(): number {
    return this.#used.evicted;
  }
}
