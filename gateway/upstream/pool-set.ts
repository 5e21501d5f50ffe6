import { isIP } from "node:net";
import { ClientPool, type OutboundPool } from "#gateway/wire/index.ts";
import { deniedPool, dialGuard, type GuardOptions } from "./address-guard.ts";
import type { TargetFact } from "./balance/target.ts";

export interface PoolSetOptions extends GuardOptions {
  /** Connections to one origin. */
  maxConnections?: number;
}

/** What a pool is opened for: where to, as whom, and how long a dial may take. */
interface Place {
  origin: URL;
  /** Dialled in place of the origin's host. */
  address: string | undefined;
  connectMs: number;
}

/**
 * Pools by origin, shared by all APIs that go there and kept over reloads: a changed API must not cost its neighbours their
 * connections. Pools that no API uses any more are closed once their requests have ended.
 */
export class PoolSet {
  readonly #options: PoolSetOptions;
  readonly #pools = new Map<string, { pool: OutboundPool; users: number }>();
  readonly #names = new Map<OutboundPool, string>();

  constructor(options: PoolSetOptions) {
    this.#options = options;
  }

  /** Counted: whoever takes a pool releases it once. */
  poolFor({ url, address }: Pick<TargetFact, "url" | "address">, connectMs: number): OutboundPool {
    const origin = new URL(new URL(url).origin);
    const name = `${origin.href} ${address ?? ""} ${connectMs}`;
    const existing = this.#pools.get(name);
    if (existing) {
      existing.users += 1;
      return existing.pool;
    }
    const pool = this.#open({ origin, address, connectMs });
    this.#pools.set(name, { pool, users: 1 });
    this.#names.set(pool, name);
    return pool;
  }

  release(pool: OutboundPool): void {
    const kept = this.#pools.get(this.#names.get(pool) ?? "");
    if (kept) kept.users -= 1;
  }

  /** Closes what nobody uses. Not at the last release: what one API gives up, another may take in the same reload. */
  sweep(): void {
    for (const [name, { pool, users }] of this.#pools) {
      if (users > 0) continue;
      this.#pools.delete(name);
      this.#names.delete(pool);
      pool.close();
    }
  }

  destroy(): void {
    for (const { pool } of this.#pools.values()) pool.destroy();
    this.#pools.clear();
    this.#names.clear();
  }

  #open({ origin, address, connectMs }: Place): OutboundPool {
    const { maxConnections = 1_024 } = this.#options;
    const { hostname, port, protocol } = origin;
    const isTls = protocol === "https:";
    const named = hostname.replace(/^\[|\]$/g, "");
    const host = address ?? named;
    const { lookup, refusal } = dialGuard(host, this.#options);
    if (refusal) return deniedPool(host);
    const target = { host, port: Number(port || (isTls ? 443 : 80)), ...(lookup && { lookup }) };
    const tls = isTls ? { servername: isIP(named) ? "" : named, ALPNProtocols: ["http/1.1"] } : null;
    return new ClientPool({ target, tls, connectMs }, { connections: maxConnections, waiting: MAX_WAITING });
  }
}

/** Requests that wait for one of an origin's connections; past it they are answered 503 at once. */
const MAX_WAITING = 10_000;
