import { Pool } from "undici";
import type { ResolvedApi } from "#contracts/api/resolved.ts";
import { guardedConnector } from "./address-guard.ts";
import type { Ranges } from "#base/address-ranges.ts";
import { Balancer } from "./balancer.ts";

export interface PoolSetOptions {
  /** Refuse private, link-local, loopback and metadata addresses but for `allowed`. */
  denyPrivate: boolean;
  allowed: Ranges;
  /** Connections to one origin. */
  maxConnections?: number;
}

/**
 * Pools by origin, shared by all APIs that go there and kept over reloads: a changed API must not cost its neighbours their
 * connections. Pools that no API uses any more are closed once their requests have ended.
 */
export class PoolSet {
  readonly #options: PoolSetOptions;
  readonly #pools = new Map<string, Pool>();

  constructor(options: PoolSetOptions) {
    this.#options = options;
  }

  balancerFor(upstream: ResolvedApi["upstream"]): Balancer {
    return new Balancer(
      upstream.targets.map(({ url, weight }) => {
        const { origin, pathname } = new URL(url);
        const pool = this.#poolOf(origin, upstream.timeouts.connectMs);
        return { weight, target: { origin, basePath: pathname.replace(/\/+$/, ""), pool } };
      }),
    );
  }

  /** Closes the pools that none of `upstreams` uses. */
  retain(upstreams: readonly ResolvedApi["upstream"][]): void {
    const used = new Set(
      upstreams.flatMap(({ targets, timeouts }) =>
        targets.map(({ url }) => nameOf(new URL(url).origin, timeouts.connectMs)),
      ),
    );
    for (const [name, pool] of this.#pools) {
      if (used.has(name)) continue;
      this.#pools.delete(name);
      // Requests in flight end first; an error of a closing pool has nobody left to hear it.
      pool.close().catch(() => {});
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  #poolOf(origin: string, connectMs: number): Pool {
    const name = nameOf(origin, connectMs);
    const existing = this.#pools.get(name);
    if (existing) return existing;
    const { denyPrivate, allowed, maxConnections = 1_024 } = this.#options;
    const pool = new Pool(origin, {
      pipelining: 1,
      connections: maxConnections,
      connect: denyPrivate ? guardedConnector({ allowed, timeoutMs: connectMs }) : { timeout: connectMs },
      keepAliveTimeout: 30_000,
      keepAliveMaxTimeout: 300_000,
    });
    this.#pools.set(name, pool);
    return pool;
  }
}

function nameOf(origin: string, connectMs: number): string {
  return `${origin} ${connectMs}`;
}
