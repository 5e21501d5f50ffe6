import { and, eq, inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { DeploymentId, EnvironmentId, RunId } from "#contracts/ids.ts";
import { audit, deployments, runs } from "#drizzle/console/schema.ts";
import { createCloudCluster, createHybridCluster } from "../clusters/create-cluster.ts";
import { destroyCluster } from "../clusters/destroy-cluster.ts";
import { forOrg } from "../db/database.ts";
import { queueRun } from "../runs/queue-run.ts";
import type { OrgScope } from "../scope.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { signUpTenant } from "../testkit/tenants.ts";
import { moveRun } from "../testkit/work-run.ts";
import { createEnvironment } from "./create-environment.ts";
import { destroyEnvironment } from "./destroy-environment.ts";
import { getEnvironment } from "./view-environment.ts";

let console: TestConsole;
let scope: OrgScope;
let region: string;
let made: { environment: string; id: EnvironmentId; run: RunId; clusterRun: RunId };

beforeAll(async () => {
  console = await bootConsole();
  scope = (await signUpTenant(console.deps, "Harbour")).scope;
  region = console.deps.regions[0]!.id;
});
afterAll(() => console.stop());

let count = 0;
const fresh = () => ({ name: `Place ${(count += 1)}`, kind: "development" as const, homeRegion: region });
beforeEach(async () => {
  made = await createEnvironment(scope, fresh());
});

const runsOf = (environment: EnvironmentId) =>
  console.deps.db
    .select({
      id: runs.id,
      kind: runs.kind,
      state: runs.state,
      follows: runs.followsRunId,
      deployment: deployments.name,
    })
    .from(runs)
    .innerJoin(deployments, eq(deployments.id, runs.deploymentId))
    .where(eq(runs.environmentId, environment))
    .orderBy(runs.id);
/** The run ids that the worker's queue holds. */
const queued = async (ids: RunId[]) => {
  const { rows } = await console.deps.db.execute<{ run: RunId }>(sql`select data->>'runId' as run from pgboss.job`);
  return rows.map(({ run }) => run).filter((run) => ids.includes(run));
};
const planeOf = async (environment: EnvironmentId): Promise<DeploymentId> =>
  (await getEnvironment(scope, environment)).controlPlane!.id;

test("comes with a control plane and a home cluster, whose run follows the control plane's", async () => {
  const view = await getEnvironment(scope, made.environment);
  expect(view.controlPlane).toMatchObject({ state: "pending", region, latestRun: { id: made.run, state: "queued" } });
  expect(view.clusters).toMatchObject([{ name: "Home", nodesWanted: 1, latestRun: { id: made.clusterRun } }]);
  expect(await runsOf(made.id)).toMatchObject([
    { deployment: "Control plane", follows: null },
    { deployment: "Home", follows: made.run },
  ]);
  expect((await queued([made.run, made.clusterRun])).toSorted()).toEqual([made.run, made.clusterRun].toSorted());
});

test("a run and its place in the queue stand or fall together", async () => {
  let run: RunId | undefined;
  const [deployment] = await console.deps.db
    .select()
    .from(deployments)
    .where(eq(deployments.id, await planeOf(made.id)));
  const failing = forOrg(scope.deps.db, scope.org.id, async (tx) => {
    run = await queueRun(tx, scope, { deployment: deployment!, kind: "create" });
    throw new Error("after the run was queued");
  });
  await expect(failing).rejects.toThrow("after the run was queued");
  expect(await queued([run!])).toEqual([]);
  expect((await runsOf(made.id)).map(({ id }) => id)).not.toContain(run);
});

test("of two of one name at once, one is told that the name is taken", async () => {
  const input = fresh();
  const outcomes = await Promise.allSettled([createEnvironment(scope, input), createEnvironment(scope, input)]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "conflict", fields: [{ path: "name" }] },
  });
});

test("an unverified person has one environment, also when two are asked for at once", async () => {
  const newcomer = { ...(await signUpTenant(console.deps, "Newcomer")).scope, emailVerified: false };
  const outcomes = await Promise.allSettled([
    createEnvironment(newcomer, fresh()),
    createEnvironment(newcomer, fresh()),
  ]);
  expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "needs_verification" },
  });
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("of two clusters of one name at once, one is told that the name is taken", async () => {
  const cluster = { environment: made.environment, name: "Edge", tags: [] };
  const outcomes = await Promise.allSettled([createHybridCluster(scope, cluster), createHybridCluster(scope, cluster)]);
  expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
});

test("a cluster follows a control plane that is on its way, starts at once where it stands, and needs one", async () => {
  const cloud = (name: string) =>
    createCloudCluster(scope, { environment: made.environment, name, region, nodes: 1, tags: [] });
  const follows = async (run: RunId) => (await runsOf(made.id)).find(({ id }) => id === run)!.follows;
  const plane = await planeOf(made.id);
  expect(await follows((await cloud("Early")).run)).toBe(made.run);
  await moveRun(console.deps, made.run, "succeeded");
  await console.deps.db.update(deployments).set({ state: "live" }).where(eq(deployments.id, plane));
  expect(await follows((await cloud("Later")).run)).toBeNull();
  await console.deps.db.update(deployments).set({ state: "failed" }).where(eq(deployments.id, plane));
  await expect(cloud("Lost")).rejects.toMatchObject({ code: "conflict" });
});

test("is destroyed clusters first and control plane last, one run after the other, and asks for its name", async () => {
  await createHybridCluster(scope, { environment: made.environment, name: "Cellar", tags: [] });
  const name = (await getEnvironment(scope, made.id)).name;
  const wrong = destroyEnvironment(scope, { environment: made.environment, confirm: "yes" });
  await expect(wrong).rejects.toMatchObject({ code: "invalid", fields: [{ path: "confirm" }] });
  const { runs: destroying } = await destroyEnvironment(scope, { environment: made.environment, confirm: name });
  const after = await runsOf(made.id);
  const [first, second, third] = destroying.map((id) => after.find((run) => run.id === id)!);
  expect([first!.deployment, second!.deployment].toSorted()).toEqual(["Cellar", "Home"]);
  expect(third).toMatchObject({ deployment: "Control plane", kind: "destroy", follows: second!.id });
  expect([first!.follows, second!.follows]).toEqual([null, first!.id]);
  // What had not begun is superseded, and its followers are told.
  expect(after.filter(({ id }) => id === made.run || id === made.clusterRun)).toMatchObject([
    { state: "superseded" },
    { state: "superseded" },
  ]);
  expect((await queued(destroying)).toSorted()).toEqual(destroying.toSorted());
  const states = await console.deps.db
    .select({ state: deployments.state })
    .from(deployments)
    .where(and(eq(deployments.environmentId, made.id), inArray(deployments.state, ["destroying"])));
  expect(states).toHaveLength(3);
});

test("that is on its way out takes no more clusters, and a second destroy is the first", async () => {
  const name = (await getEnvironment(scope, made.id)).name;
  const confirm = { environment: made.environment, confirm: name };
  const { runs: first } = await destroyEnvironment(scope, confirm);
  const late = { environment: made.environment, name: "Late", tags: [] };
  await expect(createHybridCluster(scope, late)).rejects.toMatchObject({ code: "conflict" });
  await expect(createCloudCluster(scope, { ...late, region, nodes: 1 })).rejects.toMatchObject({ code: "conflict" });
  expect((await destroyEnvironment(scope, confirm)).runs).toEqual(first);
});

test("is not destroyed while a run works on one of its parts, and nothing of it is changed then", async () => {
  await moveRun(console.deps, made.run, "applying");
  const name = (await getEnvironment(scope, made.id)).name;
  const before = await console.deps.db.select({ seq: audit.seq }).from(audit);
  await expect(destroyEnvironment(scope, { environment: made.environment, confirm: name })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("is being worked on") as string,
  });
  expect((await getEnvironment(scope, made.id)).clusters).toMatchObject([{ state: "pending" }]);
  expect(await console.deps.db.select({ seq: audit.seq }).from(audit)).toEqual(before);
});

test("a cluster's name confirms its end, and a control plane is no cluster", async () => {
  const { cluster } = await createHybridCluster(scope, { environment: made.environment, name: "Cellar", tags: [] });
  await expect(destroyCluster(scope, { cluster, confirm: "cellar" })).rejects.toMatchObject({ code: "invalid" });
  const plane = await planeOf(made.id);
  await expect(destroyCluster(scope, { cluster: plane, confirm: "Control plane" })).rejects.toMatchObject({
    code: "not_found",
  });
});
