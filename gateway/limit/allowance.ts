import type { Bucket, LeaseAnswer, Origin, Refund } from "./authority.ts";

/**
 * A refusal is believed for a hundredth of the window, in these bounds: other holders may have given tokens back, and while
 * the store is away it was not the store that refused.
 */
const REFUSAL_MIN_MS = 10;
const REFUSAL_MAX_MS = 1_000;

/** A worker's part of one bucket: the tokens of its lease, and what the authority last said. */
export class Allowance {
  readonly bucket: Bucket;
  /** First part of the RateLimit fields, decided here and not per request. */
  readonly policyField: string;
  readonly fieldName: string;
  tokens = 0;
  cell = 0;
  origin: Origin | undefined = undefined;
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
    this.fieldName = fieldNameOf(bucket);
    this.policyField = `"${this.fieldName}";q=${bucket.limit};w=${Math.max(1, Math.round(bucket.windowMs / 1000))}`;
  }

  isReady(nowMs: number): boolean {
    return this.tokens > 0 && nowMs < this.endsAtMs;
  }

  /** What is left of a lease is spent first; only an empty one is refused. */
  isRefused(nowMs: number): boolean {
    return this.refusedUntilMs > nowMs && !this.isReady(nowMs);
  }

  spend(nowMs: number): void {
    this.tokens -= 1;
    this.lastUsedMs = nowMs;
  }

  /** Takes a lease over. Tokens of another cell must have been released before: they go back to where they were counted. */
  receive(answer: LeaseAnswer, nowMs: number): void {
    this.tokens += answer.granted;
    this.cell = answer.cell;
    this.origin = answer.origin;
    this.endsAtMs = nowMs + answer.leaseMs;
    this.remaining = answer.remaining;
    if (answer.retryAfterMs === 0) return;
    this.retryAtMs = nowMs + answer.retryAfterMs;
    const askAgainMs = Math.min(REFUSAL_MAX_MS, Math.max(REFUSAL_MIN_MS, this.bucket.windowMs / 100));
    this.refusedUntilMs = nowMs + Math.min(answer.retryAfterMs, askAgainMs);
  }

  /** The unspent tokens, which are no longer here. */
  release(): Refund | undefined {
    if (this.tokens === 0) return undefined;
    const { bucket, cell, tokens, origin } = this;
    this.tokens = 0;
    return { bucket, cell, tokens, origin };
  }

  /** One unspent token, if there is one. */
  releaseOne(): Refund | undefined {
    if (this.tokens === 0) return undefined;
    this.tokens -= 1;
    return { bucket: this.bucket, cell: this.cell, tokens: 1, origin: this.origin };
  }

  /** One token that was spent for nothing, as a refund where its lease is not this one any more. */
  unspend(lease: { cell: number; origin: Origin | undefined }): Refund | undefined {
    if (lease.cell === this.cell && lease.origin === this.origin) {
      this.tokens += 1;
      return undefined;
    }
    return { bucket: this.bucket, cell: lease.cell, tokens: 1, origin: lease.origin };
  }
}

/** The allowance that ran out, and for how long. */
export interface LimitRefusal {
  allowance: Allowance;
  retryAfterMs: number;
}

/** What clients read in RateLimit: whose limit it is. */
function fieldNameOf({ kind, id }: Bucket): string {
  if (kind === "quota") return "quota";
  if (id.startsWith("spike:")) return "spike";
  const shown = { api: "api", operation: "operation", by: "caller", policy: "policy" } as Record<string, string>;
  return shown[id.slice(0, id.indexOf(":"))] ?? "key";
}
