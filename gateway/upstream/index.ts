/**
 * Upstream: connections to targets and the exchange with them, streaming both ways with backpressure. It must not know
 * plugins or configuration sources, must not buffer a body, and must not send a request a second time unless that is safe:
 * no byte left, or the method is idempotent and its body can be sent from its beginning.
 */
export type { Balancer } from "./balance/balancer.ts";
export type { UpstreamFigures } from "./balance/figures.ts";
export type { Dial } from "./balance/target-group.ts";
export { chaptersOf } from "./balance/chapters.ts";
export { TargetBook } from "./balance/target-book.ts";
export type { TargetFact } from "./balance/target.ts";
export { nameResolver } from "./discovery/name-resolver.ts";
export { dialGuard, unopenedPool, type GuardOptions } from "./address-guard.ts";
export { guardedRequest } from "./guarded-request.ts";
export { targetChecks } from "./health/check-target.ts";
export { TargetWatch, type Findings, type WatchFigures } from "./watch/target-watch.ts";
export type { LoopInbound } from "./loop/loop-inbound.ts";
export { PoolSet, type PoolSetOptions } from "./pool-set.ts";
export { forwardUpstream, type ForwardDeps } from "./forward.ts";
export { inRanges, parseRanges, type Ranges } from "#base/address-ranges.ts";
