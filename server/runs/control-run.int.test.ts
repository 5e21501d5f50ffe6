import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import type { RunId } from "#contracts/ids.ts";
import { runEvents, runs } from "#drizzle/console/schema.ts";
import { destroyEnvironment } from "../environments/destroy-environment.ts";
import { createEnvironment } from "../environments/create-environment.ts";
import type { OrgScope } from "../scope.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { signUpTenant } from "../testkit/tenants.ts";
import { moveRun } from "../testkit/work-run.ts";
import { cancelRun, retryRun } from "./control-run.ts";
import { followRun } from "./follow-run.ts";

let console: TestConsole;
let scope: OrgScope;
let run: RunId;
let place: { environment: string; confirm: string };

beforeAll(async () => {
  console = await bootConsole();
  scope = (await signUpTenant(console.deps, "Harbour")).scope;
});
afterAll(() => console.stop());

let count = 0;
beforeEach(async () => {
  const name = `Place ${(count += 1)}`;
  const homeRegion = console.deps.regions[0]!.id;
  const made = await createEnvironment(scope, { name, kind: "development", homeRegion });
  run = made.run;
  place = { environment: made.environment, confirm: name };
});

const rowOf = async (id: RunId) => (await console.deps.db.select().from(runs).where(eq(runs.id, id)))[0]!;
const queuedTimes = async (id: RunId) => {
  const { rows } = await console.deps.db.execute(sql`select 1 from pgboss.job where data->>'runId' = ${id}`);
  return rows.length;
};

const isWaiting = async () => {
  const { rows } = await console.deps.db.execute(
    sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
};

test("a run that has not begun is cancelled at once, and whoever follows it hears so", async () => {
  const heard: unknown[] = [];
  const following = (async () => {
    for await (const { body } of followRun(scope, { run, afterSeq: 0 }, new AbortController().signal)) heard.push(body);
  })();
  await cancelRun(scope, run);
  await following;
  expect(heard).toEqual([{ kind: "state", state: "cancelled" }]);
  expect(await rowOf(run)).toMatchObject({ state: "cancelled", endedAt: expect.any(Date) as Date });
});

test("a run that works is asked to stop; how it ends is the worker's word", async () => {
  await moveRun(console.deps, run, "applying");
  await cancelRun(scope, run);
  expect(await rowOf(run)).toMatchObject({ state: "applying", cancelRequestedAt: expect.any(Date) as Date });
});

test("a run that a worker leases in the same moment is not called cancelled while it works", async () => {
  let cancelling: Promise<void> | undefined;
  await console.deps.db.transaction(async (worker) => {
    await worker.execute(sql`select 1 from runs where id = ${run} for update`);
    cancelling = cancelRun(scope, run);
    await waitUntil(isWaiting, { what: "cancelling waits for the worker's lock", timeoutMs: 5_000, everyMs: 5 });
    await worker.update(runs).set({ state: "leased" }).where(eq(runs.id, run));
  });
  await cancelling;
  expect(await rowOf(run)).toMatchObject({ state: "leased", cancelRequestedAt: expect.any(Date) as Date });
});

test("what has ended cannot be cancelled, and only what has failed is tried again", async () => {
  await moveRun(console.deps, run, "succeeded");
  await expect(cancelRun(scope, run)).rejects.toMatchObject({ code: "conflict" });
  await expect(retryRun(scope, run)).rejects.toMatchObject({ code: "conflict" });
});

test("a failed run is queued again, once, and its story goes on", async () => {
  await moveRun(console.deps, run, "failed");
  const outcomes = await Promise.allSettled([retryRun(scope, run), retryRun(scope, run)]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(await rowOf(run)).toMatchObject({ state: "queued", failure: null, endedAt: null });
  expect(await queuedTimes(run)).toBe(2);
  const story = await console.deps.db.select().from(runEvents).where(eq(runEvents.runId, run)).orderBy(runEvents.seq);
  expect(story.map(({ body }) => body)).toMatchObject([{ state: "failed" }, { state: "queued" }]);
});

test("a failed run that a newer one has replaced is not tried again: it would bring back what is going", async () => {
  await moveRun(console.deps, run, "failed");
  await destroyEnvironment(scope, place);
  await expect(retryRun(scope, run)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("newer run") as string,
  });
});
