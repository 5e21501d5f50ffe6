import { z } from "zod";
import { parseEnv } from "#base/env.ts";

const base64Bytes = (size: number) =>
  z
    .base64()
    .transform((text) => Buffer.from(text, "base64"))
    .refine((bytes) => bytes.length === size, `expected ${size} bytes in base64`);

/** The console's environment; `tools/up` sets all of it on one machine. */
export const consoleEnv = z.object({
  DATABASE_URL: z.url(),
  REDIS_URL: z.url(),
  /** Seals stored secrets (AES-256-GCM). The worker has the same. */
  CAUSEWAY_SECRET_KEY: base64Bytes(32),
  /** Ed25519, PKCS8 DER in base64: signs node credentials and management tokens. */
  CAUSEWAY_SIGNING_KEY: z.base64(),
  NEXTAUTH_SECRET: z.string().min(16),
  /** Where people and gateways reach the console, without a trailing slash. */
  CAUSEWAY_PUBLIC_URL: z.url().transform((url) => url.replace(/\/$/, "")),
  CAUSEWAY_REGIONS_FILE: z.string().optional(),
  /** `outbox`: letters are kept and shown at /outbox. */
  CAUSEWAY_MAIL: z.enum(["outbox"]).default("outbox"),
  /** CIDR ranges that outbound fetches may reach although they are private, comma separated. */
  CAUSEWAY_FETCH_ALLOW: z.string().default(""),
  /** What hybrid install commands start: a command that runs the gateway. */
  CAUSEWAY_GATEWAY_COMMAND: z.string().default("npm run gateway --"),
  CAUSEWAY_LOG_LEVEL: z.string().default("info"),
});
export type ConsoleEnv = z.infer<typeof consoleEnv>;

export const readConsoleEnv = (source?: NodeJS.ProcessEnv): ConsoleEnv => parseEnv(consoleEnv, source);
