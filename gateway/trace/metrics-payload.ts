/** A metric as a Prometheus registry reports it. */
export interface ReportedMetric {
  name: string;
  help: string;
  type: string;
  values: readonly { metricName?: string; labels: Readonly<Record<string, string | number>>; value: number }[];
}

export interface PayloadOptions {
  resource: Readonly<Record<string, string>>;
  startedAtMs: number;
  nowMs: number;
}

/** The figures of a registry as an OTLP request: the same names and labels as `/metrics` has, cumulative since the start. */
export function metricsPayload(metrics: readonly ReportedMetric[], options: PayloadOptions): string {
  const times = {
    startTimeUnixNano: nanosOf(options.startedAtMs * 1_000),
    timeUnixNano: nanosOf(options.nowMs * 1_000),
  };
  const scopeMetrics = [
    { scope: { name: "causeway.gateway" }, metrics: metrics.flatMap((metric) => metricOf(metric, times) ?? []) },
  ];
  const resource = { attributes: attributesOf(options.resource) };
  return JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics }] });
}

function attributesOf(values: Readonly<Record<string, string | number>>) {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: String(value) } }));
}

/** Microseconds since the epoch as nanoseconds: exact, since a number holds the former. */
function nanosOf(epochUs: number): string {
  return `${Math.round(epochUs)}000`;
}

const CUMULATIVE = 2;
type Times = { startTimeUnixNano: string; timeUnixNano: string };

function metricOf({ name, help, type, values }: ReportedMetric, times: Times): object | undefined {
  const points = () =>
    values.map(({ labels, value }) => ({ ...times, attributes: attributesOf(labels), asDouble: value }));
  const about = { name, description: help };
  if (type === "gauge") return { ...about, gauge: { dataPoints: points() } };
  if (type === "counter")
    return { ...about, sum: { dataPoints: points(), aggregationTemporality: CUMULATIVE, isMonotonic: true } };
  if (type !== "histogram") return undefined;
  return {
    ...about,
    histogram: { dataPoints: histogramPoints(name, values, times), aggregationTemporality: CUMULATIVE },
  };
}

interface Point {
  labels: Record<string, string | number>;
  below: [bound: number, count: number][];
  sum: number;
  count: number;
}

/** Prometheus has a line for each cumulative bucket; OTLP has one point whose buckets stand for themselves. */
function histogramPoints(name: string, values: ReportedMetric["values"], times: Times): object[] {
  const points = new Map<string, Point>();
  for (const { metricName = name, labels, value } of values) {
    const { le, ...rest } = labels;
    const key = JSON.stringify(rest);
    const point = points.get(key) ?? { labels: rest, below: [], sum: 0, count: 0 };
    points.set(key, point);
    if (metricName.endsWith("_bucket")) point.below.push([le === "+Inf" ? Infinity : Number(le), value]);
    else if (metricName.endsWith("_sum")) point.sum = value;
    else point.count = value;
  }
  return [...points.values()].map(({ labels, below, sum, count }) => ({
    ...times,
    attributes: attributesOf(labels),
    count: String(count),
    sum,
    explicitBounds: below.map(([bound]) => bound).filter(Number.isFinite),
    bucketCounts: below.map(([, total], index) => String(total - (below[index - 1]?.[1] ?? 0))),
  }));
}
