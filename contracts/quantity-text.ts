/** Quantities as people write them and quantities.ts reads them. Apart from it, so that a browser need not load zod for them. */

const units: [ms: number, unit: string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
  [1, "ms"],
];

/** 90000 → `90s`: the largest unit that leaves a whole number. */
export function durationText(durationMs: number): string {
  const [ms, unit] = units.find(([ms]) => durationMs % ms === 0) ?? [1, "ms"];
  return `${durationMs / ms}${unit}`;
}

/** `{ limit: 10, windowMs: 30000 }` → `10/30s`. */
export function rateText({ limit, windowMs }: { limit: number; windowMs: number }): string {
  return `${limit}/${durationText(windowMs).replace(/^1(?=\D)/, "")}`;
}
