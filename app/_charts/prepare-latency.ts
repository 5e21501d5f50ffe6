import type { AnalyticsReport } from "#contracts/plane/analytics.ts";
import { milliseconds } from "#app/_charts/figures.ts";
import { levelsOf, prepareTimes, roundUp } from "#app/_charts/prepare-calls.ts";

type Percentile = "p50Ms" | "p95Ms" | "p99Ms";
const percentiles = ["p50Ms", "p95Ms", "p99Ms"] as const;

/** Percentiles as lines in a box of 1 × 1; a step without calls is a gap in the line, not a zero. */
export function prepareLatency({ series, stepSeconds }: Pick<AnalyticsReport, "series" | "stepSeconds">) {
  const measured = series.flatMap((point) => percentiles.map((name) => point[name]).filter((value) => value !== null));
  if (measured.length === 0) return null;
  const top = roundUp(Math.max(1, ...measured));
  const lines = percentiles.map((name) => ({ name, path: pathOf(series, name, top) }));
  return { lines, levels: levelsOf(top, milliseconds), times: prepareTimes(series, stepSeconds) };
}

function pathOf(series: AnalyticsReport["series"], name: Percentile, top: number): string {
  const slot = 1 / series.length;
  let path = "";
  let down = false;
  for (const [index, point] of series.entries()) {
    const value = point[name];
    if (value === null) {
      down = false;
      continue;
    }
    const spot = `${round((index + 0.5) * slot)} ${round(1 - value / top)}`;
    // A point between two gaps would be a line of no length: it gets a short one of its own.
    const alone = !down && (series[index + 1]?.[name] ?? null) === null;
    path += down ? `L${spot}` : alone ? `M${spot}h${round(slot / 2)}` : `M${spot}`;
    down = true;
  }
  return path;
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;
