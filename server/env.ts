import { z } from "zod";
import { parseEnv } from "#base/env.ts";
import { addressRanges } from "./address-ranges.ts";
import { trustedProxies } from "./auth/trusted-proxies.ts";

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
  /**
   * The proxies in front of the console whose `X-Forwarded-For` is believed: how many in a row (`1`), or their addresses
   * and ranges (`10.0.0.0/8, 192.0.2.7`; surer, since a caller who gets past them gains nothing). `0`: none, the address
   * is the one that connected. A wrong number lets callers choose the address that throttles and enrolment go by.
   */
  CAUSEWAY_TRUSTED_PROXIES: z.string().default("0").pipe(trustedProxies),
  CAUSEWAY_REGIONS_FILE: z.string().optional(),
  /** `outbox`: letters are kept and shown at /outbox. */
  CAUSEWAY_MAIL: z.enum(["outbox"]).default("outbox"),
  /** CIDR ranges that outbound fetches may reach although they are private, comma separated. */
  CAUSEWAY_FETCH_ALLOW: z.string().default("").pipe(addressRanges),
  /** What hybrid install commands start: a command that runs the gateway. */
  CAUSEWAY_GATEWAY_COMMAND: z.string().default("npm run gateway --"),
  CAUSEWAY_LOG_LEVEL: z.string().default("info"),
});
export type ConsoleEnv = z.infer<typeof consoleEnv>;

export const readConsoleEnv = (source?: NodeJS.ProcessEnv): ConsoleEnv => parseEnv(consoleEnv, source);
