/**
 * Upstream: connections to targets and the exchange with them, streaming both ways with backpressure. It must not know
 * plugins or configuration sources, must not buffer a body, and must not send a request a second time unless that is safe:
 * no byte left, or the method is idempotent and carried no body.
 */
export { Balancer, type Target } from "./balancer.ts";
export { dialGuard, type GuardOptions } from "./address-guard.ts";
export { PoolSet, type PoolSetOptions } from "./pool-set.ts";
export { forwardUpstream, type ForwardDeps } from "./forward.ts";
export { inRanges, parseRanges, type Ranges } from "#base/address-ranges.ts";
