const units: [ms: number, unit: string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
  [1, "ms"],
];

/** `{ limit: 10, windowMs: 30000 }` → `10/30s`, as people write it and the server reads it. */
export function rateText({ limit, windowMs }: { limit: number; windowMs: number }): string {
  const [ms, unit] = units.find(([ms]) => windowMs % ms === 0) ?? [1, "ms"];
  const times = windowMs / ms;
  return `${limit}/${times === 1 ? "" : times}${unit}`;
}
