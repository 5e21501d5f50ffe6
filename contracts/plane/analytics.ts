import { z } from "zod";

export const analyticsRange = z.enum(["15m", "1h", "6h", "24h", "7d"]);
export type AnalyticsRange = z.infer<typeof analyticsRange>;

/** Milliseconds of a range, and the width of one point of its chart. */
export const rangeShape = {
  "15m": { spanMs: 900_000, stepSeconds: 10 },
  "1h": { spanMs: 3_600_000, stepSeconds: 60 },
  "6h": { spanMs: 21_600_000, stepSeconds: 300 },
  "24h": { spanMs: 86_400_000, stepSeconds: 900 },
  "7d": { spanMs: 604_800_000, stepSeconds: 7_200 },
} as const satisfies Record<AnalyticsRange, { spanMs: number; stepSeconds: number }>;

export const analyticsQuery = z.strictObject({
  range: analyticsRange.default("1h"),
  api: z.string().optional(),
  key: z.string().optional(),
  cluster: z.string().optional(),
});

const latency = z.object({ p50Ms: z.number().nullable(), p95Ms: z.number().nullable(), p99Ms: z.number().nullable() });

export const analyticsReport = z.object({
  from: z.string(),
  to: z.string(),
  stepSeconds: z.int(),
  totals: z.object({
    calls: z.int(),
    errors: z.int(),
    requestBytes: z.number(),
    responseBytes: z.number(),
    /** Records that nodes had to drop: a known gap. */
    dropped: z.int(),
    latency,
    /** The gateway's own share: total less upstream. */
    upstream: latency,
  }),
  /** One point a step, empty steps included, so that a chart needs no filling. */
  series: z.array(
    z.object({
      at: z.string(),
      calls: z.int(),
      /** By class: 2xx, 3xx, 4xx, 5xx. */
      status: z.object({ s2: z.int(), s3: z.int(), s4: z.int(), s5: z.int() }),
      p50Ms: z.number().nullable(),
      p95Ms: z.number().nullable(),
      p99Ms: z.number().nullable(),
    }),
  ),
  apis: z.array(
    z.object({
      /** Null: calls that matched no API. */
      id: z.string().nullable(),
      name: z.string(),
      calls: z.int(),
      errors: z.int(),
      latency,
      lastCallAt: z.string(),
    }),
  ),
  statuses: z.array(z.object({ status: z.int(), reason: z.string().nullable(), calls: z.int() })),
  keys: z.array(z.object({ id: z.string().nullable(), name: z.string(), calls: z.int(), errors: z.int() })),
  operations: z.array(z.object({ api: z.string(), operation: z.string(), calls: z.int(), errors: z.int(), latency })),
});
export type AnalyticsReport = z.infer<typeof analyticsReport>;
