import { existsSync } from "node:fs";
import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { seal } from "#base/seal.ts";
import { endChild, type LeashedChild } from "#base/leash.ts";
import { defaultRegions } from "#contracts/deployment/default-regions.ts";
import { deployments } from "#drizzle/console/schema.ts";
import { consoleMigrations, migrateDatabase } from "#drizzle/migrate.ts";
import { engineRoot, operatorKeys, regionRig, standIn, startWorker, type RegionRig } from "#infra/fixtures/rig.ts";
import { canMakeSmallDisk, smallDisk } from "#infra/fixtures/small-disk.ts";
import { testTenant, type TestTenant } from "#infra/fixtures/tenant.ts";
import { portRangeOf } from "#infra/local/ports.ts";
import { createTestDatabase } from "../../tools/testing/database.ts";

const plane = { kind: "control_plane" } as const;
const cluster = { kind: "cloud_cluster", nodes: 1, tags: [] as string[] } as const;
type Run = Awaited<ReturnType<TestTenant["run"]>>;

/** Each failure is met by a run, told with its remedy, and the same run succeeds once the remedy was applied. */
describe("what can be wrong with a machine", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let tenant: TestTenant;
  let rig: RegionRig;
  let worker: LeashedChild;
  // What the worker is pointed at, so that a test can take it away and put it back.
  const at = (name: string) => join(rig.folder, name);
  const start = () => {
    worker = startWorker(rig, database.url, {
      CAUSEWAY_WORKER_SLOTS: "1",
      CAUSEWAY_ENGINE_ROOT: at("engine"),
      CAUSEWAY_CONTROLPLANE_ENTRY: at("entry.mjs"),
      CAUSEWAY_REGIONS_FILE: at("regions.json"),
    });
  };
  const create = async (settings: Parameters<TestTenant["deployment"]>[0], region?: string) => {
    const deployment = await tenant.deployment(settings, region);
    return { deployment, run: await tenant.run(deployment, "create") };
  };
  const failure = async (run: Run) => {
    const ended = await tenant.ended(run);
    expect(ended).toMatchObject({ state: "failed", failure: { retryable: true } });
    expect(await tenant.deploymentRow(ended.deploymentId)).toMatchObject({ state: "failed" });
    return ended.failure!;
  };
  const succeedsNow = async (run: Run) => {
    await tenant.retry(run);
    expect(await tenant.ended(run)).toMatchObject({ state: "succeeded", failure: null });
  };

  beforeAll(async () => {
    database = await createTestDatabase(inject("postgresUrl"));
    await migrateDatabase(database.url, consoleMigrations);
    tenant = await testTenant(database.url);
    rig = await regionRig(database.url);
    await symlink(engineRoot, at("engine"));
    await copyFile(standIn, at("entry.mjs"));
    await writeFile(at("regions.json"), JSON.stringify(defaultRegions));
    start();
  });
  afterAll(async () => {
    await endChild(worker, 10_000);
    await tenant.close();
    await rig.dispose();
    await database.drop();
  });

  it("an unknown region: the run says which, and succeeds when it is declared again", async () => {
    const { run, deployment } = await create(plane, "eu-lost-atlantis");
    expect(await failure(run)).toMatchObject({
      code: "unknown_region",
      message: "The deployment's region is not declared any more. The region is eu-lost-atlantis.",
      remedy: expect.stringContaining("CAUSEWAY_REGIONS_FILE") as string,
    });
    expect(existsSync(join(rig.folder, "stacks", tenant.orgId, deployment))).toBe(false);
    const atlantis = { ...defaultRegions[0]!, id: "eu-lost-atlantis", name: "Atlantis" };
    await writeFile(at("regions.json"), JSON.stringify([...defaultRegions, atlantis]));
    await endChild(worker, 10_000);
    start();
    await succeedsNow(run);
  }, 60_000);

  it("a program that is not built, then one that ends at once, then the right one", async () => {
    const entry = at("entry.mjs");
    await rm(entry);
    const { run, deployment } = await create(plane);
    expect(await failure(run)).toMatchObject({
      code: "program_missing",
      message: expect.stringContaining(entry) as string,
    });

    await writeFile(entry, 'console.log("no such luck"); process.exit(3);');
    await tenant.retry(run);
    const { code, message, remedy } = await failure(run);
    expect(code).toBe("never_healthy");
    expect(message).toContain("ended 3 times while starting (ended with status 3)");
    expect(message).toContain("no such luck");
    expect(remedy).toContain("Retry once that is mended");
    const there = await rig.client.inventory(deployment);
    expect([there.processes, there.ports]).toEqual([[], []]);

    await copyFile(standIn, entry);
    await succeedsNow(run);
  }, 60_000);

  it("no engine: the run says how to get it", async () => {
    await rm(at("engine"));
    const { run } = await create(plane);
    expect(await failure(run)).toMatchObject({
      code: "engine_missing",
      remedy: expect.stringContaining("npm run doctor") as string,
    });
    await symlink(engineRoot, at("engine"));
    await succeedsNow(run);
  }, 60_000);

  it("another secret key, another passphrase: nothing of the stack is touched, and the right one destroys it", async () => {
    const { run, deployment } = await create(plane);
    expect(await tenant.ended(run)).toMatchObject({ state: "succeeded" });
    const { sealedSecret } = await tenant.deploymentRow(deployment);
    const before = await rig.client.inventory(deployment);

    await setSecret(deployment, seal(randomBytes(32), randomBytes(32), deployment));
    const destroy = await tenant.run(deployment, "destroy");
    expect(await failure(destroy)).toMatchObject({
      code: "secret_key_changed",
      remedy: expect.stringContaining("CAUSEWAY_SECRET_KEY") as string,
    });
    await setSecret(deployment, seal(operatorKeys.secretKey, randomBytes(32), deployment));
    await tenant.retry(destroy);
    expect(await failure(destroy)).toMatchObject({ code: "wrong_passphrase" });
    expect(await rig.client.inventory(deployment)).toEqual(before);

    await setSecret(deployment, sealedSecret);
    await succeedsNow(destroy);
    expect(await rig.client.inventory(deployment)).toEqual({ processes: [], ports: [], databases: [], files: [] });
  }, 60_000);

  it("a region that does not answer", async () => {
    await rig.stop();
    const { run } = await create(plane);
    expect(await failure(run)).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining(rig.socket) as string,
    });
    await rig.start();
    await succeedsNow(run);
  }, 60_000);

  it("no Redis on the machine: no half cluster is left", async () => {
    const bin = join(rig.folder, "bin");
    await mkdir(bin);
    await symlink("/bin/sleep", join(bin, "sleep"));
    await rig.stop();
    await rig.start({ PATH: bin });
    const { run, deployment } = await create(cluster);
    expect(await failure(run)).toMatchObject({
      code: "redis_missing",
      remedy: expect.stringContaining("npm run doctor") as string,
    });
    const there = await rig.client.inventory(deployment);
    expect([there.processes, there.ports]).toEqual([[], []]);
    await rig.stop();
    await rig.start();
    await succeedsNow(run);
  }, 60_000);

  it("no port is free in the range", async () => {
    const taken = await takeAll(portRangeOf(rig.port));
    const { run, deployment } = await create(plane);
    expect(await failure(run)).toMatchObject({
      code: "ports_exhausted",
      message: expect.stringContaining(`from ${rig.port + 100} to ${rig.port + 999}`) as string,
    });
    expect(await rig.client.inventory(deployment)).toMatchObject({ processes: [], ports: [] });
    await Promise.all(taken.map((server) => new Promise((done) => server.close(done))));
    await succeedsNow(run);
  }, 60_000);

  async function setSecret(id: Awaited<ReturnType<TestTenant["deployment"]>>, sealedSecret: string): Promise<void> {
    await tenant.db.update(deployments).set({ sealedSecret }).where(eq(deployments.id, id));
  }
});

describe("a full disk", () => {
  it.skipIf(!canMakeSmallDisk())(
    "fails the run with a remedy, and it succeeds once there is space (needs the right to mount)",
    async () => {
      const database = await createTestDatabase(inject("postgresUrl"));
      await migrateDatabase(database.url, consoleMigrations);
      const tenant = await testTenant(database.url);
      const disk = smallDisk()!;
      const rig = await regionRig(database.url, { folder: disk.folder });
      const worker = startWorker(rig, database.url, { CAUSEWAY_WORKER_SLOTS: "1" });
      try {
        await disk.fill();
        const deployment = await tenant.deployment(plane);
        const run = await tenant.run(deployment, "create");
        expect(await tenant.ended(run)).toMatchObject({
          state: "failed",
          failure: { code: "disk_full", remedy: "Free some space, then retry.", retryable: true },
        });
        expect(await rig.client.inventory(deployment)).toMatchObject({ processes: [], ports: [] });
        await disk.empty();
        await tenant.retry(run);
        expect(await tenant.ended(run)).toMatchObject({ state: "succeeded", failure: null });
      } finally {
        await endChild(worker, 10_000);
        await rig.stop();
        await tenant.close();
        await database.drop();
        disk.remove();
        await rig.dispose();
      }
    },
    60_000,
  );
});

/** Holds every port of a range that nobody holds yet. */
async function takeAll({ first, last }: { first: number; last: number }): Promise<Server[]> {
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const taken = await Promise.all(
    all.map(
      (port) =>
        new Promise<Server[]>((done) => {
          const server = createServer();
          server.once("error", () => done([]));
          server.listen(port, "127.0.0.1", () => done([server]));
        }),
    ),
  );
  return taken.flat();
}
