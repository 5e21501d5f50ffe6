import { Counter, Gauge, Histogram, createRegistry } from "#base/metrics.ts";
import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";
import { valueOf } from "#contracts/analytics/histogram.ts";

/** Label values come from configuration and fixed lists; past this many APIs the rest share one label. */
const MAX_APIS = 500;
const REASON_NONE = "none";

/** What a worker says of itself, as far as metrics show it. */
interface WorkerCounts {
  entries: readonly AnalyticsEntry[];
  droppedRecords: number;
  connections: number;
  inFlight: number;
  memoryBytes: number;
  storeDegraded: boolean;
  waiting: number;
  droppedAllowances: number;
  forgottenTokens: number;
  forgottenNonces: number;
}

/** Names of all metrics of the gateway; fed by the workers' aggregates, so that the request's path pays nothing for them. */
export class GatewayMetrics {
  readonly registry = createRegistry();
  readonly #apis = new Set<string>();
  readonly #perWorker = new Map<number, WorkerCounts>();
  readonly #requests = this.#counter("causeway_requests_total", "Requests by API, status class and reason", [
    "api",
    "class",
    "reason",
  ]);
  readonly #requestBytes = this.#counter("causeway_request_bytes_total", "Bytes of request bodies", ["api"]);
  readonly #responseBytes = this.#counter("causeway_response_bytes_total", "Bytes of response bodies", ["api"]);
  readonly #dropped = this.#counter("causeway_records_dropped_total", "Analytics records lost for want of room", []);
  readonly #seconds = new Histogram({
    name: "causeway_request_duration_seconds",
    help: "From a request's first byte to its answer's last",
    labelNames: ["api"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });
  readonly #gauges = {
    connections: this.#gauge("causeway_connections", "Open client connections"),
    inFlight: this.#gauge("causeway_requests_in_flight", "Requests in flight"),
    memory: this.#gauge("causeway_workers_resident_bytes", "Resident memory of all workers"),
    revision: this.#gauge("causeway_revision_applied", "Number of the applied revision"),
    workers: this.#gauge("causeway_workers", "Live workers"),
    degraded: this.#gauge("causeway_limit_store_degraded", "1 while limits are counted by this node alone"),
    waiting: this.#gauge("causeway_limit_calls_waiting", "Calls that wait for their turn under a throttle"),
    droppedAllowances: this.#gauge(
      "causeway_limit_allowances_dropped",
      "Leases of limits by callers' values or tokens that left for want of room, over the live workers",
    ),
    forgottenTokens: this.#gauge(
      "causeway_identity_tokens_forgotten",
      "Tokens and issuers that left their cache for want of room, over the live workers: they are verified again",
    ),
    forgottenNonces: this.#gauge(
      "causeway_identity_nonces_forgotten",
      "Nonces of signatures that were forgotten before their time, over the live workers: one may be used again",
    ),
    droppedCounts: this.#gauge(
      "causeway_limit_counts_dropped",
      "Counts of limits by callers' values or tokens that were lost for want of room, since the start",
    ),
  };

  add(worker: number, counts: WorkerCounts): void {
    this.#perWorker.set(worker, { ...counts, entries: [] });
    if (counts.droppedRecords > 0) this.#dropped.inc(counts.droppedRecords);
    for (const entry of counts.entries) this.#count(entry);
    this.#gauges.connections.set(this.sum("connections"));
    this.#gauges.inFlight.set(this.sum("inFlight"));
    this.#gauges.memory.set(this.sum("memoryBytes"));
    this.#gauges.degraded.set(this.storeDegraded ? 1 : 0);
    this.#gauges.waiting.set(this.sum("waiting"));
    this.#gauges.droppedAllowances.set(this.sum("droppedAllowances"));
    this.#gauges.forgottenTokens.set(this.sum("forgottenTokens"));
    this.#gauges.forgottenNonces.set(this.sum("forgottenNonces"));
  }

  set(state: { revision: number; workers: number; droppedCounts: number }): void {
    this.#gauges.droppedCounts.set(state.droppedCounts);
    this.#gauges.revision.set(state.revision);
    this.#gauges.workers.set(state.workers);
  }

  get storeDegraded(): boolean {
    return [...this.#perWorker.values()].some((counts) => counts.storeDegraded);
  }

  sum(member: Exclude<keyof WorkerCounts, "entries" | "droppedRecords" | "storeDegraded">): number {
    return [...this.#perWorker.values()].reduce((total, counts) => total + counts[member], 0);
  }

  #count(entry: AnalyticsEntry): void {
    const api = this.#apiLabel(entry.api);
    this.#requests.inc(
      { api, class: `${Math.floor(entry.status / 100)}xx`, reason: entry.reason ?? REASON_NONE },
      entry.count,
    );
    this.#requestBytes.inc({ api }, entry.requestBytes);
    this.#responseBytes.inc({ api }, entry.responseBytes);
    for (const [bucket, count] of entry.total) {
      const seconds = valueOf(bucket) / 1_000_000;
      for (let index = 0; index < count; index += 1) this.#seconds.observe({ api }, seconds);
    }
  }

  #apiLabel(api: string | null): string {
    if (api === null) return REASON_NONE;
    if (this.#apis.has(api) || this.#apis.size < MAX_APIS) {
      this.#apis.add(api);
      return api;
    }
    return "other";
  }

  #counter(name: string, help: string, labelNames: string[]) {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string) {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
