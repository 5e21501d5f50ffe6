import { Lru } from "#base/lru.ts";

/** Nonces that were used, each until its time is over. Bounded: past the capacity the oldest is forgotten. */
export class NonceBook {
  readonly #used: Lru<string, number>;
  #nowMs = 0;
  /** Nonces that were forgotten before their time was over. */
  forgotten = 0;

  constructor(capacity: number) {
    this.#used = new Lru(capacity, (_nonce, untilMs) => {
      // One whose time is over would be good again anyway: its leaving takes nothing from anyone.
      if (untilMs > this.#nowMs) this.forgotten += 1;
    });
  }

  /** Whether this is the first use. It is remembered until `untilMs`. */
  use(nonce: string, nowMs: number, untilMs: number): boolean {
    this.#nowMs = nowMs;
    const usedUntilMs = this.#used.peek(nonce);
    if (usedUntilMs !== undefined && usedUntilMs > nowMs) return false;
    this.#used.set(nonce, untilMs);
    return true;
  }
}
