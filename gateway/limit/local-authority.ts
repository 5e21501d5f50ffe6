import type { Clock } from "#base/clock.ts";
import {
  aheadOf,
  LEASE_MS,
  type Authority,
  type Bucket,
  type ExactAnswer,
  type LeaseAnswer,
  type LeaseRequest,
  type Refund,
} from "./authority.ts";
import { CellWindow } from "./cell-window.ts";

export interface QuotaCount {
  period: number;
  used: number;
}

export interface LocalAuthorityOptions {
  clock: Clock;
  /** Workers that may hold leases at once. */
  holders: () => number;
  /** Counts of before a restart. */
  quotas?: Map<string, QuotaCount>;
  /** Share of each limit that is this node's own, 0..1: less than one while the cluster's store is away. */
  share?: () => number;
}

/** The primary's counts, for a node without Redis and for one whose Redis is away. */
export class LocalAuthority implements Authority {
  readonly #options: LocalAuthorityOptions;
  readonly #rates = new Map<string, CellWindow>();
  readonly quotas: Map<string, QuotaCount>;
  /** Raised at every change of a quota, so that the writer knows when the disk is behind. */
  quotaChanges = 0;

  constructor(options: LocalAuthorityOptions) {
    this.#options = options;
    this.quotas = options.quotas ?? new Map();
  }

  async take(request: LeaseRequest): Promise<LeaseAnswer> {
    return this.takeNow(request);
  }

  takeNow(request: LeaseRequest): LeaseAnswer {
    const nowMs = this.#options.clock.now();
    return request.bucket.kind === "rate" ? this.#takeRate(request, nowMs) : this.#takeQuota(request, nowMs);
  }

  giveBack({ bucket, cell, tokens }: Refund): void {
    if (bucket.kind === "rate") return this.#rates.get(nameOf(bucket))?.giveBack(tokens, cell);
    const count = this.quotas.get(nameOf(bucket));
    if (count?.period !== cell) return;
    count.used = Math.max(0, count.used - tokens);
    this.quotaChanges += 1;
  }

  async takeExactly(buckets: readonly Bucket[]): Promise<ExactAnswer> {
    const nowMs = this.#options.clock.now();
    const windows = buckets.map((bucket) => this.#windowOf(bucket));
    const remaining = windows.map((window) => window.remaining(nowMs));
    const index = remaining.findIndex((left) => left < 1);
    if (index !== -1) return { allowed: false, index, retryAfterMs: windows[index]!.retryAfterMs(nowMs) };
    for (const window of windows) window.take(1, nowMs);
    return { allowed: true, remaining: remaining.map((left) => left - 1) };
  }

  /** Lets go of what is at rest, so that memory follows the keys in use. */
  sweep(): void {
    const nowMs = this.#options.clock.now();
    for (const [name, window] of this.#rates) if (window.isIdle(nowMs)) this.#rates.delete(name);
    for (const [name, count] of this.quotas) {
      const windowMs = Number(name.slice(name.lastIndexOf("/") + 1));
      if (Math.floor(nowMs / windowMs) <= count.period) continue;
      this.quotas.delete(name);
      this.quotaChanges += 1;
    }
  }

  #takeRate(request: LeaseRequest, nowMs: number): LeaseAnswer {
    const window = this.#windowOf(request.bucket);
    const left = window.remaining(nowMs);
    const granted = Math.min(left, request.waiting + aheadOf(request, left, this.#options.holders()));
    const cell = granted > 0 ? window.take(granted, nowMs) : window.cellAt(nowMs);
    const retryAfterMs = granted < request.waiting ? window.retryAfterMs(nowMs) : 0;
    return {
      granted,
      cell,
      remaining: left - granted,
      retryAfterMs,
      leaseMs: Math.min(LEASE_MS, request.bucket.windowMs),
    };
  }

  #takeQuota(request: LeaseRequest, nowMs: number): LeaseAnswer {
    const { bucket } = request;
    const period = Math.floor(nowMs / bucket.windowMs);
    const count = this.quotas.get(nameOf(bucket));
    const used = count?.period === period ? count.used : 0;
    const left = Math.max(0, this.#limitOf(bucket) - used);
    const granted = Math.min(left, request.waiting + aheadOf(request, left, this.#options.holders()));
    this.quotas.set(nameOf(bucket), { period, used: used + granted });
    if (granted > 0) this.quotaChanges += 1;
    const untilNextMs = (period + 1) * bucket.windowMs - nowMs;
    const retryAfterMs = granted < request.waiting ? untilNextMs : 0;
    return { granted, cell: period, remaining: left - granted, retryAfterMs, leaseMs: Math.min(LEASE_MS, untilNextMs) };
  }

  #windowOf(bucket: Bucket): CellWindow {
    const limit = this.#limitOf(bucket);
    const name = nameOf(bucket);
    const window = this.#rates.get(name) ?? new CellWindow(limit, bucket.windowMs);
    window.limit = limit;
    this.#rates.set(name, window);
    return window;
  }

  #limitOf(bucket: Bucket): number {
    return Math.max(1, Math.floor(bucket.limit * (this.#options.share?.() ?? 1)));
  }
}

function nameOf(bucket: Bucket): string {
  return `${bucket.id}/${bucket.windowMs}`;
}
