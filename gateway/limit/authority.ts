/** What is counted: a rate's sliding window or a quota's period, by name. */
export interface Bucket {
  kind: "rate" | "quota";
  /** Unique together with the window's length: `key:key_…`, `by:…`; see `namerOf`. */
  id: string;
  limit: number;
  windowMs: number;
}

/** Which counts a lease came from, where there are two: its unused tokens go back to those. */
export type Origin = "store" | "node";

export interface LeaseRequest {
  bucket: Bucket;
  /** Requests that wait for a token now; they spend at once. */
  waiting: number;
  /** Tokens wished for in advance. */
  ahead: number;
  /** While the cluster's store is away: what is known of it. */
  outage?: Outage | undefined;
}

export interface Outage {
  /** Of each limit, what is this node's own, 0..1. */
  share: number;
  /** Tokens of a quota that the store had counted in `period` when it was last heard. */
  quota?: { period: number; used: number } | undefined;
}

export interface LeaseAnswer {
  granted: number;
  /** Where the tokens were counted (cell or period), so that unused ones go back there. */
  cell: number;
  /** Left at the authority after this grant. */
  remaining: number;
  /** When a token comes back, where fewer were granted than wait. */
  retryAfterMs: number;
  /** Tokens are good for so long; then the unused ones go back. */
  leaseMs: number;
  origin?: Origin;
}

export interface Refund {
  bucket: Bucket;
  cell: number;
  tokens: number;
  origin?: Origin | undefined;
}

export type ExactAnswer =
  { allowed: true; remaining: number[] } | { allowed: false; index: number; retryAfterMs: number };

/** Owner of the counts. Rejects when it cannot be reached; it never answers a guess. */
export interface Authority {
  take(request: LeaseRequest): Promise<LeaseAnswer>;
  giveBack(refund: Refund): void;
  /** One token of each bucket, or none of any. */
  takeExactly(buckets: readonly Bucket[], outage?: Outage): Promise<ExactAnswer>;
}

/** The same bucket is the same count, whoever asks with which limit. */
export function nameOf({ kind, id, windowMs }: Bucket): string {
  return `${kind}:${id}/${windowMs}`;
}

/** Who chose a bucket's name: the configuration (keys, policies, APIs), an issuer (a token's subject), or the caller. */
export type Namer = "configuration" | "issuer" | "caller";

/**
 * Buckets are bounded by who names them, so that a caller who varies a header cannot push out the counts of others. A key's
 * id has no colon; that of a caller with a token has: `key:jwt:<issuer>:<subject>`.
 */
export function namerOf(id: string): Namer {
  if (id.startsWith("by:")) return "caller";
  return /(?:^|:)key:[^:]+:/.test(id) ? "issuer" : "configuration";
}

/** Cells of a window: the count of a cell returns when the cell has left the window whole, so 1 % late at most. */
export const CELLS = 100;
export const LEASE_MS = 2_000;
/** Tokens in unspent leases, over all holders, may be this share of a limit. Half of the 2 % that is promised. */
const AHEAD_SHARE = 0.01;
const QUOTA_AHEAD_MAX = 1_000;

/** Tokens in advance: a small share of the limit and of what is left, so that leases shrink near it and small limits are exact. */
export function aheadOf({ bucket, waiting, ahead }: LeaseRequest, remaining: number, holders: number): number {
  const spare = Math.max(0, remaining - waiting);
  const ofLimit = (bucket.limit * AHEAD_SHARE) / holders;
  const share =
    bucket.kind === "rate"
      ? Math.min(ofLimit, spare / (2 * holders))
      : Math.min(QUOTA_AHEAD_MAX, ofLimit, spare / (4 * holders));
  return Math.max(0, Math.min(ahead, Math.floor(share)));
}
