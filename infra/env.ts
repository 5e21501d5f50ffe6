import { join, resolve } from "node:path";
import { z } from "zod";

const repository = resolve(import.meta.dirname, "..");

/** The worker's environment. */
export const workerEnv = z.object({
  DATABASE_URL: z.string().min(1),
  /** 32 bytes, base64: opens the sealed secrets of deployments. */
  CAUSEWAY_SECRET_KEY: z
    .string()
    .refine((text) => Buffer.from(text, "base64").length === 32, "expected 32 bytes in base64"),
  /** The console's Ed25519 key, PKCS #8 DER, base64; only its public half leaves this process. */
  CAUSEWAY_SIGNING_KEY: z.string().min(1),
  CAUSEWAY_STATE_DIR: z.string().min(1),
  CAUSEWAY_LOCAL_SOCKET: z.string().min(1),
  CAUSEWAY_PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  /** Where gateways enrol; the console on this machine unless told otherwise. */
  CAUSEWAY_CONSOLE_URL: z.url().optional(),
  /** JSON, an array of regions; the default ones where it is absent. */
  CAUSEWAY_REGIONS_FILE: z.string().optional(),
  /** Holds `bin/pulumi`. */
  CAUSEWAY_ENGINE_ROOT: z.string().min(1),
  CAUSEWAY_CONTROLPLANE_ENTRY: z.string().default(join(repository, "dist/controlplane/controlplane.mjs")),
  CAUSEWAY_CONTROLPLANE_MIGRATIONS: z.string().default(join(repository, "drizzle/controlplane/migrations")),
  CAUSEWAY_GATEWAY_ENTRY: z.string().default(join(repository, "dist/gateway/gateway.mjs")),
  /** Private networks that tenants' upstreams may be in: addresses and CIDR ranges, by comma. All others are refused. */
  CAUSEWAY_UPSTREAM_ALLOW: z.string().default(""),
  CAUSEWAY_WORKER_SLOTS: z.coerce.number().int().min(1).max(16).default(2),
  CAUSEWAY_LEASE_EXPIRES_MS: z.coerce.number().int().min(500).default(15_000),
  CAUSEWAY_RUN_QUIET_MS: z.coerce.number().int().min(1_000).default(180_000),
  CAUSEWAY_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});
export type WorkerEnv = z.infer<typeof workerEnv>;
