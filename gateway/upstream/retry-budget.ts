import type { Retry } from "#contracts/api/resilience.ts";
import { RollingCounts } from "./rolling-counts.ts";

const WINDOW_MS = 10_000;

/**
 * How many requests of an API may be sent again: a share of those of the last ten seconds, and a few that always may
 * (Finagle's RetryBudget). Without it an upstream that slows down gets the most requests when it can bear the least.
 */
export class RetryBudget {
  readonly #settings: Retry["budget"];
  /** Requests, and those that were sent again. */
  readonly #counts = new RollingCounts(WINDOW_MS);
  spent = 0;
  /** Retries that cost nothing, since no byte had left. */
  free = 0;
  /** Retries that were not made for want of budget. */
  exhausted = 0;

  constructor(settings: Retry["budget"]) {
    this.#settings = settings;
  }

  /** Whether it is the one that these settings ask for: what was counted then stays over a reload. */
  fits({ share, minPerSecond }: Retry["budget"]): boolean {
    return share === this.#settings.share && minPerSecond === this.#settings.minPerSecond;
  }

  countRequest(nowMs: number): void {
    this.#counts.add(nowMs, 1, 0);
  }

  /** True: one retry is taken from it. */
  take(nowMs: number): boolean {
    this.#counts.forget(nowMs);
    const { first: requests, second: retries } = this.#counts;
    const { share, minPerSecond } = this.#settings;
    if (retries + 1 > share * requests + minPerSecond * (WINDOW_MS / 1_000)) {
      this.exhausted += 1;
      return false;
    }
    this.#counts.add(nowMs, 0, 1);
    this.spent += 1;
    return true;
  }
}
