import { Counter, Gauge, type Registry } from "#base/metrics.ts";
import type { UpstreamFigures, WatchFigures } from "#gateway/upstream/index.ts";

/** Pairs of API and target that have labels of their own; the rest share one, so that discovery cannot grow a scrape. */
const MAX_TARGETS = 1_000;
const OTHER = "other";

/** What the gateway shows of its upstreams: who is out, what was tried again, what could not be asked for. */
export class UpstreamMetrics {
  readonly #registry: Registry;
  readonly #known = new Set<string>();
  readonly #perWorker = new Map<number, UpstreamFigures>();
  readonly #healthy: Gauge;
  readonly #ejected: Gauge;
  readonly #openBreakers: Gauge;
  readonly #panic: Gauge;
  readonly #ejections: Counter;
  readonly #openings: Counter;
  readonly #retries: Counter;
  readonly #overBudget: Counter;
  readonly #sourceFailures: Counter;
  readonly #droppedTargets: Gauge;
  readonly #droppedRows: Counter;

  constructor(registry: Registry) {
    this.#registry = registry;
    const target = ["api", "target"];
    this.#healthy = this.#gauge("causeway_target_healthy", "1 while a target passes its active checks", target);
    this.#ejected = this.#gauge("causeway_target_ejected", "Workers that leave a target out for its failures", target);
    this.#openBreakers = this.#gauge("causeway_breakers_open", "Open breakers, over operations and workers", target);
    this.#panic = this.#gauge("causeway_upstream_panic", "Workers that use ejected targets for want of others", [
      "api",
    ]);
    this.#droppedTargets = this.#gauge("causeway_targets_dropped", "Targets past the bound of an API", ["api"]);
    this.#ejections = this.#counter("causeway_target_ejections_total", "Times a worker left a target out", target);
    this.#openings = this.#counter("causeway_breaker_openings_total", "Times a breaker opened", target);
    this.#retries = this.#counter("causeway_upstream_retries_total", "Requests that were sent again", ["api"]);
    this.#overBudget = this.#counter(
      "causeway_upstream_retries_over_budget_total",
      "Requests that were not sent again for want of budget",
      ["api"],
    );
    this.#sourceFailures = this.#counter(
      "causeway_discovery_failures_total",
      "Times that names or registries could not be asked for targets",
      ["api"],
    );
    this.#droppedRows = this.#counter("causeway_upstream_rows_dropped_total", "Figures of targets without room", []);
  }

  /** Counts are added; states replace what this worker said before. */
  add(worker: number, figures: UpstreamFigures): void {
    this.#perWorker.set(worker, figures);
    for (const { api, target, ejections, breakerOpenings } of figures.targets) {
      const labels = this.#labels(api, target);
      if (ejections > 0) this.#ejections.inc(labels, ejections);
      if (breakerOpenings > 0) this.#openings.inc(labels, breakerOpenings);
    }
    for (const { api, retries, retriesOverBudget } of figures.apis) {
      const label = { api: this.#labels(api, "").api };
      if (retries > 0) this.#retries.inc(label, retries);
      if (retriesOverBudget > 0) this.#overBudget.inc(label, retriesOverBudget);
    }
    if (figures.droppedRows > 0) this.#droppedRows.inc(figures.droppedRows);
    this.#setStates();
  }

  /** What the primary watches, all of it each time. */
  setWatched(figures: readonly WatchFigures[]): void {
    this.#healthy.reset();
    this.#droppedTargets.reset();
    for (const { api, targets, sourceFailures, droppedTargets } of figures) {
      for (const { target, healthy } of targets) this.#healthy.set(this.#labels(api, target), healthy ? 1 : 0);
      const label = { api: this.#labels(api, "").api };
      if (sourceFailures > 0) this.#sourceFailures.inc(label, sourceFailures);
      if (droppedTargets > 0) this.#droppedTargets.set(label, droppedTargets);
    }
  }

  #setStates(): void {
    for (const gauge of [this.#ejected, this.#openBreakers, this.#panic]) gauge.reset();
    for (const { targets, apis } of this.#perWorker.values()) {
      for (const { api, target, isEjected, openBreakers } of targets) {
        if (isEjected) this.#ejected.inc(this.#labels(api, target));
        if (openBreakers > 0) this.#openBreakers.inc(this.#labels(api, target), openBreakers);
      }
      for (const { api, isPanic } of apis) if (isPanic) this.#panic.inc({ api: this.#labels(api, "").api });
    }
  }

  #labels(api: string, target: string): { api: string; target: string } {
    const pair = `${api} ${target}`;
    if (!this.#known.has(pair) && this.#known.size >= MAX_TARGETS) return { api: OTHER, target: OTHER };
    this.#known.add(pair);
    return { api, target };
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}
