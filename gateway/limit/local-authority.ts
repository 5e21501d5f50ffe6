import type { Clock } from "#base/clock.ts";
import {
  aheadOf,
  LEASE_MS,
  type Authority,
  type Bucket,
  type ExactAnswer,
  type LeaseAnswer,
  type LeaseRequest,
  type Outage,
  type Refund,
} from "./authority.ts";
import { BoundedCounts } from "./bounded-counts.ts";
import { CellWindow } from "./cell-window.ts";

export interface QuotaCount {
  period: number;
  used: number;
  /** Counted by the cluster's store before it went away: no node has them to give. */
  before?: number;
}

export interface LocalAuthorityOptions {
  clock: Clock;
  /** Workers that may hold leases at once. */
  holders: () => number;
  /** Counts of before a restart. */
  quotas?: Iterable<[string, QuotaCount]>;
  /** Nodes that share each limit without a store: each has its part of it. */
  nodes?: () => number;
  /** Buckets named by callers that are counted at once, and as many named by issuers. */
  namedCapacity?: number;
}

/** The primary's counts, for a node without Redis and for one whose Redis is away. */
export class LocalAuthority implements Authority {
  readonly #options: LocalAuthorityOptions;
  readonly #rates: BoundedCounts<CellWindow>;
  readonly #quotas: BoundedCounts<QuotaCount>;
  /** Raised at every change of a quota, so that the writer knows when the disk is behind. */
  quotaChanges = 0;

  constructor(options: LocalAuthorityOptions) {
    this.#options = options;
    const capacity = options.namedCapacity ?? 100_000;
    this.#rates = new BoundedCounts(capacity);
    this.#quotas = new BoundedCounts(capacity, options.quotas);
  }

  async take(request: LeaseRequest): Promise<LeaseAnswer> {
    return this.takeNow(request);
  }

  takeNow(request: LeaseRequest): LeaseAnswer {
    const nowMs = this.#options.clock.now();
    return request.bucket.kind === "rate" ? this.#takeRate(request, nowMs) : this.#takeQuota(request, nowMs);
  }

  giveBack({ bucket, cell, tokens }: Refund): void {
    if (bucket.kind === "rate") return this.#rates.get(bucket)?.giveBack(tokens, cell);
    const count = this.#quotas.get(bucket);
    if (count?.period !== cell) return;
    count.used = Math.max(0, count.used - tokens);
    this.quotaChanges += 1;
  }

  async takeExactly(buckets: readonly Bucket[], outage?: Outage): Promise<ExactAnswer> {
    const nowMs = this.#options.clock.now();
    const windows = buckets.map((bucket) => this.#windowOf(bucket, this.#limitOf(bucket, outage)));
    const remaining = windows.map((window) => window.remaining(nowMs));
    const index = remaining.findIndex((left) => left < 1);
    if (index !== -1) return { allowed: false, index, retryAfterMs: windows[index]!.retryAfterMs(nowMs) };
    for (const window of windows) window.take(1, nowMs);
    return { allowed: true, remaining: remaining.map((left) => left - 1) };
  }

  /** What must live through a restart. */
  quotas(): IterableIterator<[string, QuotaCount]> {
    return this.#quotas.entries();
  }

  /** Counts that were lost for want of room. */
  get dropped(): number {
    return this.#rates.dropped + this.#quotas.dropped;
  }

  /** Lets go of what is at rest, so that memory follows the keys in use. */
  sweep(): void {
    const nowMs = this.#options.clock.now();
    for (const [name, window] of this.#rates.entries()) if (window.isIdle(nowMs)) this.#rates.delete(name);
    for (const [name, count] of this.#quotas.entries()) {
      const windowMs = Number(name.slice(name.lastIndexOf("/") + 1));
      if (Math.floor(nowMs / windowMs) <= count.period) continue;
      this.#quotas.delete(name);
      this.quotaChanges += 1;
    }
  }

  #takeRate(request: LeaseRequest, nowMs: number): LeaseAnswer {
    const { bucket } = request;
    const limit = this.#limitOf(bucket, request.outage);
    const window = this.#windowOf(bucket, limit);
    const left = window.remaining(nowMs);
    const granted = Math.min(left, request.waiting + this.#aheadOf(request, limit, left));
    const cell = granted > 0 ? window.take(granted, nowMs) : window.cellAt(nowMs);
    const retryAfterMs = granted < request.waiting ? window.retryAfterMs(nowMs) : 0;
    return { granted, cell, remaining: left - granted, retryAfterMs, leaseMs: Math.min(LEASE_MS, bucket.windowMs) };
  }

  #takeQuota(request: LeaseRequest, nowMs: number): LeaseAnswer {
    const { bucket, outage } = request;
    const period = Math.floor(nowMs / bucket.windowMs);
    const count = this.#countOf(bucket, period, outage);
    const limit = this.#limitOf({ ...bucket, limit: bucket.limit - (count.before ?? 0) }, outage);
    const left = Math.max(0, limit - count.used);
    const granted = Math.min(left, request.waiting + this.#aheadOf(request, limit, left));
    count.used += granted;
    if (granted > 0) this.quotaChanges += 1;
    const untilNextMs = (period + 1) * bucket.windowMs - nowMs;
    const retryAfterMs = granted < request.waiting ? untilNextMs : 0;
    return { granted, cell: period, remaining: left - granted, retryAfterMs, leaseMs: Math.min(LEASE_MS, untilNextMs) };
  }

  #aheadOf(request: LeaseRequest, limit: number, left: number): number {
    return aheadOf({ ...request, bucket: { ...request.bucket, limit } }, left, this.#options.holders());
  }

  #countOf(bucket: Bucket, period: number, outage: Outage | undefined): QuotaCount {
    const standing = this.#quotas.get(bucket);
    const count = standing?.period === period ? standing : { period, used: 0 };
    if (count !== standing) this.#quotas.set(bucket, count);
    // Each worker heard the store last at another moment: the latest word is the highest.
    if (outage?.quota?.period === period) count.before = Math.max(count.before ?? 0, outage.quota.used);
    return count;
  }

  #windowOf(bucket: Bucket, limit: number): CellWindow {
    const window = this.#rates.get(bucket) ?? new CellWindow(limit, bucket.windowMs);
    if (window.limit !== limit) window.limit = limit;
    this.#rates.set(bucket, window);
    return window;
  }

  /** Rounded down, so that the nodes together stay within the limit; but a node that may nothing would be an outage. */
  #limitOf({ limit }: Bucket, outage: Outage | undefined): number {
    const share = Math.min(outage?.share ?? 1, 1 / (this.#options.nodes?.() ?? 1));
    return limit <= 0 ? 0 : Math.max(1, Math.floor(limit * share));
  }
}
