import type { AnalyticsRange } from "#app/_trpc/views.ts";

export const ranges = [
  { value: "15m", name: "15 minutes" },
  { value: "1h", name: "Hour" },
  { value: "6h", name: "6 hours" },
  { value: "24h", name: "Day" },
  { value: "7d", name: "Week" },
] as const satisfies { value: AnalyticsRange; name: string }[];

/** The range that the URL asks for, or the last hour. */
export function readRange(text: string | undefined): AnalyticsRange {
  return ranges.find(({ value }) => value === text)?.value ?? "1h";
}

/** A link to the same page with other filters; what is null is taken out. */
export function filterHref(base: string, filters: Record<string, string | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
  return query.size > 0 ? `${base}?${query}` : base;
}
