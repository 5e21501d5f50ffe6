import type { Clock } from "#base/clock.ts";
import type { Rate } from "#contracts/quantities.ts";
import type { Authority, Bucket, LeaseAnswer } from "./authority.ts";

const AHEAD_MAX = 100_000;
/** Even a long refusal is asked again now and then: other holders may have given tokens back. */
const REFUSAL_MIN_MS = 10;

/** A worker's part of one bucket: the tokens of its lease, and what the authority last said. */
export class Allowance {
  readonly bucket: Bucket;
  /** First part of the RateLimit fields, decided here and not per request. */
  readonly policyField: string;
  readonly fieldName: string;
  tokens = 0;
  cell = 0;
  endsAtMs = 0;
  remaining: number;
  refusedUntilMs = 0;
  retryAtMs = 0;
  waiting = 0;
  ahead = 0;
  pending: Promise<void> | undefined = undefined;
  lastUsedMs = 0;

  constructor(bucket: Bucket) {
    this.bucket = bucket;
    this.remaining = bucket.limit;
    this.fieldName = bucket.kind === "quota" ? "quota" : bucket.id.startsWith("key:") ? "key" : "api";
    this.policyField = `"${this.fieldName}";q=${bucket.limit};w=${Math.max(1, Math.round(bucket.windowMs / 1000))}`;
  }
}

/** The allowance that ran out, and for how long. */
export interface LimitRefusal {
  allowance: Allowance;
  retryAfterMs: number;
}

export interface LimitBookOptions {
  authority: Authority;
  clock: Clock;
  exact?: boolean;
  capacity?: number;
}

/**
 * A worker's limits. `draw` takes one token of every allowance or none of any; it waits only where a lease has run out.
 * Waiting never gives up: an authority that fails is the authority's business (see FallbackAuthority).
 */
export class LimitBook {
  readonly #options: LimitBookOptions;
  readonly #allowances = new Map<string, Allowance>();
  exact: boolean;

  constructor(options: LimitBookOptions) {
    this.#options = options;
    this.exact = options.exact ?? false;
  }

  /** The same bucket is the same allowance, over every session and API that names it. */
  allowance(kind: Bucket["kind"], id: string, rate: Rate): Allowance {
    const name = `${kind}:${id}/${rate.windowMs}/${rate.limit}`;
    const existing = this.#allowances.get(name);
    if (existing) return existing;
    const allowance = new Allowance({ kind, id, limit: rate.limit, windowMs: rate.windowMs });
    allowance.lastUsedMs = this.#options.clock.now();
    this.#allowances.set(name, allowance);
    return allowance;
  }

  draw(
    a: readonly Allowance[],
    b: readonly Allowance[],
    nowMs: number,
  ): LimitRefusal | undefined | Promise<LimitRefusal | undefined> {
    if (this.exact) return this.#drawExactly([...a, ...b], nowMs);
    if (!allReady(a, nowMs) || !allReady(b, nowMs))
      return this.#refusedNow(a, b, nowMs) ?? this.#drawSlowly([...a, ...b]);
    spend(a, nowMs);
    spend(b, nowMs);
    return undefined;
  }

  /** Gives back what leases hold past their end, and forgets allowances that nobody used for long. */
  sweep(nowMs = this.#options.clock.now(), everything = false): void {
    for (const [name, allowance] of this.#allowances) {
      if (allowance.tokens > 0 && (everything || nowMs >= allowance.endsAtMs)) this.#giveBack(allowance);
      // A session may still point at a forgotten allowance; it works on, and the authority keeps the two honest.
      const isIdle = allowance.pending === undefined && nowMs - allowance.lastUsedMs > 600_000;
      if (isIdle && this.#allowances.size > (this.#options.capacity ?? 100_000)) this.#allowances.delete(name);
    }
  }

  #giveBack(allowance: Allowance): void {
    this.#options.authority.giveBack({ bucket: allowance.bucket, cell: allowance.cell, tokens: allowance.tokens });
    allowance.tokens = 0;
    allowance.ahead = 0;
  }

  #refusedNow(a: readonly Allowance[], b: readonly Allowance[], nowMs: number): LimitRefusal | undefined {
    return refusedIn(a, nowMs) ?? refusedIn(b, nowMs);
  }

  async #drawSlowly(allowances: Allowance[]): Promise<LimitRefusal | undefined> {
    for (;;) {
      const nowMs = this.#options.clock.now();
      const refusal = refusedIn(allowances, nowMs);
      if (refusal) return refusal;
      const short = allowances.filter((allowance) => !isReady(allowance, nowMs));
      if (short.length === 0) {
        spend(allowances, nowMs);
        return undefined;
      }
      await Promise.all(short.map((allowance) => this.#refill(allowance, nowMs)));
    }
  }

  /** One refill at a time for each allowance; those that come meanwhile are counted into the next. */
  async #refill(allowance: Allowance, nowMs: number): Promise<void> {
    allowance.waiting += 1;
    try {
      if (allowance.pending) return await allowance.pending;
      if (allowance.tokens > 0) this.#giveBack(allowance);
      // One turn of the event loop's microtasks, so that requests of the same read are asked for together.
      allowance.pending = Promise.resolve().then(() => this.#ask(allowance, nowMs));
      await allowance.pending;
    } finally {
      allowance.waiting -= 1;
    }
  }

  async #ask(allowance: Allowance, nowMs: number): Promise<void> {
    try {
      const { bucket, waiting, ahead } = allowance;
      const answer = await this.#options.authority.take({ bucket, waiting, ahead });
      record(allowance, answer, this.#options.clock.now());
      // A lease that was spent before its end was too small; one that was not is given back and starts small again.
      allowance.ahead = Math.min(AHEAD_MAX, Math.max(4, ahead * 4));
    } finally {
      allowance.pending = undefined;
      allowance.lastUsedMs = nowMs;
    }
  }

  async #drawExactly(allowances: Allowance[], nowMs: number): Promise<LimitRefusal | undefined> {
    const rates = allowances.filter((allowance) => allowance.bucket.kind === "rate");
    const quotas = allowances.filter((allowance) => allowance.bucket.kind === "quota");
    const quotaRefusal = await this.#drawSlowly(quotas);
    if (quotaRefusal || rates.length === 0) return quotaRefusal;
    const answer = await this.#options.authority.takeExactly(rates.map((allowance) => allowance.bucket));
    if (answer.allowed) {
      rates.forEach((allowance, index) => (allowance.remaining = answer.remaining[index] ?? 0));
      return undefined;
    }
    // A refused call consumes nothing: the quota's token goes back into the lease that it came from.
    for (const quota of quotas) quota.tokens += 1;
    const allowance = rates[answer.index]!;
    allowance.remaining = 0;
    allowance.retryAtMs = nowMs + answer.retryAfterMs;
    return { allowance, retryAfterMs: answer.retryAfterMs };
  }
}

function record(allowance: Allowance, answer: LeaseAnswer, nowMs: number): void {
  allowance.tokens += answer.granted;
  allowance.cell = answer.cell;
  allowance.endsAtMs = nowMs + answer.leaseMs;
  allowance.remaining = answer.remaining;
  if (answer.retryAfterMs === 0) return;
  allowance.retryAtMs = nowMs + answer.retryAfterMs;
  const askAgainMs = Math.max(REFUSAL_MIN_MS, allowance.bucket.windowMs / 100);
  allowance.refusedUntilMs = nowMs + Math.min(answer.retryAfterMs, askAgainMs);
}

function isReady(allowance: Allowance, nowMs: number): boolean {
  return allowance.tokens > 0 && nowMs < allowance.endsAtMs;
}

function allReady(allowances: readonly Allowance[], nowMs: number): boolean {
  for (let index = 0; index < allowances.length; index += 1) if (!isReady(allowances[index]!, nowMs)) return false;
  return true;
}

function spend(allowances: readonly Allowance[], nowMs: number): void {
  for (let index = 0; index < allowances.length; index += 1) {
    const allowance = allowances[index]!;
    allowance.tokens -= 1;
    allowance.lastUsedMs = nowMs;
  }
}

function refusedIn(allowances: readonly Allowance[], nowMs: number): LimitRefusal | undefined {
  for (let index = 0; index < allowances.length; index += 1) {
    const allowance = allowances[index]!;
    // What is left of a lease is spent first; only an empty one is refused.
    if (allowance.refusedUntilMs > nowMs && !isReady(allowance, nowMs))
      return { allowance, retryAfterMs: Math.max(1, allowance.retryAtMs - nowMs) };
  }
  return undefined;
}
