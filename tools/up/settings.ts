import { join, resolve } from "node:path";
import { z } from "zod";
import { parseEnv } from "#base/env.ts";
import { ENGINE_VERSION } from "../engine/version.mjs";
import { repository } from "../bundle.ts";

const ranges = z
  .string()
  .default("127.0.0.0/8,::1/128")
  .transform((text) => (text === "none" ? "" : text));

const upEnv = z.object({
  CAUSEWAY_PORT: z.coerce.number().int().min(1).max(64_000).default(3000),
  /** Everything that lasts: databases, secrets, stacks, logs. */
  CAUSEWAY_STATE_DIR: z.string().default(join(repository, ".causeway")),
  /** A PostgreSQL of the operator's own, as a role that may make databases and roles. */
  DATABASE_URL: z.url().optional(),
  REDIS_URL: z.url().optional(),
  CAUSEWAY_PUBLIC_URL: z.url().optional(),
  CAUSEWAY_REGIONS_FILE: z.string().optional(),
  /** The address that the console listens on. */
  CAUSEWAY_HOST: z.string().default("127.0.0.1"),
  /**
   * Private networks that upstreams of managed clusters and OpenAPI URLs may be in, by comma. On one machine the services
   * to try it with are on loopback; where strangers sign up, set both to what they may reach, or to `none`.
   */
  CAUSEWAY_UPSTREAM_ALLOW: ranges,
  CAUSEWAY_FETCH_ALLOW: ranges,
  /** Proxies in front of the console whose `X-Forwarded-For` is believed: how many, or their ranges. */
  CAUSEWAY_TRUSTED_PROXIES: z.string().default("0"),
  /** Written as JSON when everything answers: for scripts and tests that wait for it. */
  CAUSEWAY_READY_FILE: z.string().optional(),
});

export type UpSettings = ReturnType<typeof readSettings>;

export function readSettings() {
  const env = parseEnv(upEnv);
  const state = resolve(env.CAUSEWAY_STATE_DIR);
  return {
    port: env.CAUSEWAY_PORT,
    host: env.CAUSEWAY_HOST,
    state,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    publicUrl: env.CAUSEWAY_PUBLIC_URL ?? `http://localhost:${env.CAUSEWAY_PORT}`,
    regionsFile: env.CAUSEWAY_REGIONS_FILE,
    fetchAllow: env.CAUSEWAY_FETCH_ALLOW,
    trustedProxies: env.CAUSEWAY_TRUSTED_PROXIES,
    upstreamAllow: env.CAUSEWAY_UPSTREAM_ALLOW,
    readyFile: env.CAUSEWAY_READY_FILE,
    /** Built things belong to the checkout, not to the state: an empty state folder does not build anew. */
    buildStamps: join(repository, ".causeway/build"),
    engineRoot: join(repository, ".causeway/engine", ENGINE_VERSION),
    socket: socketPath(state),
  };
}

/** The kernel allows about a hundred characters; a deeper state folder gets its socket beside the system's others. */
function socketPath(state: string): string {
  const inState = join(state, "region.sock");
  if (inState.length < 100) return inState;
  return join("/tmp", `causeway-${Buffer.from(state).toString("hex").slice(-24)}.sock`);
}
