import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PgBoss } from "pg-boss";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { endChild, type LeashedChild } from "#base/leash.ts";
import { waitUntil } from "#base/wait.ts";
import { RUN_QUEUE } from "#contracts/deployment/run.ts";
import { consoleMigrations, migrateDatabase } from "#drizzle/migrate.ts";
import { regionRig, startWorker, type RegionRig } from "#infra/fixtures/rig.ts";
import { testTenant, type TestTenant } from "#infra/fixtures/tenant.ts";
import { regionClient } from "#infra/local/client.ts";
import { createTestDatabase } from "../../tools/testing/database.ts";
import { checkpointIn, statesOf } from "./child/state-folder.ts";

const nothing = { processes: [], ports: [], databases: [], files: [] };
/** One warm engine each is enough here, and takes half of the processor. */
const impatient = { CAUSEWAY_LEASE_EXPIRES_MS: "1500", CAUSEWAY_WORKER_SLOTS: "1" };
const patient = { CAUSEWAY_LEASE_EXPIRES_MS: "600000", CAUSEWAY_WORKER_SLOTS: "1" };
type Id = Awaited<ReturnType<TestTenant["deployment"]>>;

describe("runs that change hands", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let rig: RegionRig;
  let tenant: TestTenant;
  const workers: LeashedChild[] = [];
  const start = (env: Record<string, string> = impatient) => {
    const worker = startWorker(rig, database.url, env);
    workers.push(worker);
    return worker;
  };
  const endAll = async () => {
    await Promise.all(workers.splice(0).map((worker) => endChild(worker, 10_000)));
  };

  beforeAll(async () => {
    database = await createTestDatabase(inject("postgresUrl"));
    await migrateDatabase(database.url, consoleMigrations);
    rig = await regionRig(database.url);
    tenant = await testTenant(database.url);
  });
  afterAll(async () => {
    await endAll();
    await tenant.close();
    await rig.dispose();
    await database.drop();
  });

  it("a worker killed while it applies: another finishes the run and nothing is there twice", async () => {
    onTestFinished(endAll);
    await rig.shutGate();
    const killed = start();
    const plane = await tenant.deployment({ kind: "control_plane" });
    const run = await tenant.run(plane, "create");
    await tenant.reached(run, { kind: "resource", name: "service", status: "started" });
    killed.kill("SIGKILL");
    start();
    await waitUntil(async () => (await tenant.runRow(run)).epoch === 2, { what: "taken over", timeoutMs: 20_000 });
    await rig.openGate();

    expect(await tenant.ended(run)).toMatchObject({ state: "succeeded", failure: null, attempt: 2, epoch: 2 });
    expect(await tenant.deploymentRow(plane)).toMatchObject({ state: "live", epoch: 2 });
    await expectWhole(plane);
    await expectUnbroken(run, ["leased", "leased", "succeeded"]);
  }, 60_000);

  it("a worker killed while it destroys: another finishes the run and nothing is left", async () => {
    onTestFinished(endAll);
    await rig.openGate();
    const killed = start();
    const plane = await tenant.deployment({ kind: "control_plane" });
    expect(await tenant.ended(await tenant.run(plane, "create"))).toMatchObject({ state: "succeeded" });
    await rig.shutGate();
    const run = await tenant.run(plane, "destroy");
    await tenant.reached(run, { kind: "resource", name: "service", status: "started" });
    killed.kill("SIGKILL");
    start();
    await waitUntil(async () => (await tenant.runRow(run)).epoch === 3, { what: "taken over", timeoutMs: 20_000 });
    await rig.openGate();

    expect(await tenant.ended(run)).toMatchObject({ state: "succeeded", failure: null, attempt: 2 });
    expect(await tenant.deploymentRow(plane)).toMatchObject({ state: "destroyed", outputs: null });
    expect(await rig.client.inventory(plane)).toEqual(nothing);
    expect(existsSync(join(rig.folder, "stacks", tenant.orgId, plane))).toBe(false);
    await expectUnbroken(run, ["leased", "leased", "succeeded"]);
  }, 60_000);

  it("an engine that fell silent: the run is stalled until somebody repairs or cancels it", async () => {
    onTestFinished(endAll);
    await rig.shutGate();
    start({ CAUSEWAY_RUN_QUIET_MS: "4000" });
    const [repaired, cancelled] = [
      await tenant.deployment({ kind: "control_plane" }),
      await tenant.deployment({ kind: "control_plane" }),
    ];
    const [first, second] = [await tenant.run(repaired, "create"), await tenant.run(cancelled, "create")];
    for (const run of [first, second]) await tenant.reached(run, { kind: "state", state: "stalled" });
    await tenant.cancel(second);
    expect(await tenant.ended(second)).toMatchObject({ state: "cancelled" });
    expect(await rig.client.inventory(cancelled)).toEqual(nothing);
    expect(await tenant.runRow(first)).toMatchObject({ state: "stalled", attempt: 1 });

    await rig.openGate();
    const boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 1 });
    await boss.start();
    await boss.send(RUN_QUEUE, { runId: first });
    await boss.stop({ graceful: false });
    expect(await tenant.ended(first)).toMatchObject({ state: "succeeded", attempt: 2 });
    await expectWhole(repaired);
  }, 60_000);

  it("a worker frozen past its lease is refused when it wakes, and the run ends once", async () => {
    onTestFinished(endAll);
    await rig.shutGate();
    const frozen = start();
    const said: string[] = [];
    frozen.stdout.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    const plane = await tenant.deployment({ kind: "control_plane" });
    const run = await tenant.run(plane, "create");
    await tenant.reached(run, { kind: "resource", name: "service", status: "started" });
    frozen.kill("SIGSTOP");
    start();
    await waitUntil(async () => (await tenant.runRow(run)).epoch === 2, { what: "taken over", timeoutMs: 20_000 });
    await tenant.reached(run, { kind: "step", step: "apply" });
    await rig.openGate();
    expect(await tenant.ended(run)).toMatchObject({ state: "succeeded", attempt: 2, epoch: 2 });
    const story = await tenant.events(run);

    frozen.kill("SIGCONT");
    await waitUntil(() => said.join("").includes("left to the next lease: epoch 1 of run"), {
      what: "the first worker lets go",
      timeoutMs: 15_000,
    });
    expect(await tenant.events(run)).toEqual(story);
    const late = regionClient({ socket: rig.socket, epoch: () => 1 });
    await expect(late.remove(plane, "services", "control-plane")).rejects.toMatchObject({ code: "stale_epoch" });
    await expect(late.removeStack(plane)).rejects.toMatchObject({ code: "stale_epoch" });
    await expectWhole(plane);
    await expectUnbroken(run, ["leased", "leased", "succeeded"]);
  }, 60_000);

  it("a worker that is told to stop hands its run over at once", async () => {
    onTestFinished(endAll);
    await rig.shutGate();
    const stopped = start(patient);
    const plane = await tenant.deployment({ kind: "control_plane" });
    const run = await tenant.run(plane, "create");
    await tenant.reached(run, { kind: "resource", name: "service", status: "started" });
    await endChild(stopped, 10_000);
    await rig.openGate();
    // Its lease would have lasted for ten minutes.
    start(patient);
    expect(await tenant.ended(run)).toMatchObject({ state: "succeeded", attempt: 2 });
    await expectWhole(plane);
  }, 60_000);

  describe("with two workers", () => {
    beforeAll(() => {
      start();
      start();
    });

    it("two workers and many runs: a deployment never has two at a time, and each ends well", async () => {
      const clusters = await Promise.all(
        [1, 2, 3, 4].map(() => tenant.deployment({ kind: "cloud_cluster", nodes: 1, tags: [] })),
      );
      const runs = await Promise.all(
        clusters.map(async (cluster) => {
          const create = await tenant.run(cluster, "create");
          await tenant.reached(create, { kind: "state", state: "applying" });
          return [create, await tenant.run(cluster, "destroy")] as const;
        }),
      );
      const hands = new Set<string | null>();
      for (const [create, destroy] of runs) {
        const first = await tenant.ended(create, 60_000);
        const second = await tenant.ended(destroy, 60_000);
        expect([first, second]).toMatchObject([
          { state: "succeeded", epoch: 1 },
          { state: "succeeded", epoch: 2 },
        ]);
        const leased = (await tenant.events(destroy)).find(
          ({ body }) => body.kind === "state" && body.state === "leased",
        );
        const over = (await tenant.events(create)).at(-1);
        expect(leased!.at.getTime()).toBeGreaterThanOrEqual(over!.at.getTime());
        await expectUnbroken(create, ["leased", "succeeded"]);
        await expectUnbroken(destroy, ["leased", "succeeded"]);
        hands.add(first.leasedBy).add(second.leasedBy);
      }
      expect(hands.size).toBe(2);
      for (const cluster of clusters) expect(await rig.client.inventory(cluster)).toEqual(nothing);
    }, 120_000);

    it("a cancelled create takes away what it made, also what was still starting, and can be done again", async () => {
      await rig.shutGate();
      const plane = await tenant.deployment({ kind: "control_plane" });
      const run = await tenant.run(plane, "create");
      await tenant.reached(run, { kind: "resource", name: "service", status: "started" });
      await tenant.cancel(run);
      expect(await tenant.ended(run, 15_000)).toMatchObject({ state: "cancelled", failure: null });
      expect(await tenant.deploymentRow(plane)).toMatchObject({ state: "failed", outputs: null });
      expect(await rig.client.inventory(plane)).toEqual(nothing);
      expect(existsSync(join(rig.folder, "stacks", tenant.orgId, plane))).toBe(false);

      await rig.openGate();
      const again = await tenant.run(plane, "create");
      expect(await tenant.ended(again)).toMatchObject({ state: "succeeded" });
      await expectWhole(plane);
    }, 60_000);

    it("a region killed while it starts a stack: the run says so, and a retry makes it whole", async () => {
      await rig.shutGate();
      const plane = await tenant.deployment({ kind: "control_plane" });
      const run = await tenant.run(plane, "create");
      await tenant.reached(run, { kind: "resource", name: "service", status: "started" });
      rig.supervisor().kill("SIGKILL");
      expect(await tenant.ended(run)).toMatchObject({
        state: "failed",
        failure: { code: "unreachable", retryable: true },
      });
      await rig.openGate();
      await rig.start();
      await tenant.retry(run);
      expect(await tenant.ended(run)).toMatchObject({ state: "succeeded", failure: null });
      await expectWhole(plane);
    }, 60_000);

    it("a newer queued run takes the place of an older queued one, and waits for one that has begun", async () => {
      const plane = await tenant.deployment({ kind: "control_plane" });
      await rig.shutGate();
      const [older, newer] = await tenant.twoRuns(plane, "create");
      await tenant.reached(newer, { kind: "resource", name: "service", status: "started" });
      expect(await tenant.runRow(older)).toMatchObject({ state: "superseded", startedAt: null });
      const destroy = await tenant.run(plane, "destroy");
      // The worker has looked again, and left it, once another deployment's later run was taken.
      const probe = await tenant.run(await tenant.deployment({ kind: "hybrid_cluster", tags: [] }, null), "destroy");
      await tenant.ended(probe);
      expect(await tenant.runRow(destroy)).toMatchObject({ state: "queued" });
      expect(await tenant.runRow(newer)).toMatchObject({ state: "applying" });
      await rig.openGate();
      expect(await tenant.ended(newer)).toMatchObject({ state: "succeeded" });
      expect(await tenant.ended(destroy)).toMatchObject({ state: "succeeded" });
    }, 60_000);
  });

  /** One of each, on the machine as in the newest state, and nothing pending in it. */
  async function expectWhole(plane: Id): Promise<void> {
    const there = await rig.client.inventory(plane);
    expect(there.processes.map(({ name }) => name)).toEqual(["control-plane"]);
    expect(there.databases).toEqual([`database ${plane}-plane`, `role ${plane}-plane`]);
    expect(there.ports.map(({ name }) => name).toSorted()).toEqual(["control-plane/0/http", "management"]);
    const states = await statesOf(join(rig.folder, "stacks", tenant.orgId, plane));
    // A lost engine may still have written one of its own, beside the one that counts.
    const newest = states.at(-1)!;
    const { checkpoint } = JSON.parse(
      await readFile(checkpointIn(newest.path, { project: "causeway", stack: plane }), "utf8"),
    ) as {
      checkpoint: { latest: { resources: { type: string }[]; pending_operations?: unknown[] } };
    };
    const ours = checkpoint.latest.resources.flatMap(({ type }) => /^causeway-local:index:(.*)/.exec(type)?.[1] ?? []);
    expect(ours.toSorted()).toEqual(["Database", "Endpoint", "Service", "SigningKey"]);
    expect(checkpoint.latest.pending_operations ?? []).toEqual([]);
  }

  /** No event is missing or told twice, and the turning points came in this order. */
  async function expectUnbroken(run: Awaited<ReturnType<TestTenant["run"]>>, turns: string[]): Promise<void> {
    const story = await tenant.events(run);
    expect(story.map(({ seq }) => seq)).toEqual(story.map((_, index) => index + 1));
    const states = story.flatMap(({ body }) => (body.kind === "state" ? [body.state] : []));
    expect(states.filter((state) => ["leased", "succeeded", "failed", "cancelled"].includes(state))).toEqual(turns);
  }
});
