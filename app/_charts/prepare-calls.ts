import type { AnalyticsReport } from "#contracts/plane/analytics.ts";
import { count } from "#app/_charts/figures.ts";

/** Charts are drawn in a box of 1 × 1 and stretched: positions are shares of it, y from the top. */
export interface Bar {
  at: string;
  x: number;
  width: number;
  parts: { class: StatusClass; y: number; height: number }[];
  calls: number;
  status: AnalyticsReport["series"][number]["status"];
}
export type StatusClass = "s2" | "s3" | "s4" | "s5";

export interface Tick {
  at: number;
  label: string;
}

const classes = ["s2", "s3", "s4", "s5"] as const;
const GAP = 0.18;

/** Calls over time, stacked by class of status, with round figures at the edge. */
export function prepareCalls({ series, stepSeconds }: Pick<AnalyticsReport, "series" | "stepSeconds">) {
  const top = roundUp(Math.max(1, ...series.map(({ calls }) => calls)));
  const slot = 1 / Math.max(1, series.length);
  const bars = series.map((point, index): Bar => ({
    at: point.at,
    x: (index + GAP / 2) * slot,
    width: slot * (1 - GAP),
    parts: stack(point.status, top),
    calls: point.calls,
    status: point.status,
  }));
  return { bars, levels: levelsOf(top, count), times: prepareTimes(series, stepSeconds) };
}

function stack(status: Bar["status"], top: number): Bar["parts"] {
  let below = 0;
  return classes.flatMap((name) => {
    const height = status[name] / top;
    if (height === 0) return [];
    below += height;
    return [{ class: name, y: 1 - below, height }];
  });
}

const MINUTE = 60;
const DAY = 86_400;
/** What clocks are divided by. */
const ROUND_SECONDS = [1, 5, 15, 60, 180, 360].map((minutes) => minutes * MINUTE).concat(DAY, 2 * DAY, 7 * DAY);
/** A label is written to the right of its mark; past this share of the axis there is no room for it. */
const LAST_LABEL = 0.94;

/** Up to six labels under the axis, at round times of UTC; days when the span is longer than one. */
export function prepareTimes(series: { at: string }[], stepSeconds: number): Tick[] {
  const spanSeconds = series.length * stepSeconds;
  const every = ROUND_SECONDS.find((seconds) => spanSeconds / seconds <= 6) ?? 7 * DAY;
  return series.flatMap(({ at }, index): Tick[] => {
    const pastRound = (Date.parse(at) / 1_000) % every;
    const share = index / series.length;
    return pastRound < stepSeconds && share <= LAST_LABEL ? [{ at: share, label: timeLabel(at, spanSeconds) }] : [];
  });
}

function timeLabel(at: string, spanSeconds: number): string {
  if (spanSeconds <= DAY) return at.slice(11, 16);
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

/** Three lines: nothing, half, all. */
export function levelsOf(top: number, text: (value: number) => string): Tick[] {
  return [top, top / 2, 0].map((value) => ({ at: 1 - value / top, label: text(value) }));
}

/** The next of 2, 4, 10, 20, 40, 100, … whose half is round too. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const fit = [1, 2, 4, 6, 8, 10].find((factor) => factor * power >= value && (factor * power) % 2 === 0);
  return (fit ?? 20) * power;
}
