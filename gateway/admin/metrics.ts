import { Counter, Gauge, createRegistry } from "#base/metrics.ts";
import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";
import type { GatewayTimes, RecordingOutcomes } from "#gateway/record/index.ts";
import type { ReportedMetric } from "#gateway/trace/index.ts";
import type { ClientFigures } from "#gateway/serve/index.ts";
import { CounterSeries, DurationSeries, type SeriesOptions } from "./bounded-series.ts";

const NONE = "none";
/** Series of requests and of durations that have labels of their own; each of the latter is sixteen lines. */
const MAX_REQUEST_SERIES = 10_000;
const MAX_DURATION_SERIES = 1_000;

/** What a worker says of itself, as far as metrics show it. */
interface WorkerCounts extends ClientFigures {
  entries: readonly AnalyticsEntry[];
  gatewayTimes: readonly GatewayTimes[];
  droppedRecords: number;
  droppedLogLines: number;
  droppedSpans: number;
  recordings: RecordingOutcomes;
  inFlight: number;
  memoryBytes: number;
  storeDegraded: boolean;
  waiting: number;
  droppedAllowances: number;
  forgottenTokens: number;
  unsharedNonces: number;
}

type Figure = Exclude<
  keyof WorkerCounts,
  | "entries"
  | "gatewayTimes"
  | "malformed"
  | "turnedAway"
  | "droppedRecords"
  | "droppedLogLines"
  | "droppedSpans"
  | "recordings"
  | "storeDegraded"
>;
type PlaceLabels = Record<"api" | "operation", string>;

/** What the primary knows by itself. */
export interface NodeState {
  revision: number;
  workers: number;
  restarts: number;
  droppedCounts: number;
  forgottenNonces: number;
  apis: { loaded: number; quarantined: number; otherShards: number };
  certificates: readonly { certificate: string; daysLeft: number }[];
  revocationLists: readonly { api: string; list: string; daysLeft: number }[];
  failingSecrets: number;
}

/**
 * Names of all metrics of the gateway; fed by the workers' aggregates, so that the request's path pays nothing for them.
 * Label values come from configuration and from lists in this program, never from clients.
 */
export class GatewayMetrics {
  readonly registry = createRegistry();
  readonly #perWorker = new Map<number, WorkerCounts>();
  readonly #folded = this.#counter(
    "causeway_metrics_folded_total",
    "Counts that fell under `other` for want of room",
    [],
  );
  readonly #requests = new CounterSeries(this.registry, {
    ...this.#bounded("causeway_requests_total", "Requests that were answered, or given up by their client"),
    labels: ["api", "operation", "class", "method", "reason"],
    folded: ["api", "operation", "reason"],
    capacity: MAX_REQUEST_SERIES,
  });
  readonly #requestBytes = this.#places("causeway_request_bytes_total", "Bytes of request bodies");
  readonly #responseBytes = this.#places("causeway_response_bytes_total", "Bytes of response bodies");
  readonly #total = this.#durations(
    "causeway_request_duration_seconds",
    "From a request's head to its answer's last byte",
  );
  readonly #upstream = this.#durations(
    "causeway_upstream_duration_seconds",
    "From sending a request upstream to the head of the upstream's answer, over all tries",
  );
  readonly #gateway = this.#durations(
    "causeway_gateway_duration_seconds",
    "From a request's head until it was sent upstream, or until the gateway answered by itself",
  );
  readonly #dropped = this.#counter("causeway_records_dropped_total", "Analytics records lost for want of room", []);
  readonly #droppedLines = this.#counter(
    "causeway_access_log_dropped_total",
    "Lines of the access log that were lost",
    [],
  );
  readonly #droppedSpans = this.#counter("causeway_spans_dropped_total", "Spans that no collector took", []);
  readonly #recordings = this.#counter(
    "causeway_recordings_total",
    "Exchanges that an API asks to have recorded: `written`, `dropped` for want of room, or `no_place` on this node",
    ["outcome"],
  );
  readonly #malformed = this.#counter("causeway_malformed_requests_total", "Bytes of clients that were no request", [
    "reason",
  ]);
  readonly #turnedAway = this.#counter(
    "causeway_connections_turned_away_total",
    "Client connections past settings.maxConnections",
    [],
  );
  readonly #accepted = this.#counter("causeway_connections_accepted_total", "Client connections", ["protocol"]);
  readonly #configurations = this.#counter("causeway_configurations_total", "Configurations by what became of them", [
    "outcome",
  ]);
  readonly #restarts = this.#counter("causeway_worker_restarts_total", "Workers that ended and were replaced", []);
  readonly #connections = this.#gauge("causeway_connections", "Open client connections", ["protocol"]);
  readonly #apis = this.#gauge("causeway_apis", "APIs of the configuration by what became of them here", ["state"]);
  readonly #daysLeft = this.#gauge("causeway_certificate_days_left", "Days until a served certificate expires", [
    "certificate",
  ]);
  readonly #listDaysLeft = this.#gauge(
    "causeway_revocation_list_days_left",
    "Days until a newer revocation list is due; below 0 it is late",
    ["api", "list"],
  );
  readonly #gauges = {
    inFlight: this.#gauge("causeway_requests_in_flight", "Requests in flight"),
    memory: this.#gauge("causeway_workers_resident_bytes", "Resident memory of all workers"),
    revision: this.#gauge("causeway_revision_applied", "Number of the applied revision"),
    appliedAt: this.#gauge(
      "causeway_configuration_applied_timestamp_seconds",
      "When the last configuration was applied",
    ),
    refused: this.#gauge("causeway_configuration_refused", "1 while the newest configuration is one that was refused"),
    failingSecrets: this.#gauge(
      "causeway_secrets_failing",
      "Secrets of stores whose last value is used for want of a new one",
    ),
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
      "Nonces of signatures that this node forgot before their time: good again where no Redis remembers them",
    ),
    unsharedNonces: this.#gauge(
      "causeway_identity_nonces_unshared",
      "Nonces of signatures that Redis could not be asked about, over the live workers: other nodes may take them",
    ),
    droppedCounts: this.#gauge(
      "causeway_limit_counts_dropped",
      "Counts of limits by callers' values or tokens that were lost for want of room, since the start",
    ),
  };
  #countedRestarts = 0;

  add(worker: number, counts: WorkerCounts): void {
    this.#perWorker.set(worker, { ...counts, entries: [], gatewayTimes: [] });
    this.#dropped.inc(counts.droppedRecords);
    this.#droppedLines.inc(counts.droppedLogLines);
    this.#droppedSpans.inc(counts.droppedSpans);
    for (const [outcome, count] of Object.entries(counts.recordings)) this.#recordings.inc({ outcome }, count);
    for (const entry of counts.entries) this.#count(entry);
    for (const { api, operation, times } of counts.gatewayTimes) this.#gateway.add(placeOf(api, operation), times);
    for (const [reason, count] of Object.entries(counts.malformed)) this.#malformed.inc({ reason }, count);
    for (const [protocol, count] of Object.entries(counts.accepted)) this.#accepted.inc({ protocol }, count);
    this.#turnedAway.inc(counts.turnedAway);
    this.#gauges.inFlight.set(this.sum("inFlight"));
    this.#gauges.memory.set(this.sum("memoryBytes"));
    this.#gauges.degraded.set(this.storeDegraded ? 1 : 0);
    this.#gauges.waiting.set(this.sum("waiting"));
    this.#gauges.droppedAllowances.set(this.sum("droppedAllowances"));
    this.#gauges.forgottenTokens.set(this.sum("forgottenTokens"));
    this.#gauges.unsharedNonces.set(this.sum("unsharedNonces"));
    for (const protocol of Object.keys(counts.protocols))
      this.#connections.set({ protocol }, this.#open(protocol as keyof ClientFigures["protocols"]));
  }

  set(state: NodeState): void {
    this.#gauges.droppedCounts.set(state.droppedCounts);
    this.#gauges.forgottenNonces.set(state.forgottenNonces);
    this.#gauges.revision.set(state.revision);
    this.#gauges.workers.set(state.workers);
    this.#gauges.failingSecrets.set(state.failingSecrets);
    this.#restarts.inc(state.restarts - this.#countedRestarts);
    this.#countedRestarts = state.restarts;
    this.#apis.set({ state: "loaded" }, state.apis.loaded);
    this.#apis.set({ state: "quarantined" }, state.apis.quarantined);
    this.#apis.set({ state: "other_shard" }, state.apis.otherShards);
    this.#daysLeft.reset();
    for (const { certificate, daysLeft } of state.certificates) this.#daysLeft.set({ certificate }, daysLeft);
    this.#listDaysLeft.reset();
    for (const { api, list, daysLeft } of state.revocationLists) this.#listDaysLeft.set({ api, list }, daysLeft);
  }

  /** Series of APIs that are configured no more leave, and with them the room that they took. */
  applied(apis: ReadonlySet<string>): void {
    this.#configurations.inc({ outcome: "applied" });
    this.#gauges.appliedAt.setToCurrentTime();
    this.stands();
    const isGone = ({ api }: { api: string }) => api !== NONE && api !== "other" && !apis.has(api);
    for (const series of [this.#requests, this.#requestBytes, this.#responseBytes]) series.forget(isGone);
    for (const series of [this.#total, this.#upstream, this.#gateway]) series.forget(isGone);
  }

  /** All figures, those of Node and of upstreams among them, for whoever sends them on. */
  async report(): Promise<ReportedMetric[]> {
    // What a registry gives as JSON has this shape; prom-client's own type leaves out names of a histogram's lines.
    return (await this.registry.getMetricsAsJSON()) as unknown as ReportedMetric[];
  }

  refused(): void {
    this.#configurations.inc({ outcome: "refused" });
    this.#gauges.refused.set(1);
  }

  /** The newest configuration is the one that is served. */
  stands(): void {
    this.#gauges.refused.set(0);
  }

  get storeDegraded(): boolean {
    return [...this.#perWorker.values()].some((counts) => counts.storeDegraded);
  }

  get connections(): number {
    return [...this.#perWorker.values()].reduce(
      (total, { protocols }) => total + protocols["http/1.1"] + protocols.h2 + protocols.stream,
      0,
    );
  }

  sum(member: Exclude<Figure, "protocols" | "accepted">): number {
    return [...this.#perWorker.values()].reduce((total, counts) => total + counts[member], 0);
  }

  #open(protocol: keyof ClientFigures["protocols"]): number {
    return [...this.#perWorker.values()].reduce((total, { protocols }) => total + protocols[protocol], 0);
  }

  #count(entry: AnalyticsEntry): void {
    const place = placeOf(entry.api, entry.operation);
    const { method, reason } = entry;
    const labels = { ...place, class: `${Math.floor(entry.status / 100)}xx`, method, reason: reason ?? NONE };
    this.#requests.add(labels, entry.count);
    this.#requestBytes.add(place, entry.requestBytes);
    this.#responseBytes.add(place, entry.responseBytes);
    this.#total.add(place, entry.total);
    this.#upstream.add(place, entry.upstream);
  }

  #places(name: string, help: string): CounterSeries<keyof PlaceLabels> {
    return new CounterSeries(this.registry, { ...this.#ofPlaces(name, help), capacity: MAX_REQUEST_SERIES });
  }

  #durations(name: string, help: string): DurationSeries<keyof PlaceLabels> {
    return new DurationSeries(this.registry, { ...this.#ofPlaces(name, help), capacity: MAX_DURATION_SERIES });
  }

  #ofPlaces(name: string, help: string): Omit<SeriesOptions<keyof PlaceLabels>, "capacity"> {
    return { ...this.#bounded(name, help), labels: ["api", "operation"], folded: ["api", "operation"] };
  }

  #bounded(name: string, help: string) {
    return { name, help, onFolded: (count: number) => this.#folded.inc(count) };
  }

  #counter(name: string, help: string, labelNames: string[]) {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string, labelNames: string[] = []) {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}

function placeOf(api: string | null, operation: string | null): PlaceLabels {
  return { api: api ?? NONE, operation: operation ?? NONE };
}
