const STEPS: [limitMs: number, unitMs: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60_000, 1_000, "second"],
  [3_600_000, 60_000, "minute"],
  [86_400_000, 3_600_000, "hour"],
  [2_592_000_000, 86_400_000, "day"],
  [31_536_000_000, 2_592_000_000, "month"],
  [Infinity, 31_536_000_000, "year"],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });

/** `3 minutes ago`, `in 2 days`, `just now` within ten seconds. */
export function relativeTime(iso: string, nowMs: number): string {
  const differenceMs = new Date(iso).getTime() - nowMs;
  if (Math.abs(differenceMs) < 10_000) return "just now";
  const [, unitMs, unit] = STEPS.find(([limitMs]) => Math.abs(differenceMs) < limitMs) ?? STEPS[5]!;
  return relative.format(Math.round(differenceMs / unitMs), unit);
}

/** `24 Nov 2026, 04:50:13 UTC`: the same on the server and in every browser. */
export function exactTime(iso: string): string {
  const date = new Date(iso);
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return `${day}, ${iso.slice(11, 19)} UTC`;
}

/** `850 ms`, `4.2 s`, `1 min 20 s`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1_000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
