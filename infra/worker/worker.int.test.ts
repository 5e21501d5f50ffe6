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
    expect((await fetch((outputs as Extract<DeploymentOutputs, { kind: "cloud_cluster" }>).endpointUrl)).status).toBe(
      200,
    );
    const state = await readFile(
      join(rig.folder, "stacks", tenant.orgId, plane, "state/.pulumi/stacks/causeway", `${plane}.json`),
      "utf8",
    );
    expect(state).not.toContain("postgres://");

    const clusterEnd = await tenant.run(cluster, "destroy");
    const planeEnd = await tenant.run(plane, "destroy");
    expect(await tenant.ended(clusterEnd)).toMatchObject({ state: "succeeded" });
    expect(await tenant.ended(planeEnd)).toMatchObject({ state: "succeeded" });
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
