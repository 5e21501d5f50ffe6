import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from "node:crypto";
import type { Clock } from "#base/clock.ts";
import { systemClock } from "#base/clock.ts";
import type { RandomBytes } from "#base/id.ts";
import { createLogger, type Logger } from "#base/log.ts";
import { openPlaneDatabase, type PlaneDatabase } from "./db/database.ts";
import type { PlaneEnv } from "./env.ts";

/** What every service of this room needs of the outside. */
export interface Plane {
  env: PlaneEnv;
  db: PlaneDatabase;
  clock: Clock;
  random: RandomBytes;
  log: Logger;
  /** Signs revisions. */
  revisionKey: KeyObject;
  /** Checks what the console signed. */
  consoleKey: KeyObject;
}

export function createPlane(env: PlaneEnv, overrides: Partial<Pick<Plane, "clock" | "random">> = {}): Plane {
  const log = createLogger("controlplane", { level: env.CAUSEWAY_LOG_LEVEL });
  return {
    env,
    db: openPlaneDatabase(env.DATABASE_URL, log),
    clock: overrides.clock ?? systemClock,
    random: overrides.random ?? randomBytes,
    log,
    revisionKey: createPrivateKey({
      key: Buffer.from(env.CAUSEWAY_REVISION_SIGNING_KEY, "base64url"),
      format: "der",
      type: "pkcs8",
    }),
    consoleKey: createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: env.CAUSEWAY_CONSOLE_PUBLIC_KEY },
      format: "jwk",
    }),
  };
}
