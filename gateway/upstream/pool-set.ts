import { bareHost } from "#base/host-address.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import { ClientPool, ClientSessionPool, type OutboundPool } from "#gateway/wire/index.ts";
import { deniedPool, dialGuard, unopenedPool, type GuardOptions } from "./address-guard.ts";
import type { Dial } from "./balance/target-group.ts";
import type { TargetFact } from "./balance/target.ts";
import { LoopPool, type EnterApi } from "./loop/loop-pool.ts";
import { tlsTowards } from "./tls-towards.ts";

export interface PoolSetOptions extends GuardOptions {
  secrets: Secrets;
  /** For targets that are APIs of this gateway; where there are none (checks of health), left out. */
  enter?: EnterApi;
  /** Connections to one origin. */
  maxConnections?: number;
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
  poolFor({ url, address }: Pick<TargetFact, "url" | "address">, dial: Dial): OutboundPool {
    const loop = /^causeway:\/\/([^/]+)/.exec(url);
    // Nothing is held by it, so nothing is counted.
    if (loop) return this.#options.enter ? new LoopPool(loop[1]!, this.#options.enter) : unopenedPool;
    const origin = new URL(new URL(url).origin);
    const name = `${origin.href} ${address ?? ""} ${JSON.stringify(dial)}`;
    const existing = this.#pools.get(name);
    if (existing) {
      existing.users += 1;
      return existing.pool;
    }
    const pool = this.#open(origin, address, dial);
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

  /** `address` is dialled in place of the origin's host. */
  #open(origin: URL, address: string | undefined, { protocol: spoken, tls: wanted, connectMs }: Dial): OutboundPool {
    const { maxConnections = 1_024, secrets } = this.#options;
    const { hostname, port, protocol } = origin;
    const isTls = protocol === "https:";
    const named = bareHost(hostname);
    const host = address ?? named;
    const { lookup, refusal } = dialGuard(host, this.#options);
    if (refusal) return deniedPool(host);
    const target = { host, port: Number(port || (isTls ? 443 : 80)), ...(lookup && { lookup }) };
    // Read at each dial: a certificate that was renewed serves the next connection.
    const tls = isTls ? () => tlsTowards(named, wanted, secrets) : null;
    if (spoken === "http2") return new ClientSessionPool({ target, tls, connectMs }, { waiting: MAX_WAITING });
    return new ClientPool({ target, tls, connectMs }, { connections: maxConnections, waiting: MAX_WAITING });
  }
}

/** Requests that wait for one of an origin's connections; past it they are answered 503 at once. */
const MAX_WAITING = 10_000;
