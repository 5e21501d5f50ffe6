import { Lru } from "#base/lru.ts";

const CAPACITY = 10_000;
const MAX_ATTEMPTS = 10;
const WINDOW_MS = 60_000;

interface Attempts {
  failed: number;
  endsAtMs: number;
}

/** Wrong attempts by address: ten a minute, in each worker. Bounded: the address that was quiet longest is forgotten. */
export class AttemptBook {
  readonly #attempts = new Lru<string, Attempts>(CAPACITY);

  /** Milliseconds until this address may try again; 0: now. */
  waitMs(address: string, nowMs: number): number {
    const attempts = this.#attempts.peek(address);
    if (attempts === undefined || attempts.endsAtMs <= nowMs || attempts.failed < MAX_ATTEMPTS) return 0;
    return attempts.endsAtMs - nowMs;
  }

  failed(address: string, nowMs: number): void {
    const attempts = this.#attempts.get(address);
    if (attempts !== undefined && attempts.endsAtMs > nowMs) attempts.failed += 1;
    else this.#attempts.set(address, { failed: 1, endsAtMs: nowMs + WINDOW_MS });
  }
}
