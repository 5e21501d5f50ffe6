import { isIP } from "node:net";
import { messageOf } from "#base/errors.ts";
import { bareHost } from "#base/host-address.ts";
import type { Target } from "#contracts/api/targets.ts";
import type { TargetFact } from "../balance/target.ts";
import type { NameResolver } from "./name-resolver.ts";

export interface Resolved {
  facts: TargetFact[];
  /** Until it is worth asking again. */
  freshMs: number;
  /** Why a part of it is from before: it could not be asked for now. */
  doubt?: string;
}

const FRESH_MIN_MS = 1_000;
const FRESH_MAX_MS = 300_000;
/** What could not be asked for is asked for again after so long. */
const DOUBT_SECONDS = 2;
/** There is no such name, or no such record of it. Any other failure says nothing about the name. */
const ABSENT: ReadonlySet<unknown> = new Set(["ENOTFOUND", "ENODATA"]);

/**
 * The targets that a name stands for now. `known` were its targets before: a part of them that cannot be asked for stays,
 * for a server of names that is slow is no reason to give up a target that works. Rejects where no address is known.
 */
export async function resolveName(
  target: Target,
  resolver: NameResolver,
  known: readonly TargetFact[] = [],
): Promise<Resolved> {
  const url = new URL(target.url);
  if (target.resolve === "srv") return resolveSrv(target, url, resolver, known);
  const { addresses, ttlSeconds, doubt } = await addressesOf(url.hostname, resolver, addressesAt(target.url, known));
  const facts = addresses.map((address) => factOf(target.url, address, target.weight, 0));
  return resolved(facts, ttlSeconds, doubt);
}

/** RFC 2782: the port is the record's, the weight is shared by a host's addresses. */
async function resolveSrv(
  { weight }: Target,
  url: URL,
  resolver: NameResolver,
  known: readonly TargetFact[],
): Promise<Resolved> {
  const { records, ttlSeconds } = await resolver.resolveSrv(url.hostname);
  const path = url.pathname === "/" ? "" : url.pathname;
  let shortestSeconds = ttlSeconds;
  let doubt: string | undefined;
  const facts: TargetFact[] = [];
  const urls = records.map(({ name, port }) => `${url.protocol}//${name}:${port}${path}`);
  const found = await Promise.allSettled(
    records.map(({ name }, index) => addressesOf(name, resolver, addressesAt(urls[index]!, known))),
  );
  for (const [index, record] of records.entries()) {
    const outcome = found[index]!;
    // One host that is gone is no reason to miss the others.
    if (outcome.status === "rejected") {
      if (!isAbsent(outcome.reason)) doubt ??= messageOf(outcome.reason);
      continue;
    }
    const { addresses } = outcome.value;
    shortestSeconds = Math.min(shortestSeconds, outcome.value.ttlSeconds);
    doubt ??= outcome.value.doubt;
    // Weight 0 is "hardly ever" there, not "never".
    const each = (weight * Math.max(1, record.weight)) / addresses.length;
    facts.push(...addresses.map((address) => factOf(urls[index]!, address, each, record.priority)));
  }
  return resolved(facts, shortestSeconds, doubt);
}

function resolved(facts: TargetFact[], ttlSeconds: number, doubt: string | undefined): Resolved {
  if (doubt === undefined) return { facts, freshMs: freshness(ttlSeconds) };
  return { facts, freshMs: freshness(Math.min(ttlSeconds, DOUBT_SECONDS)), doubt };
}

function factOf(url: string, address: string, weight: number, priority: number): TargetFact {
  return { url, address, weight, priority, healthy: true };
}

function addressesAt(url: string, known: readonly TargetFact[]): string[] {
  return known.flatMap((fact) => (fact.url === url && fact.address !== undefined ? [fact.address] : []));
}

interface Addresses {
  addresses: string[];
  ttlSeconds: number;
  doubt?: string | undefined;
}

async function addressesOf(name: string, resolver: NameResolver, known: readonly string[]): Promise<Addresses> {
  const literal = bareHost(name);
  if (isIP(literal) !== 0) return { addresses: [literal], ttlSeconds: Infinity };
  const both = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const records = both.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  const failures = both.map((each): unknown => (each.status === "rejected" ? each.reason : undefined));
  const unsure = failures.map((failure) => failure !== undefined && !isAbsent(failure));
  const kept = known.filter((address) => unsure[isIP(address) === 4 ? 0 : 1]);
  // One record may be answered twice; and servers turn the order, which would look like a change.
  const addresses = [...new Set([...records.map(({ address }) => address), ...kept])].sort((a, b) =>
    a.localeCompare(b),
  );
  const why = failures[unsure.indexOf(true)] ?? failures[0];
  // A name often has no address of one family; without any, a failure says why.
  if (addresses.length === 0) throw why ?? new Error(`${name}: no address`);
  const ttlSeconds = Math.min(...records.map(({ ttl }) => ttl));
  return { addresses, ttlSeconds, doubt: unsure.includes(true) ? messageOf(why) : undefined };
}

function isAbsent(error: unknown): boolean {
  return ABSENT.has((error as { code?: unknown } | null)?.code);
}

function freshness(ttlSeconds: number): number {
  return Math.min(FRESH_MAX_MS, Math.max(FRESH_MIN_MS, ttlSeconds * 1_000));
}
