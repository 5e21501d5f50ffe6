import type { RecordWithTtl } from "node:dns";
import { Resolver } from "node:dns/promises";
import { askSrv, type SrvAnswer } from "./ask-srv.ts";

/** Records with their TTLs. Each rejects with a code (ENOTFOUND, ENODATA, ETIMEOUT …). */
export interface NameResolver {
  resolve4(name: string): Promise<RecordWithTtl[]>;
  resolve6(name: string): Promise<RecordWithTtl[]>;
  resolveSrv(name: string): Promise<SrvAnswer>;
}

/** Asks the servers that are named, or else the system's. */
export function nameResolver(servers: readonly string[], { timeoutMs = 2_000, tries = 2 } = {}): NameResolver {
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  if (servers.length > 0) resolver.setServers(servers);
  return {
    resolve4: (name) => resolver.resolve4(name, { ttl: true }),
    resolve6: (name) => resolver.resolve6(name, { ttl: true }),
    resolveSrv: (name) => askSrv({ name, servers: resolver.getServers(), timeoutMs, tries }),
  };
}
