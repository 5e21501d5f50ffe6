import pg from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { createLogger } from "#base/log.ts";
import { RUN_EVENT_CHANNEL } from "#contracts/deployment/run.ts";
import { RunFeed } from "./run-feed.ts";

/** Longer than any test may take: who resolves before it was woken. */
const NEVER_MS = 600_000;
const { signal: unending } = new AbortController();

let feed: RunFeed;
let client: pg.Client;
const url = () => `${inject("postgresUrl")}/postgres`;
const say = (run: string) => client.query("select pg_notify($1, $2)", [RUN_EVENT_CHANNEL, `${run} 1`]);

beforeEach(async () => {
  feed = new RunFeed(url(), createLogger("test", { level: "silent" }));
  client = new pg.Client({ connectionString: url() });
  await client.connect();
});
afterEach(async () => {
  await feed.close();
  await client.end();
});

test("wakes whoever follows the run, and nobody else", async () => {
  const mine = feed.watch("run_a");
  const other = feed.watch("run_b");
  // Everyone looks once when the connection listens.
  await Promise.all([mine.next(NEVER_MS, unending), other.next(NEVER_MS, unending)]);
  const leave = new AbortController();
  const waiting = other.next(NEVER_MS, leave.signal);
  await say("run_a");
  expect(await mine.next(NEVER_MS, unending)).toBe(true);
  leave.abort();
  expect(await waiting).toBe(false);
});

test("an event that comes between reading and waiting is not slept through", async () => {
  const early = feed.watch("run_a");
  const witness = feed.watch("run_a");
  await Promise.all([early.next(NEVER_MS, unending), witness.next(NEVER_MS, unending)]);
  await say("run_a");
  expect(await witness.next(NEVER_MS, unending)).toBe(true);
  expect(await early.next(NEVER_MS, unending)).toBe(true);
});

test("comes back when its connection is cut, and has everyone look", async () => {
  const mine = feed.watch("run_a");
  await mine.next(NEVER_MS, unending);
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %' and pid <> pg_backend_pid()",
  );
  expect(await mine.next(NEVER_MS, unending)).toBe(true);
  await say("run_a");
  expect(await mine.next(NEVER_MS, unending)).toBe(true);
});

test("a signal that has aborted already does not wait", async () => {
  expect(await feed.watch("run_a").next(NEVER_MS, AbortSignal.abort())).toBe(false);
});
