/**
 * Limit: rates and quotas, exact or leased. A rate is a sliding window of cells: never more than the limit in any window of
 * its length, and at most 1 % late in giving tokens back. (GCRA with a burst as large as the limit lets twice the limit
 * through in one window, and with a small burst it refuses the first burst of a quiet caller: neither keeps "within 2 % over
 * any window".) A quota is a counter over fixed periods. An authority (Redis, or the primary) owns the counts; workers
 * spend leases from it. A refused call consumes nothing. It must not know what is limited: a bucket is a name.
 */
export { Allowance, type LimitRefusal } from "./allowance.ts";
export { LimitBook, type LimitBookOptions } from "./limit-book.ts";
export type { Turn } from "./waiting-line.ts";
export { spikeWindow } from "./spike-window.ts";
export { LocalAuthority } from "./local-authority.ts";
export { RedisAuthority, connectRedis } from "./redis-authority.ts";
export { FallbackAuthority } from "./fallback-authority.ts";
export { loadQuotas, saveQuotas } from "./quota-file.ts";
export type { Authority, Bucket, ExactAnswer, LeaseAnswer, LeaseRequest, Outage, Refund } from "./authority.ts";
