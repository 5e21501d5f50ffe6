import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from "node:crypto";
import { Redis } from "ioredis";
import { PgBoss } from "pg-boss";
import { systemClock, type Clock } from "#base/clock.ts";
import type { RandomBytes } from "#base/id.ts";
import { createLogger, type Logger } from "#base/log.ts";
import { RUN_QUEUE } from "#contracts/deployment/run.ts";
import type { Region } from "#contracts/deployment/region.ts";
import { openDatabase, type Database } from "./db/database.ts";
import { readConsoleEnv, type ConsoleEnv } from "./env.ts";
import { RunFeed } from "./runs/run-feed.ts";
import { readRegions } from "./regions/regions.ts";

/** What the services need of the outside, made once a process; tests make their own. */
export interface Deps {
  env: ConsoleEnv;
  db: Database;
  redis: Redis;
  boss: PgBoss;
  clock: Clock;
  random: RandomBytes;
  log: Logger;
  regions: Region[];
  runFeed: RunFeed;
  signingKey: KeyObject;
  publicKey: KeyObject;
}

export async function createDeps(
  env: ConsoleEnv,
  overrides: Partial<Pick<Deps, "clock" | "random">> = {},
): Promise<Deps> {
  const log = createLogger("console", { level: env.CAUSEWAY_LOG_LEVEL });
  const db = openDatabase(env.DATABASE_URL, log);
  // A store that hangs is a store that cannot be asked: a sign-in does not wait for it.
  const redis = new Redis(env.REDIS_URL, { maxRetriesPerRequest: 2, commandTimeout: 2_000 });
  redis.on("error", (error: Error) => log.warn({ err: error }, "redis is not reachable"));
  // The console only sends; maintenance and schedules are the worker's.
  const boss = new PgBoss({ connectionString: env.DATABASE_URL, supervise: false, schedule: false, max: 2 });
  boss.on("error", (error: Error) => log.error({ err: error }, "queue"));
  await boss.start();
  // Whoever comes first makes it, so both say that a job wakes the worker at once.
  await boss.createQueue(RUN_QUEUE, { notify: true });
  const signingKey = createPrivateKey({
    key: Buffer.from(env.CAUSEWAY_SIGNING_KEY, "base64"),
    format: "der",
    type: "pkcs8",
  });
  return {
    env,
    db,
    redis,
    boss,
    log,
    clock: overrides.clock ?? systemClock,
    random: overrides.random ?? randomBytes,
    regions: readRegions(env.CAUSEWAY_REGIONS_FILE),
    runFeed: new RunFeed(env.DATABASE_URL, log),
    signingKey,
    publicKey: createPublicKey(signingKey),
  };
}

export async function closeDeps(deps: Deps): Promise<void> {
  await deps.boss.stop({ graceful: false });
  await deps.runFeed.close();
  deps.redis.disconnect();
  await deps.db.$client.end();
}

// Next loads route handlers as separate module graphs in one process: the global symbol keeps one set of pools for all.
const slot = Symbol.for("causeway.console.deps");
type Slot = { [slot]?: Promise<Deps> };

/** The process's own dependencies, made at first use. */
export function consoleDeps(): Promise<Deps> {
  const holder = globalThis as Slot;
  holder[slot] ??= createDeps(readConsoleEnv());
  return holder[slot];
}
