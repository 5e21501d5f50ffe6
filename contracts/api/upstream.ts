import { z } from "zod";
import { boundMs, durationMs } from "../quantities.ts";
import { dialSettings } from "./dial.ts";
import { targetUrl } from "./primitives.ts";
import { balancing, breaker, ejection, health, retry } from "./resilience.ts";
import { discovery, targets } from "./targets.ts";

export const timeouts = z.strictObject({
  connectMs: boundMs.default(5_000).describe("Until the connection to the target stands."),
  headersMs: boundMs.default(30_000).describe("From the request's last byte to the response's headers."),
  idleMs: boundMs
    .default(60_000)
    .describe("Between two chunks of the response's body; and for a target to take more of the request's."),
  totalMs: boundMs
    .optional()
    .describe(
      "The whole exchange with all its tries: 504 `upstream_timeout`, or a cut once the answer has begun. Absent: no bound.",
    ),
});

const upstreamFull = z
  .strictObject({
    targets: targets.default([]).describe("URLs, each alone or with a weight, and names that DNS knows."),
    discovery: discovery.optional().describe("A registry that is asked for targets."),
    balancing: balancing.describe(
      "Which target a request goes to: `round-robin` by weight, `least-loaded`, or `{ hash }`.",
    ),
    health: health.optional().describe("Active checks: a path, or all that there is to say about them."),
    ejection: ejection.describe("A target that fails requests is left out for a while; `false` switches it off."),
    slowStart: durationMs
      .default(0)
      .describe(
        "Over this time a target that came or came back grows from a tenth of its weight to all of it; 0: at once.",
      ),
    ...dialSettings,
    timeouts: timeouts.prefault({}).describe("How long things may take."),
    retry: retry.prefault({}).describe("When a request is sent again."),
    breaker: breaker.optional().describe("Leaves a target alone that fails too often. Absent: none."),
  })
  .refine(({ targets, discovery }) => targets.length > 0 || discovery !== undefined, {
    error: "expected at least one target, or discovery",
    path: ["targets"],
  })
  .refine(({ targets, health }) => health === undefined || !targets.some(({ url }) => url.startsWith("causeway:")), {
    error: "an API of this gateway is not checked: it is there when the gateway is",
    path: ["health"],
  });
/** A URL, or all that there is to say about where requests go. */
export const upstream = z.union([
  targetUrl.transform((url) => upstreamFull.parse({ targets: [{ url }] })),
  upstreamFull,
]);
export type Upstream = z.infer<typeof upstream>;
