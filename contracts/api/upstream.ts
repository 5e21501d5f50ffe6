import { z } from "zod";
import { durationMs } from "../quantities.ts";
import { httpUrl } from "./primitives.ts";

export const timeouts = z.strictObject({
  /** Until the connection to the target stands. */
  connectMs: durationMs.default(5_000),
  /** From the request's last byte to the response's headers. */
  headersMs: durationMs.default(30_000),
  /** Between two chunks of the response's body. */
  idleMs: durationMs.default(60_000),
});

const target = z.strictObject({ url: httpUrl, weight: z.int().min(0).max(1_000).default(1) });

const upstreamFull = z.strictObject({
  targets: z.array(target).min(1).max(256),
  timeouts: timeouts.prefault({}),
});
export const upstream = z.union([
  httpUrl.transform((url) => ({ targets: [{ url, weight: 1 }], timeouts: timeouts.parse({}) })),
  upstreamFull,
]);
