import { isIP } from "node:net";
import { bareHost } from "#base/host-address.ts";
import type { Target } from "#contracts/api/targets.ts";
import type { TargetFact } from "../balance/target.ts";
import type { NameResolver } from "./name-resolver.ts";

export interface Resolved {
  facts: TargetFact[];
  /** Until it is worth asking again. */
  freshMs: number;
}

const FRESH_MIN_MS = 1_000;
const FRESH_MAX_MS = 300_000;

/** The targets that a name stands for now. Rejects where neither family has an address. */
export async function resolveName(target: Target, resolver: NameResolver): Promise<Resolved> {
  const url = new URL(target.url);
  if (target.resolve === "srv") return resolveSrv(target, url, resolver);
  const { addresses, ttlSeconds } = await addressesOf(url.hostname, resolver);
  const facts = addresses.map((address) => factOf(target.url, address, target.weight, 0));
  return { facts, freshMs: freshness(ttlSeconds) };
}

/** RFC 2782: the port is the record's, the weight is shared by a host's addresses. */
async function resolveSrv({ weight }: Target, url: URL, resolver: NameResolver): Promise<Resolved> {
  const { records, ttlSeconds } = await resolver.resolveSrv(url.hostname);
  const path = url.pathname === "/" ? "" : url.pathname;
  let shortestSeconds = ttlSeconds;
  const facts: TargetFact[] = [];
  const found = await Promise.allSettled(records.map(({ name }) => addressesOf(name, resolver)));
  for (const [index, record] of records.entries()) {
    const outcome = found[index]!;
    // One host that is gone is no reason to miss the others.
    if (outcome.status === "rejected") continue;
    const { addresses } = outcome.value;
    shortestSeconds = Math.min(shortestSeconds, outcome.value.ttlSeconds);
    // Weight 0 is "hardly ever" there, not "never".
    const each = (weight * Math.max(1, record.weight)) / addresses.length;
    const base = `${url.protocol}//${record.name}:${record.port}${path}`;
    facts.push(...addresses.map((address) => factOf(base, address, each, record.priority)));
  }
  return { facts, freshMs: freshness(shortestSeconds) };
}

function factOf(url: string, address: string, weight: number, priority: number): TargetFact {
  return { url, address, weight, priority, healthy: true };
}

async function addressesOf(name: string, resolver: NameResolver): Promise<{ addresses: string[]; ttlSeconds: number }> {
  const literal = bareHost(name);
  if (isIP(literal) !== 0) return { addresses: [literal], ttlSeconds: Infinity };
  const both = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const records = both.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  // A name often has no address of one family; without any, the first failure says why.
  if (records.length === 0) throw both[0].status === "rejected" ? both[0].reason : new Error(`${name}: no address`);
  // One record may be answered twice; and servers turn the order, which would look like a change.
  const addresses = [...new Set(records.map(({ address }) => address))].sort((a, b) => a.localeCompare(b));
  return { addresses, ttlSeconds: Math.min(...records.map(({ ttl }) => ttl)) };
}

function freshness(ttlSeconds: number): number {
  return Math.min(FRESH_MAX_MS, Math.max(FRESH_MIN_MS, ttlSeconds * 1_000));
}
