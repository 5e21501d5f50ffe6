import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";

/** Requests and failures between two heartbeats. */
export class Load {
  #calls = 0;
  #failed = 0;
  #sinceMs = Date.now();

  add(entries: readonly AnalyticsEntry[]): void {
    for (const { count, status } of entries) {
      this.#calls += count;
      if (status >= 500) this.#failed += count;
    }
  }

  /** Since the last call: requests a second, and the share of them that was answered 5xx. */
  take(): { rps: number; errors: number } {
    const seconds = Math.max(0.001, (Date.now() - this.#sinceMs) / 1_000);
    const figures = { rps: this.#calls / seconds, errors: this.#calls === 0 ? 0 : this.#failed / this.#calls };
    this.#calls = 0;
    this.#failed = 0;
    this.#sinceMs = Date.now();
    return figures;
  }
}
