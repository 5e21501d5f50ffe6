import type { Redis } from "ioredis";
import {
  aheadOf,
  CELLS,
  LEASE_MS,
  nameOf,
  type Bucket,
  type ExactAnswer,
  type LeaseAnswer,
  type LeaseRequest,
  type Refund,
} from "./authority.ts";
import type { SharedAuthority } from "./fallback-authority.ts";
import { CHARGE, EXACT, GIVE_BACK, TAKE } from "./redis-scripts.ts";

const HOLDER_FRESH_MS = 30_000;

interface Scripted {
  causewayTake(
    ...args: (string | number)[]
  ): Promise<[granted: number, cell: number, left: number, retryMs: number, holders: number]>;
  causewayGiveBack(...args: (string | number)[]): Promise<number>;
  causewayCharge(...args: (string | number)[]): Promise<number>;
  causewayExact(
    ...args: (string | number)[]
  ): Promise<[allowed: number, index: number, retryMs: number, ...left: number[]]>;
}

/**
 * A connection that fails fast instead of queueing: a limiter's answer that comes late is of no use. The client is loaded
 * only here, since it costs a worker without Redis more than 20 MB.
 */
export async function connectRedis(url: string): Promise<Redis> {
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 5), 2_000),
    lazyConnect: true,
  });
  // Errors are answered where a command fails; the event is only there to be listened to.
  redis.on("error", () => {});
  // Calls that come before it stands would be counted elsewhere, and what they were given would be given twice. A Redis
  // that is away is waited for no longer than one attempt.
  await redis.connect().catch(() => {});
  return redis;
}

/** Counts in the cluster's Redis, by Redis's own clock, so that nodes with different clocks agree. */
export class RedisAuthority implements SharedAuthority {
  readonly #redis: Redis & Scripted;
  readonly #prefix: string;
  readonly #holder: string;
  /** Lease holders of the whole cluster, as of the last answer. */
  holders = 1;

  /** `prefix` keeps clusters apart; its braces keep their keys in one slot. `holder` names this worker. */
  constructor(redis: Redis, prefix: string, holder: string) {
    redis.defineCommand("causewayTake", { numberOfKeys: 2, lua: TAKE });
    redis.defineCommand("causewayGiveBack", { numberOfKeys: 1, lua: GIVE_BACK });
    redis.defineCommand("causewayCharge", { numberOfKeys: 1, lua: CHARGE });
    redis.defineCommand("causewayExact", { lua: EXACT });
    // defineCommand added them on the line above; ioredis cannot type what it adds.
    this.#redis = redis as Redis & Scripted;
    this.#prefix = prefix;
    this.#holder = holder;
  }

  async take(request: LeaseRequest): Promise<LeaseAnswer> {
    const { bucket, waiting } = request;
    const ahead = aheadOf(request, Number.MAX_SAFE_INTEGER, this.holders);
    const [granted, cell, remaining, retryAfterMs, holders] = await this.#redis.causewayTake(
      this.#keyOf(bucket),
      `${this.#prefix}holders`,
      bucket.kind,
      bucket.limit,
      bucket.windowMs,
      CELLS,
      waiting,
      ahead,
      this.#holder,
      HOLDER_FRESH_MS,
    );
    this.holders = Math.max(1, holders);
    return { granted, cell, remaining, retryAfterMs, leaseMs: Math.min(LEASE_MS, bucket.windowMs) };
  }

  giveBack({ bucket, cell, tokens }: Refund): void {
    // Unreachable now: the tokens stay counted, which errs on the side of the limit.
    this.#redis.causewayGiveBack(this.#keyOf(bucket), bucket.kind, cell, tokens).catch(() => {});
  }

  async takeExactly(buckets: readonly Bucket[]): Promise<ExactAnswer> {
    const keys = buckets.map((bucket) => this.#keyOf(bucket));
    const limits = buckets.flatMap((bucket) => [bucket.limit, bucket.windowMs]);
    const [allowed, index, retryAfterMs, ...remaining] = await this.#redis.causewayExact(
      keys.length,
      ...keys,
      CELLS,
      ...limits,
    );
    return allowed === 1 ? { allowed: true, remaining } : { allowed: false, index, retryAfterMs };
  }

  async ping(): Promise<void> {
    await this.#redis.ping();
  }

  async charge(bucket: Bucket, period: number, tokens: number): Promise<void> {
    await this.#redis.causewayCharge(this.#keyOf(bucket), period, tokens, bucket.windowMs);
  }

  #keyOf(bucket: Bucket): string {
    return this.#prefix + nameOf(bucket);
  }
}
