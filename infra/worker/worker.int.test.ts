import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { endChild, type LeashedChild } from "#base/leash.ts";
import type { DeploymentOutputs } from "#contracts/deployment/deployment.ts";
import { enrolmentTokens, environments } from "#drizzle/console/schema.ts";
import { consoleMigrations, migrateDatabase } from "#drizzle/migrate.ts";
import { regionRig, startWorker, type RegionRig } from "#infra/fixtures/rig.ts";
import { testTenant, type TestTenant } from "#infra/fixtures/tenant.ts";
import { createTestDatabase } from "../../tools/testing/database.ts";
import { checkpointIn, statesOf } from "./child/state-folder.ts";

const nothing = { processes: [], ports: [], databases: [], files: [] };

describe("the worker, with the real engine", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let rig: RegionRig;
  let tenant: TestTenant;
  let worker: LeashedChild;

  beforeAll(async () => {
    database = await createTestDatabase(inject("postgresUrl"));
    await migrateDatabase(database.url, consoleMigrations);
    rig = await regionRig(database.url);
    tenant = await testTenant(database.url);
    worker = startWorker(rig, database.url);
  });
  afterAll(async () => {
    await endChild(worker, 10_000);
    await tenant.close();
    await rig.dispose();
    await database.drop();
  });

  it("brings up a control plane and the cluster that follows it, and destroying proves that nothing is left", async () => {
    const plane = await tenant.deployment({ kind: "control_plane" });
    const cluster = await tenant.deployment({ kind: "cloud_cluster", nodes: 1, tags: ["edge"] });
    const planeRun = await tenant.run(plane, "create");
    const clusterRun = await tenant.run(cluster, "create", planeRun);

    expect(await tenant.ended(planeRun)).toMatchObject({ state: "succeeded", failure: null });
    expect(await tenant.ended(clusterRun)).toMatchObject({ state: "succeeded", failure: null });
    const clusterRow = await tenant.runRow(clusterRun);
    const planeRow = await tenant.runRow(planeRun);
    expect(clusterRow.startedAt!.getTime()).toBeGreaterThanOrEqual(planeRow.endedAt!.getTime());
    expect((await tenant.steps(planeRun)).map(({ name, state }) => `${name} ${state}`)).toEqual([
      "prepare succeeded",
      "plan succeeded",
      "apply succeeded",
      "verify succeeded",
    ]);
    const { outputs } = await tenant.deploymentRow(cluster);
    const { endpointUrl } = outputs as Extract<DeploymentOutputs, { kind: "cloud_cluster" }>;
    const answer = await fetch(endpointUrl);
    // The tenant's first call is the first one that is counted: the worker's own look was none.
    expect([answer.status, answer.headers.get("x-requests")]).toEqual([200, "1"]);
    const [state] = await statesOf(join(rig.folder, "stacks", tenant.orgId, plane));
    const checkpoint = checkpointIn(state!.path, { project: "causeway", stack: plane });
    expect(await readFile(checkpoint, "utf8")).not.toContain("postgres://");

    // The clusters of an environment go before the control plane that they speak to, whoever was queued first.
    const planeEnd = await tenant.run(plane, "destroy");
    const clusterEnd = await tenant.run(cluster, "destroy");
    expect(await tenant.ended(clusterEnd)).toMatchObject({ state: "succeeded" });
    expect(await tenant.ended(planeEnd)).toMatchObject({ state: "succeeded" });
    const [first, then] = [await tenant.runRow(clusterEnd), await tenant.runRow(planeEnd)];
    expect(then.startedAt!.getTime()).toBeGreaterThanOrEqual(first.endedAt!.getTime());
    for (const id of [plane, cluster]) {
      expect(await rig.client.inventory(id)).toEqual(nothing);
      expect(existsSync(join(rig.folder, "stacks", tenant.orgId, id))).toBe(false);
      expect(await tenant.deploymentRow(id)).toMatchObject({ state: "destroyed", outputs: null });
    }
    const tokens = await tenant.db.select().from(enrolmentTokens).where(eq(enrolmentTokens.clusterId, cluster));
    expect(tokens.map(({ managed, revokedAt }) => ({ managed, revoked: revokedAt !== null }))).toEqual([
      { managed: true, revoked: true },
    ]);
    const [environment] = await tenant.db.select().from(environments).where(eq(environments.id, tenant.environmentId));
    expect(environment?.destroyedAt).not.toBeNull();
  }, 90_000);
});
