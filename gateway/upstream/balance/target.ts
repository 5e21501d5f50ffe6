import type { OutboundPool } from "#gateway/wire/index.ts";

/** Where a target is, as configuration or discovery says it, and what the checks say of it. Plain data: it travels. */
export interface TargetFact {
  /** Scheme, authority and base path: `http://api.internal:8080/v1`. */
  url: string;
  /** What is dialled in place of the URL's host, where a name was resolved. */
  address?: string;
  weight: number;
  /** Lower ones first (RFC 2782); 0 where nothing says. */
  priority: number;
  /** What the active checks say; true where there are none. */
  healthy: boolean;
}

/** Two facts of one name are about the same target, over reloads too. */
export function nameOfTarget({ url, address }: TargetFact): string {
  return address === undefined ? url : `${url} at ${address}`;
}

/** One place where an API's requests may go. A class because it is hot: every member is set here. */
export class Target {
  /** See `nameOfTarget`. */
  readonly name: string;
  /** `http://10.0.0.7:8080` */
  readonly origin: string;
  readonly scheme: "http" | "https";
  /** Host and port as the Host field says them. */
  readonly authority: string;
  /** Without a trailing slash; empty for the root. */
  readonly basePath: string;
  readonly pool: OutboundPool;
  weight: number;
  priority: number;
  healthy: boolean;
  /** Attempts under way, of this worker. */
  inFlight = 0;
  /** In a row. */
  failures = 0;
  /** Left out until then; 0: it is not. */
  ejectedUntilMs = 0;
  /** How often in a row. */
  ejections = 0;
  /** Since the last return from an ejection. */
  backAtMs = -Infinity;
  /** Slow start counts from here. */
  warmingSinceMs = -Infinity;
  /** Of its weight, while it is warming up. */
  share = 1;
  ejected = 0;

  constructor(fact: TargetFact, pool: OutboundPool) {
    const { origin, host, pathname, protocol } = new URL(fact.url);
    this.name = nameOfTarget(fact);
    this.origin = origin;
    this.scheme = protocol === "https:" ? "https" : "http";
    this.authority = host;
    this.basePath = pathname.replace(/\/+$/, "");
    this.pool = pool;
    this.weight = fact.weight;
    this.priority = fact.priority;
    this.healthy = fact.healthy;
  }

  /** Weight as it counts now. */
  get pull(): number {
    return this.weight * this.share;
  }
}
