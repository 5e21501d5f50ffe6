import { generateKeyPairSync, randomBytes } from "node:crypto";
import { inject } from "vitest";
import type { Clock } from "#base/clock.ts";
import { consoleMigrations, migrateDatabase } from "#drizzle/migrate.ts";
import { createTestDatabase } from "#tools/testing/database.ts";
import { closeDeps, createDeps, type Deps } from "../deps.ts";
import { consoleEnv } from "../env.ts";

/** Ends in the reverse order of `defer`: what was started last goes first. */
export interface TestConsole {
  deps: Deps;
  databaseUrl: string;
  defer(end: () => Promise<void>): void;
  stop(): Promise<void>;
}

/** The console's back end on a real PostgreSQL and a real Redis, with keys of its own. */
export async function bootConsole(options: { clock?: Clock; env?: Record<string, string> } = {}): Promise<TestConsole> {
  const database = await createTestDatabase(inject("postgresUrl"));
  await migrateDatabase(database.url, consoleMigrations);
  const deps = await createDeps(consoleEnv.parse({ ...testEnv(database.url), ...options.env }), {
    clock: options.clock,
  });
  const endings = [() => database.drop(), () => closeDeps(deps)];
  return {
    deps,
    databaseUrl: database.url,
    defer: (end) => void endings.push(end),
    async stop() {
      for (const end of endings.toReversed()) await end();
    },
  };
}

function testEnv(databaseUrl: string): Record<string, string> {
  const { privateKey } = generateKeyPairSync("ed25519");
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: inject("redisUrl"),
    CAUSEWAY_SECRET_KEY: randomBytes(32).toString("base64"),
    CAUSEWAY_SIGNING_KEY: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
    NEXTAUTH_SECRET: randomBytes(24).toString("hex"),
    CAUSEWAY_PUBLIC_URL: "http://127.0.0.1:3000",
    CAUSEWAY_LOG_LEVEL: "silent",
  };
}
