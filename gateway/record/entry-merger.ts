import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";
import { mergeHistograms } from "#contracts/analytics/histogram.ts";

/** The primary's sum over its workers between two batches. Bounded; what finds no room is counted. */
export class EntryMerger {
  readonly #entries = new Map<string, AnalyticsEntry>();
  readonly #capacity: number;
  droppedRecords = 0;

  constructor(capacity = 20_000) {
    this.#capacity = capacity;
  }

  add(entries: readonly AnalyticsEntry[]): void {
    for (const entry of entries) {
      const { at, api, operation, key, method, status, reason } = entry;
      const name = JSON.stringify([at, api, operation, key, method, status, reason]);
      const known = this.#entries.get(name);
      if (known) this.#entries.set(name, mergeEntries(known, entry));
      else if (this.#entries.size < this.#capacity) this.#entries.set(name, entry);
      else this.droppedRecords += entry.count;
    }
  }

  take(): AnalyticsEntry[] {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    return entries;
  }
}

function mergeEntries(a: AnalyticsEntry, b: AnalyticsEntry): AnalyticsEntry {
  return {
    ...a,
    count: a.count + b.count,
    requestBytes: a.requestBytes + b.requestBytes,
    responseBytes: a.responseBytes + b.responseBytes,
    total: mergeHistograms(a.total, b.total),
    upstream: mergeHistograms(a.upstream, b.upstream),
  };
}
