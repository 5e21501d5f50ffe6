import { Lru } from "#base/lru.ts";

const CAPACITY = 10_000;
const MAX_ATTEMPTS = 10;
const WINDOW_MS = 60_000;

interface Attempts {
  failed: number;
  endsAtMs: number;
}

/** An address that has to wait, and until when. */
export type ShutAddress = [address: string, untilMs: number];

/**
 * Wrong attempts by address: ten a minute. A node's primary counts them over all workers and tells them whom to shut out;
 * each worker counts its own too, so that it need not wait for that. Bounded: the address that was quiet longest is forgotten.
 */
export class AttemptBook {
  readonly #attempts = new Lru<string, Attempts>(CAPACITY);
  readonly #onFailed: ((address: string, nowMs: number) => void) | undefined;

  /** `onFailed` hears of each wrong attempt, for a book that counts those of many. */
  constructor(onFailed?: (address: string, nowMs: number) => void) {
    this.#onFailed = onFailed;
  }

  /** Milliseconds until this address may try again; 0: now. */
  waitMs(address: string, nowMs: number): number {
    const attempts = this.#attempts.peek(address);
    if (attempts === undefined || attempts.endsAtMs <= nowMs || attempts.failed < MAX_ATTEMPTS) return 0;
    return attempts.endsAtMs - nowMs;
  }

  /** Until when the address has to wait, said once: by the attempt that was one too many. */
  failed(address: string, nowMs: number): number | undefined {
    this.#onFailed?.(address, nowMs);
    const before = this.#attempts.get(address);
    const attempts = before && before.endsAtMs > nowMs ? before : { failed: 0, endsAtMs: nowMs + WINDOW_MS };
    attempts.failed += 1;
    this.#attempts.set(address, attempts);
    return attempts.failed === MAX_ATTEMPTS ? attempts.endsAtMs : undefined;
  }

  /** What a book says that counts the attempts of others too. */
  shut(addresses: readonly ShutAddress[]): void {
    for (const [address, endsAtMs] of addresses) this.#attempts.set(address, { failed: MAX_ATTEMPTS, endsAtMs });
  }

  /** The addresses that have to wait now, for one who has heard of none. */
  shutNow(nowMs: number): ShutAddress[] {
    return [...this.#attempts.entries()]
      .filter(([address]) => this.waitMs(address, nowMs) > 0)
      .map(([address, { endsAtMs }]) => [address, endsAtMs]);
  }
}
