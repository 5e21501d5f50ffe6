import { z } from "zod";

const histogram = z.array(z.tuple([z.int().min(0).max(519), z.int().min(1)]));

/** Calls of one window with the same dimensions, aggregated on the node. */
export const analyticsEntry = z.strictObject({
  /** Start of the window, seconds since the epoch. */
  at: z.int(),
  /** Null: no API matched. */
  api: z.string().nullable(),
  operation: z.string().nullable(),
  /** Id of the key, never its hash or text. Null: keyless, or refused before one was known. */
  key: z.string().nullable(),
  method: z.string(),
  status: z.int(),
  /** Why the gateway itself answered (`rate_limited`, `circuit_open`, …); null when the upstream did. */
  reason: z.string().nullable(),
  count: z.int().min(1),
  requestBytes: z.int().min(0),
  responseBytes: z.int().min(0),
  /** From the request's first byte to the response's last, µs. */
  total: histogram,
  /** Waiting for the upstream, µs; empty where none was asked. */
  upstream: histogram,
});
export type AnalyticsEntry = z.infer<typeof analyticsEntry>;

/** A binary frame of the link. The plane counts a `batchId` once, however often it arrives. */
export const analyticsBatch = z.strictObject({
  format: z.literal(1),
  batchId: z.string().min(8).max(64),
  sentAtMs: z.int(),
  entries: z.array(analyticsEntry).max(20_000),
  /** Records that were lost before this batch for want of room: shown as a gap. */
  droppedRecords: z.int().min(0),
});
export type AnalyticsBatch = z.infer<typeof analyticsBatch>;
