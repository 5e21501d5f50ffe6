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
  let otherWoke = false;
  const leave = new AbortController();
  const waiting = other.next(NEVER_MS, leave.signal).then(() => (otherWoke = true));
  await say("run_a");
  await mine.next(NEVER_MS, unending);
  expect(otherWoke).toBe(false);
  leave.abort();
  await waiting;
});

test("an event that comes between reading and waiting is not slept through", async () => {
  const early = feed.watch("run_a");
  const witness = feed.watch("run_a");
  await Promise.all([early.next(NEVER_MS, unending), witness.next(NEVER_MS, unending)]);
  await say("run_a");
  await witness.next(NEVER_MS, unending);
  await early.next(NEVER_MS, unending);
});

test("comes back when its connection is cut, and has everyone look", async () => {
  const mine = feed.watch("run_a");
  await mine.next(NEVER_MS, unending);
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %' and pid <> pg_backend_pid()",
  );
  await mine.next(NEVER_MS, unending);
  await say("run_a");
  await mine.next(NEVER_MS, unending);
});

test("a signal that has aborted already does not wait", async () => {
  await feed.watch("run_a").next(NEVER_MS, AbortSignal.abort());
});
