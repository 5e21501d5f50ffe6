import { z } from "zod";
import { durationMs, noticeableMs } from "../quantities.ts";
import { headerName } from "./primitives.ts";

/** What an API does when a target fails. Durations are written `5s` and parsed to milliseconds, shares `50%` and to 0…1. */

/** Written `50%`; parsed to a number from 0 to 1. A number is taken as parsed already. */
export const share = z.union([
  z.number().min(0).max(1),
  z.string().transform((text, context) => {
    const percent = /^\d{1,3}(\.\d{1,3})?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
    if (percent <= 100) return percent / 100;
    context.addIssue({ code: "custom", message: "expected a share such as 20%, or a number from 0 to 1" });
    return z.NEVER;
  }),
]);

const retryBudget = z.strictObject({
  share: share.default(0.2).describe("Of the requests of the last ten seconds, how many may be sent again."),
  minPerSecond: z
    .number()
    .min(0)
    .max(10_000)
    .default(10)
    .describe("So many a second always may, in each worker: a quiet API must not lose its retries to arithmetic."),
});

/** Statuses that mean that somebody before the service answered, or that it may be tried elsewhere. */
const retryStatus = z.union([z.literal(429), z.literal(500), z.literal(502), z.literal(503), z.literal(504)]);

/**
 * When a request is sent again. Where no byte of it had left, always, whatever the method; after that only for idempotent
 * methods (RFC 9110, 9.2.2) with a body that can be sent again, and within the budget.
 */
export const retry = z.strictObject({
  attempts: z.int().min(0).max(10).default(2).describe("Further tries after the first; 0 switches retries off."),
  budget: z
    .union([share.transform((value) => ({ share: value, minPerSecond: 10 })), retryBudget])
    .prefault({})
    .describe("What retries may cost: 20%, or { share, minPerSecond }"),
  on: z
    .array(z.union([z.enum(["connect", "reset", "timeout"]), retryStatus]))
    .max(8)
    .default(["connect", "reset"])
    .describe(
      "`connect`: no connection came about, which is always tried again; `reset`: it broke before an answer; `timeout`: no answer in time.",
    ),
  perTryTimeout: noticeableMs
    .optional()
    .describe(
      "How long one try may take until its answer's headers, but for the time of an upload; counted as `timeout`.",
    ),
});
export type Retry = z.infer<typeof retry>;

/** Per operation and target: too many failures open it, and it lets one probe through after the cool-down. */
export const breaker = z.strictObject({
  errorShare: share.default(0.5).describe("Share of failures from which it opens, default 50%"),
  sample: z.int().min(1).max(100_000).default(20).describe("Calls within the window below which it never opens."),
  window: noticeableMs.default(10_000).describe("What counts as recent, default 10s"),
  coolDown: durationMs.default(30_000).describe("How long it stays open before a probe, default 30s"),
  on: z
    .array(z.union([z.enum(["5xx", "connect", "reset", "timeout"]), z.int().min(400).max(599)]))
    .min(1)
    .max(16)
    .default(["5xx", "connect", "reset", "timeout"])
    .describe("What counts as a failure; a status is written as a number."),
});
export type Breaker = z.infer<typeof breaker>;

/** `200-399`, or one status. */
const statusRange = z.union([
  z
    .int()
    .min(100)
    .max(599)
    .transform((status) => String(status)),
  z.string().regex(/^[1-5]\d\d(-[1-5]\d\d)?$/, "expected a status or a range such as 200-399"),
]);

const healthFull = z.strictObject({
  path: z
    .string()
    .max(1_024)
    .regex(/^\/[^#\s]*$/, "expected a path that starts with /")
    .default("/")
    .describe("Below the target's own path, with a query where one is wanted."),
  method: z.enum(["GET", "HEAD", "OPTIONS"]).default("GET").describe("Of the request that checks."),
  interval: noticeableMs.default(5_000).describe("Between two checks of a target, default 5s"),
  timeout: noticeableMs.default(1_000).describe("How long a check may take."),
  healthyAfter: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe("Checks in a row that must succeed before a target that was out takes requests again."),
  unhealthyAfter: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe("Checks in a row that must fail before a target takes no more requests."),
  expect: z
    .array(statusRange)
    .min(1)
    .max(20)
    .default(["200-399"])
    .describe("Statuses, and ranges of them, of a target that is well."),
});
/** Active checks: `/health`, or all of it. The node asks each target once an interval, not once a worker. */
export const health = z.union([
  healthFull.shape.path.unwrap().transform((path) => healthFull.parse({ path })),
  healthFull,
]);
export type Health = z.infer<typeof health>;

const ejectionFull = z.strictObject({
  consecutiveFailures: z
    .int()
    .min(1)
    .max(1_000)
    .default(5)
    .describe(
      "Failures in a row (no connection, a broken one, no answer in time, 502, 503, 504) after which a target is left out.",
    ),
  for: durationMs
    .default(30_000)
    .describe("The first time; twice as long each further time in a row, up to ten times this."),
  maxShare: share
    .default(0.5)
    .describe(
      "Past this share of left out targets all of them are used again: a guess must not take a whole API away.",
    ),
});
/** Passive: what the requests themselves show of a target, in each worker. On by default; `false` switches it off. */
export const ejection = z.union([z.literal(false), ejectionFull]).prefault({});
export type Ejection = z.infer<typeof ejection>;

const cookieName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "expected a cookie's name");
const hashKey = z.union([
  z.literal("address"),
  z.strictObject({ header: headerName.describe("The value of a request's header.") }),
  z.strictObject({ cookie: cookieName.describe("The value of a cookie.") }),
  z.strictObject({ query: z.string().min(1).max(100).describe("The value of a parameter of the query.") }),
]);
/**
 * `round-robin` by weight; `least-loaded`: of two drawn at random the one with fewer requests in flight for its weight;
 * `{ hash: … }`: the same key goes to the same target, and a request without that key takes its turn.
 */
export const balancing = z
  .union([
    z.enum(["round-robin", "least-loaded"]),
    z.strictObject({
      hash: hashKey.describe(
        "What of a request chooses its target: the caller's `address`, a header, a cookie or a parameter.",
      ),
    }),
  ])
  .default("round-robin");
export type Balancing = z.infer<typeof balancing>;
export type HashKey = z.infer<typeof hashKey>;
