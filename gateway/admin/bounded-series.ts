import type { Registry } from "#base/metrics.ts";
import { valueOf, type Histogram } from "#contracts/analytics/histogram.ts";

/** What a registry asks a metric for; prom-client's own types know only metrics that it made itself. */
interface Reported {
  name: string;
  help: string;
  type: "counter" | "histogram";
  values: { metricName?: string; labels: Record<string, string | number>; value: number }[];
}

export interface SeriesOptions<L extends string> {
  name: string;
  help: string;
  labels: readonly L[];
  /** Labels whose values come from configuration: past the bound they read `other`. */
  folded: readonly L[];
  /** Series that have labels of their own. */
  capacity: number;
  onFolded(count: number): void;
}

type Labels<L extends string> = Readonly<Record<L, string>>;
const OTHER = "other";

/** Series of one name, bounded: past the capacity values of configured labels become `other`, and that is counted. */
class Series<L extends string, T> {
  readonly #options: SeriesOptions<L>;
  readonly #make: () => T;
  readonly #known = new Map<string, { labels: Labels<L>; value: T }>();

  constructor(options: SeriesOptions<L>, make: () => T) {
    this.#options = options;
    this.#make = make;
  }

  /** `count` is what is about to be added, for the figure of what was folded. */
  of(labels: Labels<L>, count: number): { labels: Labels<L>; value: T } {
    const { folded, capacity } = this.#options;
    const name = this.#nameOf(labels);
    const known = this.#known.get(name);
    if (known) return known;
    if (this.#known.size < capacity) return this.#keep(name, labels);
    this.#options.onFolded(count);
    const general = { ...labels, ...Object.fromEntries(folded.map((label) => [label, OTHER])) };
    const generalName = this.#nameOf(general);
    // As many as the labels of fixed lists have values: they are few.
    return this.#known.get(generalName) ?? this.#keep(generalName, general);
  }

  all(): Iterable<{ labels: Labels<L>; value: T }> {
    return this.#known.values();
  }

  /** What configuration names no more is shown no more, and leaves room for what it names now. */
  forget(isGone: (labels: Labels<L>) => boolean): void {
    for (const [name, { labels }] of this.#known) if (isGone(labels)) this.#known.delete(name);
  }

  #keep(name: string, labels: Labels<L>) {
    const made = { labels, value: this.#make() };
    this.#known.set(name, made);
    return made;
  }

  #nameOf(labels: Labels<L>): string {
    return this.#options.labels.map((label) => labels[label]).join("\n");
  }
}

/** A counter of many labels that is fed sums and never single events. */
export class CounterSeries<L extends string> {
  readonly #series: Series<L, { total: number }>;

  constructor(registry: Registry, options: SeriesOptions<L>) {
    this.#series = new Series(options, () => ({ total: 0 }));
    const { name, help } = options;
    register(registry, () => ({
      name,
      help,
      type: "counter",
      values: [...this.#series.all()].map(({ labels, value }) => ({ labels, value: value.total })),
    }));
  }

  add(labels: Labels<L>, count: number): void {
    this.#series.of(labels, count).value.total += count;
  }

  forget(isGone: (labels: Labels<L>) => boolean): void {
    this.#series.forget(isGone);
  }
}

/** Upper bounds in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Durations, fed with histograms of microseconds as analytics have them: one addition a bucket and not one a request. */
export class DurationSeries<L extends string> {
  readonly #series: Series<L, { counts: number[]; sum: number }>;

  constructor(registry: Registry, options: SeriesOptions<L>) {
    // One more than bounds: what is above all of them.
    this.#series = new Series(options, () => ({ counts: Array.from({ length: BOUNDS.length + 1 }, () => 0), sum: 0 }));
    const { name, help } = options;
    register(registry, () => ({
      name,
      help,
      type: "histogram",
      values: [...this.#series.all()].flatMap(({ labels, value }) => lines(name, labels, value)),
    }));
  }

  add(labels: Labels<L>, observed: Histogram): void {
    const total = observed.reduce((sum, [, count]) => sum + count, 0);
    if (total === 0) return;
    const { value } = this.#series.of(labels, total);
    for (const [bucket, count] of observed) {
      const seconds = valueOf(bucket) / 1_000_000;
      const at = BOUNDS.findIndex((bound) => seconds <= bound);
      value.counts[at === -1 ? BOUNDS.length : at]! += count;
      value.sum += seconds * count;
    }
  }

  forget(isGone: (labels: Labels<L>) => boolean): void {
    this.#series.forget(isGone);
  }
}

/** Buckets are cumulative, as Prometheus wants them. */
function lines(
  name: string,
  labels: Readonly<Record<string, string>>,
  { counts, sum }: { counts: readonly number[]; sum: number },
): Reported["values"] {
  let below = 0;
  const buckets = counts.map((count, index) => {
    below += count;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: BOUNDS[index] ?? "+Inf" }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: below },
  ];
}

function register(registry: Registry, report: () => Reported): void {
  const { name } = report();
  // A registry reads name and get() of what it holds and nothing else.
  registry.registerMetric({ name, get: async () => report() } as unknown as Parameters<Registry["registerMetric"]>[0]);
}
