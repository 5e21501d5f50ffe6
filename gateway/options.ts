import { Resolver } from "node:dns";
import { closeSync, openSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { tag } from "#contracts/ids.ts";
import { messageOf } from "#base/errors.ts";
import { Secret } from "#base/secret.ts";
import { parseRanges } from "#gateway/upstream/index.ts";
import type { LinePlace } from "#gateway/processes/messages.ts";
import type { TracingSettings } from "#gateway/trace/index.ts";
import type { GatewayEnv } from "./env.ts";
import { readTracing } from "./tracing-options.ts";
import { UsageError } from "./usage-error.ts";

/** Where the configuration comes from. */
export type Source = { kind: "file"; path: string } | { kind: "link"; url: string; token: Secret | undefined };

export interface Address {
  host: string;
  port: number;
}

/** What the command line and the environment ask for, checked. */
export interface GatewayOptions {
  source: Source;
  listen: Address;
  listenPublic: string | undefined;
  admin: Address;
  workers: number;
  redis: string | undefined;
  tags: string[];
  adminToken: Secret | undefined;
  dataDir: string;
  logLevel: GatewayEnv["CAUSEWAY_LOG_LEVEL"];
  trustedProxies: string[];
  denyPrivate: boolean;
  upstreamAllow: string[];
  /** Empty: the system's. */
  dnsServers: string[];
  /** Undefined: no traces are made, and context passes as it came. */
  tracing: TracingSettings | undefined;
  accessLog: LinePlace | undefined;
  recordings: LinePlace | undefined;
  /** How often figures go to the collector; undefined: never. */
  pushMetricsEveryMs: number | undefined;
  limiter: "exact" | "leased" | undefined;
  /** Of a node that is configured over the link. */
  settingsFile: string | undefined;
  nodes: number | undefined;
  secretsEveryMs: number;
  drainGraceMs: number;
  drainMs: number;
  spoolBytes: number;
}

/** Throws `UsageError` with the remedy. */
export function readOptions(argv: readonly string[], env: GatewayEnv): GatewayOptions {
  const flags = parseFlags(argv);
  const config = flags.config ?? env.CAUSEWAY_CONFIG;
  return {
    source: config ? { kind: "file", path: config } : linkSource(env),
    listen: parseAddress("--listen", flags.listen ?? env.CAUSEWAY_LISTEN ?? "0.0.0.0:8080"),
    listenPublic: env.CAUSEWAY_LISTEN_PUBLIC,
    admin: parseAddress("--admin", flags.admin ?? env.CAUSEWAY_ADMIN ?? "127.0.0.1:9090"),
    workers: parseWorkers(flags.workers ?? env.CAUSEWAY_WORKERS),
    redis: parseRedis(flags.redis ?? env.CAUSEWAY_REDIS),
    tags: parseTags(flags.tags ?? env.CAUSEWAY_TAGS),
    adminToken: env.CAUSEWAY_ADMIN_TOKEN ? new Secret(env.CAUSEWAY_ADMIN_TOKEN) : undefined,
    dataDir: env.CAUSEWAY_DATA_DIR,
    logLevel: env.CAUSEWAY_LOG_LEVEL,
    trustedProxies: parseRangeList("CAUSEWAY_TRUSTED_PROXIES", env.CAUSEWAY_TRUSTED_PROXIES),
    denyPrivate: env.CAUSEWAY_UPSTREAM_DENY_PRIVATE,
    upstreamAllow: parseRangeList("CAUSEWAY_UPSTREAM_ALLOW", env.CAUSEWAY_UPSTREAM_ALLOW),
    dnsServers: parseDnsServers(env.CAUSEWAY_DNS_SERVERS),
    tracing: readTracing(env),
    accessLog: readLinePlace("CAUSEWAY_ACCESS_LOG", env),
    recordings: readLinePlace("CAUSEWAY_RECORDINGS", env),
    pushMetricsEveryMs: env.OTEL_METRICS_EXPORTER === "none" ? undefined : env.OTEL_METRIC_EXPORT_INTERVAL,
    limiter: env.CAUSEWAY_LIMITER,
    settingsFile: env.CAUSEWAY_SETTINGS,
    nodes: env.CAUSEWAY_NODES,
    secretsEveryMs: env.CAUSEWAY_SECRETS_EVERY_SECONDS * 1_000,
    drainGraceMs: env.CAUSEWAY_DRAIN_GRACE_SECONDS * 1_000,
    drainMs: env.CAUSEWAY_DRAIN_SECONDS * 1_000,
    spoolBytes: env.CAUSEWAY_SPOOL_BYTES,
  };
}

/** Tried at once: a path that cannot be written to is a mistake to be told at the start, and not by every worker. */
function readLinePlace(name: "CAUSEWAY_ACCESS_LOG" | "CAUSEWAY_RECORDINGS", env: GatewayEnv): LinePlace | undefined {
  const { [name]: place, CAUSEWAY_ACCESS_LOG_ADDRESSES: addresses } = env;
  if (place === "off") return undefined;
  if (place === "stdout") return { path: undefined, addresses };
  try {
    closeSync(openSync(place, "a", 0o640));
  } catch (error) {
    throw new UsageError(`${name}: ${messageOf(error)}; expected stdout, off, or a path that can be written`);
  }
  return { path: resolve(place), addresses };
}

function parseFlags(argv: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: { config: text, listen: text, admin: text, workers: text, redis: text, tags: text },
      strict: true,
    }).values;
  } catch (error) {
    throw new UsageError(`${messageOf(error)}; known: --config --listen --admin --workers --redis --tags`);
  }
}

function linkSource(env: GatewayEnv): Source {
  if (!env.CAUSEWAY_URL)
    throw new UsageError("nothing to serve: give --config FILE|DIR, or CAUSEWAY_URL with CAUSEWAY_TOKEN");
  const token = env.CAUSEWAY_TOKEN_FILE ? readToken(env.CAUSEWAY_TOKEN_FILE) : env.CAUSEWAY_TOKEN;
  return { kind: "link", url: env.CAUSEWAY_URL.replace(/\/+$/, ""), token: token ? new Secret(token) : undefined };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`CAUSEWAY_TOKEN_FILE cannot be read: ${messageOf(error)}`);
  }
}

/** `127.0.0.1:8080`, `:8080`, `8080`, `[::1]:8080`; port 0 lets the system choose. */
export function parseAddress(name: string, text: string): Address {
  const match = /^(?:(\[[0-9a-fA-F:]+\]|[^:]*):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) throw new UsageError(`${name} ${text}: expected HOST:PORT, such as 0.0.0.0:8080`);
  return { host: match[1]?.replace(/^\[|\]$/g, "") || "0.0.0.0", port };
}

function parseWorkers(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  const workers = Number(text);
  if (!Number.isInteger(workers) || workers < 1 || workers > 256)
    throw new UsageError(`--workers ${text}: expected a number from 1 to 256`);
  return workers;
}

function parseRedis(text: string | undefined): string | undefined {
  if (text === undefined || /^rediss?:\/\/./.test(text)) return text;
  throw new UsageError(`--redis ${text}: expected a URL such as redis://127.0.0.1:6379`);
}

function parseTags(text: string | undefined): string[] {
  const tags = (text ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
  const bad = tags.find((entry) => !tag.safeParse(entry).success);
  if (bad !== undefined) throw new UsageError(`--tags ${bad}: use letters, digits and . _ : -, at most 40`);
  return tags;
}

function parseDnsServers(text: string): string[] {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
  try {
    new Resolver().setServers(entries);
    return entries;
  } catch (error) {
    throw new UsageError(`CAUSEWAY_DNS_SERVERS: ${messageOf(error)}`);
  }
}

function parseRangeList(name: string, text: string): string[] {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
  try {
    parseRanges(entries);
    return entries;
  } catch (error) {
    throw new UsageError(`${name}: ${messageOf(error)}`);
  }
}
