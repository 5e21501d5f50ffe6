import type { TLSSocket } from "node:tls";
import { systemClock, type Clock } from "#base/clock.ts";
import { parseRanges } from "#base/address-ranges.ts";
import { gatewaySettings } from "#contracts/config/file.ts";
import type { Policy } from "#contracts/policy/policy.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import { Identities, noOutbound, type Outbound, type TlsPeer } from "#gateway/identity/index.ts";
import { LimitBook, LocalAuthority } from "#gateway/limit/index.ts";
import type { Exchange, PluginDeps } from "#gateway/pipeline/index.ts";
import { hashOfKey, SessionBook, type KeyOutcome } from "#gateway/session/index.ts";
import { Fields } from "#gateway/wire/index.ts";

export interface AskedRequest {
  method?: string;
  path?: string;
  query?: string;
  /** As the client wrote it, where that is another than path and query. */
  target?: string;
  headers?: [name: string, value: string][];
  address?: string;
  trusted?: boolean;
  tls?: TlsPeer;
  body?: string;
  nowMs?: number;
}

/** What steps before the upstream read and write of an exchange, without a connection behind it. */
export function exchangeOf(asked: AskedRequest = {}): Exchange {
  const { method = "GET", path = "/", query = "", headers = [], address = "192.0.2.1", trusted = false } = asked;
  const body = Buffer.from(asked.body ?? "");
  const exchange = {
    method,
    path,
    innerPath: path,
    query,
    upstreamQuery: query,
    fields: new Fields(headers.flat()),
    inbound: {
      target: asked.target ?? `${path}${query}`,
      authority: headers.find(([name]) => name.toLowerCase() === "host")?.[1],
    },
    nowMs: asked.nowMs ?? Date.now(),
    principal: null,
    credentialHeader: undefined,
    requestEdit: undefined,
    // Only the certificate is asked of it.
    connection: { address, trusted, tls: (asked.tls ?? null) as TLSSocket | null },
    bufferBody: async (capBytes: number) => (body.length > capBytes ? undefined : body),
  };
  // The steps under test read nothing else of it.
  return exchange as unknown as Exchange;
}

export interface PretendOptions {
  /** By the key's text. */
  keys?: Record<string, KeyRecord>;
  policies?: Policy[];
  secrets?: Record<string, string>;
  clock?: Clock;
  outbound?: Outbound;
  /** The key store cannot be asked. */
  storeDown?: boolean;
  trustedProxies?: string[];
}

/** What a plugin is compiled with, without processes around it. */
export function pluginDepsOf(options: PretendOptions = {}): PluginDeps {
  const { keys = {}, policies = [], clock = systemClock, outbound = noOutbound } = options;
  const secrets = { read: (reference: string) => options.secrets?.[reference.slice("env://".length)] };
  const limits = new LimitBook({ authority: new LocalAuthority({ clock, holders: () => 1 }), clock });
  const known = new Map(Object.entries(keys).map(([text, key]) => [hashOfKey(text), key]));
  const lookup = async (hash: string): Promise<KeyOutcome> => {
    if (options.storeDown) return { at: "unreachable" };
    const key = known.get(hash);
    return key ? { at: "found", key } : { at: "unknown" };
  };
  const sessions = new SessionBook({ limits, lookup });
  sessions.usePolicies(new Map(policies.map((policy) => [policy.id, policy])));
  const trustedProxies = parseRanges(options.trustedProxies ?? []);
  const identity = new Identities({ outbound, secrets, clock, trustedProxies });
  return {
    operation: undefined,
    version: undefined,
    settings: gatewaySettings.parse({}),
    sessions,
    limits,
    secrets,
    identity,
    recorder: { stepFor: () => undefined },
  };
}
