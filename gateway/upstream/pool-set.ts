import { isIP } from "node:net";
import type { ResolvedApi } from "#contracts/api/resolved.ts";
import { ClientPool, type OutboundPool } from "#gateway/wire/index.ts";
import { deniedPool, dialGuard, type GuardOptions } from "./address-guard.ts";
import { Balancer } from "./balancer.ts";

export interface PoolSetOptions extends GuardOptions {
  /** Connections to one origin. */
  maxConnections?: number;
}

/**
 * Pools by origin, shared by all APIs that go there and kept over reloads: a changed API must not cost its neighbours their
 * connections. Pools that no API uses any more are closed once their requests have ended.
 */
export class PoolSet {
  readonly #options: PoolSetOptions;
  readonly #pools = new Map<string, OutboundPool>();

  constructor(options: PoolSetOptions) {
    this.#options = options;
  }

  balancerFor(upstream: ResolvedApi["upstream"]): Balancer {
    return new Balancer(
      upstream.targets.map(({ url, weight }) => {
        const { origin, pathname, host, protocol } = new URL(url);
        const pool = this.#poolOf(origin, upstream.timeouts.connectMs);
        const scheme = protocol === "https:" ? "https" : "http";
        return { weight, target: { origin, scheme, authority: host, basePath: pathname.replace(/\/+$/, ""), pool } };
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
      pool.close();
    }
  }

  /** Cuts off what is under way. */
  async close(): Promise<void> {
    for (const pool of this.#pools.values()) pool.destroy();
    this.#pools.clear();
  }

  #poolOf(origin: string, connectMs: number): OutboundPool {
    const name = nameOf(origin, connectMs);
    const existing = this.#pools.get(name);
    if (existing) return existing;
    const { maxConnections = 1_024 } = this.#options;
    const { hostname, port, protocol } = new URL(origin);
    const isTls = protocol === "https:";
    const host = hostname.replace(/^\[|\]$/g, "");
    const { lookup, refusal } = dialGuard(host, this.#options);
    if (refusal) return deniedPool(host);
    const target = { host, port: Number(port || (isTls ? 443 : 80)), ...(lookup && { lookup }) };
    const tls = isTls ? { servername: isIP(host) ? "" : host, ALPNProtocols: ["http/1.1"] } : null;
    const pool = new ClientPool({ target, tls, connectMs }, { connections: maxConnections, waiting: MAX_WAITING });
    this.#pools.set(name, pool);
    return pool;
  }
}

/** Requests that wait for one of an origin's connections; past it they are answered 503 at once. */
const MAX_WAITING = 10_000;

function nameOf(origin: string, connectMs: number): string {
  return `${origin} ${connectMs}`;
}
