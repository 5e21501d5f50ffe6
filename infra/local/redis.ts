import { readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { backoffMs } from "#base/backoff.ts";
import { messageOf } from "#base/errors.ts";
import { endChild, spawnLeashed, type LeashedChild } from "#base/leash.ts";
import { waitUntil } from "#base/wait.ts";
import type { RedisSpec } from "./api.ts";
import { RegionError } from "./errors.ts";
import { LogFile } from "./log-file.ts";
import { writeAtomically } from "./store.ts";

/** One Redis server of a stack: own port, own password, bounded memory, restarted when it dies. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #log: LogFile;
  #child: LeashedChild | undefined;
  #stopping = false;
  #missing = false;
  #startedAt = 0;
  #attempt = 0;

  constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
    this.#log = new LogFile(join(folder, "redis.log"));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(spec: RedisSpec): Promise<void> {
    // A file and not flags: command lines are for everybody on the machine to read.
    const path = join(this.#folder, "redis.conf");
    const wanted = configurationOf(this.port, this.#folder, spec);
    // One that is there is left alone, so that what ran comes back on a full disk too.
    const there = await readFile(path, "utf8").catch(() => undefined);
    if (there !== wanted) await writeAtomically(path, wanted);
    this.#spawn();
  }

  async ready(): Promise<void> {
    try {
      const known = async () => this.#missing || answers(this.port);
      await waitUntil(known, { what: "Redis answers", timeoutMs: 10_000, everyMs: 20 });
    } catch (error) {
      const lines = (await this.#log.tail(5)).join("\n");
      throw new RegionError(
        "never_healthy",
        `Redis did not start on port ${this.port}: ${messageOf(error)}. ${lines}`,
        error,
      );
    }
    if (this.#missing)
      throw new RegionError("redis_missing", "redis-server is not on PATH. Install Redis, then try again.");
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child) await endChild(this.#child, 5_000);
    this.#log.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #spawn(): void {
    const env = { PATH: process.env.PATH ?? "/usr/bin:/bin" };
    const child = spawnLeashed("redis-server", [join(this.#folder, "redis.conf")], { env, cwd: this.#folder });
    this.#child = child;
    this.#startedAt = Date.now();
    this.#log.follow(child.stdout);
    this.#log.follow(child.stderr);
    child.once("error", (error) => this.#log.write(`${messageOf(error)}\n`));
    child.once("exit", (code) => {
      this.#child = undefined;
      this.#missing = code === NO_SUCH_COMMAND;
      if (this.#stopping) return;
      if (Date.now() - this.#startedAt > LIVED_LONG_MS) this.#attempt = 0;
      const delayMs = 100 + backoffMs(this.#attempt++, { baseMs: 200, maxMs: 10_000 });
      setTimeout(() => this.#stopping || this.#spawn(), delayMs);
    });
  }
}

/** How a shell says that there is no such command. */
const NO_SUCH_COMMAND = 127;
/** A death after this is no part of a row of them: the back-off begins anew. */
const LIVED_LONG_MS = 30_000;

function configurationOf(port: number, folder: string, spec: RedisSpec): string {
  return [
    "bind 127.0.0.1",
    `port ${port}`,
    `requirepass "${spec.password.replace(/["\\]/g, "\\$&")}"`,
    `dir "${folder}"`,
    `maxmemory ${spec.maxMemoryMb}mb`,
    "maxmemory-policy allkeys-lru",
    "save 300 1",
    "appendonly no",
    // A full disk must not stop the counters that live in memory.
    "stop-writes-on-bgsave-error no",
    "daemonize no",
    "",
  ].join("\n");
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.write("PING\r\n"));
    // Any answer will do, `-NOAUTH` too: it is a Redis and it has loaded its data.
    socket.once("data", () => resolve(Boolean(socket.destroy())));
  });
}
