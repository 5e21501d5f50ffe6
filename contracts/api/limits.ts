import { z } from "zod";
import { durationMs, rate, type Rate } from "../quantities.ts";
import { headerName } from "./primitives.ts";

/** A slice of a spike arrest is at least so long: clocks tick in milliseconds, and a slice must be many of them. */
const SPIKE_GRAIN_MS = 50;

const spikeFull = z.strictObject({
  rate: rate.describe("What the calls are smoothed to."),
  burst: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe(
      "Calls that may come at once, in place of one after another. Default: as many as fall into 50 ms, at least one.",
    ),
});

/**
 * `10/s`: not ten at the start of a second and none after, but one in each tenth of it. Kept in a window of
 * `burst` intervals, so that no more than `burst` calls fall into any of them.
 */
export const spikeArrest = z.union([rate, spikeFull]).transform((value): { rate: Rate; burst: number } => {
  const spike: { rate: Rate; burst?: number | undefined } = "rate" in value ? value : { rate: value };
  const perGrain = Math.ceil((spike.rate.limit * SPIKE_GRAIN_MS) / spike.rate.windowMs);
  return { rate: spike.rate, burst: Math.min(100_000, spike.burst ?? Math.max(1, perGrain)) };
});

/** A call over a rate waits for its turn in place of a 429. A quota never waits. */
export const throttle = z.strictObject({
  queue: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe("Calls that may wait at once for one limit, in each worker of a node; one more is answered 429."),
  waitUpTo: durationMs.default(5_000).describe("How long a call waits at most; then it is answered 429."),
});
export type Throttle = z.infer<typeof throttle>;

const claimName = z.string().min(1).max(200);
const by = z.union(
  [
    z.enum(["key", "address"]),
    z.strictObject({ header: headerName.describe("The value of a request's header.") }),
    z.strictObject({ query: z.string().min(1).max(100).describe("The value of a parameter of the query.") }),
    z.strictObject({ claim: claimName.describe("A claim of the caller's token.") }),
    z.strictObject({ metadata: z.string().min(1).max(100).describe("A member of the key's metadata.") }),
  ],
  { error: "expected key, address, { header }, { query }, { claim } or { metadata }" },
);

/** A limit for each value of something that a call carries: a tenant's header, a claim, the key, the client's address. */
export const customLimit = z
  .strictObject({
    rate: rate.optional().describe("Over all callers together: `1000/s`."),
    quota: rate
      .optional()
      .describe("Over all callers together, in fixed periods since 1970-01-01T00:00Z: `1000000/30d`."),
    by: by.describe("What the calls are counted by. A claim may be a path: `org.id`."),
    whenAbsent: z
      .enum(["address", "skip", "refuse"])
      .default("address")
      .describe(
        "What a call without that value is: counted by its address (`address`), not counted here (`skip`), or answered 400 `limit_value_missing` (`refuse`). Not counting is not the default, since a caller would only have to leave it out.",
      ),
  })
  .refine(({ rate, quota }) => rate !== undefined || quota !== undefined, {
    error: "expected a rate, a quota or both",
  });
export type CustomLimit = z.infer<typeof customLimit>;

/** The members that an API and each of its operations have for limits. */
export const limitMembers = {
  rate: rate.optional().describe("Over all callers together: `1000/s`."),
  quota: rate
    .optional()
    .describe("Over all callers together, in fixed periods since 1970-01-01T00:00Z: `1000000/30d`."),
  spikeArrest: spikeArrest
    .optional()
    .describe("Smooths calls: one in each part of the window, and not all at its beginning."),
  throttle: throttle.optional().describe("Calls over a rate wait for their turn in place of a 429."),
  limits: z.array(customLimit).max(20).optional().describe("Limits for each value of something that calls carry."),
};
