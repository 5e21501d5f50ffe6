import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { regionRig, type RegionRig } from "#infra/fixtures/rig.ts";
import { canMakeSmallDisk, smallDisk } from "#infra/fixtures/small-disk.ts";
import { call, callOnAndOn, standInAt, standInService } from "#infra/fixtures/stand-in-service.ts";
import { createTestDatabase } from "../../tools/testing/database.ts";
import { EPOCH_HEADER } from "./api.ts";
import { regionClient } from "./client.ts";
import { LOG_FILE_CAP_BYTES } from "./log-file.ts";

describe("the local region, over its socket", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let rig: RegionRig;

  beforeAll(async () => {
    database = await createTestDatabase(inject("postgresUrl"));
    rig = await regionRig(database.url);
  });
  afterAll(async () => {
    await rig.dispose();
    await database.drop();
  });

  const replicas = async (stack: string) => (await rig.client.getService(stack, "gateway"))!.replicas;
  const pids = async (stack: string) => (await replicas(stack)).map(({ pid }) => pid);
  const allReady = (stack: string) =>
    waitUntil(async () => (await replicas(stack)).every(({ state }) => state === "ready"), {
      what: `${stack} is ready`,
      timeoutMs: 15_000,
    });

  it("rolls to another version, then restarts, and no call through the endpoint fails", async () => {
    const port = await standInAt(rig.client, "roll", "one");
    const before = await pids("roll");
    const calls = callOnAndOn(port);
    await rig.client.putService("roll", "gateway", standInService("two"));
    const between = await pids("roll");
    await rig.client.restartService("roll", "gateway");
    const answers = await calls.stop();
    expect(answers.filter((answer) => answer !== "one" && answer !== "two")).toEqual([]);
    expect(answers.indexOf("two")).toBeGreaterThan(0);
    expect(answers.slice(answers.lastIndexOf("one") + 1).length).toBeGreaterThan(0);
    expect(new Set([...before, ...between, ...(await pids("roll"))]).size).toBe(6);
  });

  it("a version that cannot start changes nothing: the old processes answer on", async () => {
    const port = await standInAt(rig.client, "broken", "old");
    const before = await pids("broken");
    const calls = callOnAndOn(port);
    const bad = standInService("new", { args: ["-e", "console.error('cannot'); process.exit(9)"] });
    await expect(rig.client.putService("broken", "gateway", bad)).rejects.toMatchObject({
      code: "never_healthy",
      message: expect.stringMatching(/ended 3 times while starting \(ended with status 9\)[^]*cannot/) as string,
    });
    expect([...new Set(await calls.stop())]).toEqual(["old"]);
    expect(await pids("broken")).toEqual(before);
    expect((await rig.client.inventory("broken")).processes).toHaveLength(2);
  });

  it("a replica that dies comes back with back-off, and meanwhile the other one answers", async () => {
    const port = await standInAt(rig.client, "dying", "here");
    const [victim] = await pids("dying");
    process.kill(victim!, "SIGKILL");
    const gone = await waitUntil(async () => (await replicas("dying")).find(({ pid }) => pid === null), {
      what: "the death is noticed",
      timeoutMs: 5_000,
      everyMs: 5,
    });
    expect(gone).toMatchObject({ state: "waiting", lastProblem: "ended by SIGKILL" });
    const calls = callOnAndOn(port);
    await allReady("dying");
    expect([...new Set(await calls.stop())]).toEqual(["here"]);
    expect((await replicas("dying")).map(({ restarts }) => restarts)).toEqual([1, 0]);
  });

  it("a supervisor that was killed brings back what ran: same addresses, same folders, same data", async () => {
    const port = await standInAt(rig.client, "back", "again");
    const { url } = await rig.client.putRedis("back", "redis", { password: "a-long-password" });
    const redis = new Redis(url, { lazyConnect: true });
    await redis.connect();
    await redis.set("kept", "yes");
    redis.disconnect();
    const mark = join(rig.folder, "region/stacks/back/gateway/0/mark");
    await writeFile(mark, "mine");
    const before = await pids("back");

    const supervisor = rig.supervisor();
    supervisor.kill("SIGKILL");
    await once(supervisor, "exit");
    await waitUntil(() => before.every((pid) => !lives(pid!)), { what: "its processes end", timeoutMs: 10_000 });
    await rig.start();
    expect(await waitUntil(() => call(port), { what: "the endpoint answers", timeoutMs: 10_000 })).toBe("again");
    await allReady("back");
    expect(await rig.client.getEndpoint("back", "traffic")).toMatchObject({ port });
    expect(await readFile(mark, "utf8")).toBe("mine");
    const reborn = new Redis(url, { maxRetriesPerRequest: 20, retryStrategy: () => 100 });
    reborn.on("error", () => undefined);
    expect(await reborn.get("kept")).toBe("yes");
    reborn.disconnect();
    expect((await rig.client.inventory("back")).processes).toHaveLength(3);
  }, 45_000);

  it("an endpoint whose port another program took says so, and is there once the port is free", async () => {
    const port = await standInAt(rig.client, "taken", "mine");
    await rig.stop();
    const thief = createServer().listen(port, "127.0.0.1");
    await once(thief, "listening");
    await rig.start();
    await expect(
      rig.client.putEndpoint("taken", "traffic", { service: "gateway", port: "http" }),
    ).rejects.toMatchObject({ code: "port_in_use", message: expect.stringContaining(String(port)) as string });
    await new Promise((done) => thief.close(done));
    expect(await waitUntil(() => call(port), { what: "the endpoint answers", timeoutMs: 10_000 })).toBe("mine");
    await rig.client.putEndpoint("taken", "traffic", { service: "gateway", port: "http" });
  }, 45_000);

  it("secrets are in no process's arguments and in no file that others may read", async () => {
    const secrets = ["database-secret-1", "redis-secret-2", "file-secret-3", "env-secret-4"] as const;
    await rig.client.putDatabase("hush", "plane", { password: secrets[0] });
    await rig.client.putRedis("hush", "redis", { password: secrets[1] });
    await rig.client.putFile("hush", "token", { content: secrets[2] });
    await rig.client.putService("hush", "gateway", standInService("x", { env: { SECRET: secrets[3] } }));
    const listing = execFileSync("ps", ["-eww", "-o", "args"], { encoding: "utf8" });
    expect(listing).toContain("gateway.mjs");
    for (const secret of secrets) expect(listing).not.toContain(secret);

    const holding = await filesHolding(rig.folder, secrets);
    expect(holding.map(({ mode }) => mode & 0o077)).toEqual(holding.map(() => 0));
    // The region's own state, Redis's configuration and the file itself: if none was found, nothing was looked at.
    expect(holding.length).toBeGreaterThanOrEqual(3);
    expect((await stat(rig.socket)).mode & 0o077).toBe(0);
  });

  it("a tenant's role can connect to its own database only: not to another tenant's, not to the console's", async () => {
    const mine = await rig.client.putDatabase("mine", "plane", { password: "first-password" });
    const other = await rig.client.putDatabase("other", "plane", { password: "second-password" });
    const at = (database: string) => Object.assign(new URL(mine.url), { pathname: database }).href;
    expect(await connected(mine.url)).toBe("connected");
    expect(await connected(at(new URL(other.url).pathname))).toContain("permission denied for database");
    expect(await connected(at(new URL(database.url).pathname))).toContain("permission denied for database");
    expect(await connected(Object.assign(new URL(mine.url), { password: "wrong" }).href)).toContain("password");
  });

  it("names cannot reach out of a stack", async () => {
    await rig.client.putDatabase("a_b", "c", { password: "one-password" });
    await rig.client.putDatabase("a", "b-c", { password: "two-password" });
    expect((await rig.client.inventory("a_b")).databases).toEqual(["database a_b-c", "role a_b-c"]);
    expect((await rig.client.inventory("a")).databases).toEqual(["database a-b-c", "role a-b-c"]);
    for (const path of ["/v1/stacks/..%2f..", "/v1/stacks/A", "/v1/stacks/a%00", "/v1/stacks/__proto__", "/v1/stacks/"])
      expect([path, (await raw("DELETE", path)).status]).toEqual([path, 400]);
    for (const name of ["..%2f..%2fother", "..", "x%2fy", "X", "-x"])
      expect([name, (await raw("PUT", `/v1/stacks/a/files/${name}`, { content: "x" })).status >= 400]).toEqual([
        name,
        true,
      ]);
    await rig.client.removeStack("a");
    expect((await rig.client.inventory("a_b")).databases).toHaveLength(2);
  });

  it("a Redis asks for its password", async () => {
    const { port, url } = await rig.client.putRedis("locked", "redis", { password: "open-sesame" });
    const stranger = connect(port, "127.0.0.1");
    stranger.write("GET x\r\n");
    const [answer] = (await once(stranger, "data")) as [Buffer];
    stranger.destroy();
    expect(answer.toString()).toMatch(/^-NOAUTH /);
    const owner = new Redis(url, { lazyConnect: true });
    await owner.connect();
    expect(await owner.get("x")).toBeNull();
    owner.disconnect();
  });

  it("who carries an older epoch than the stack has seen gets 409, also after the stack is gone", async () => {
    const at = (epoch: number) => regionClient({ socket: rig.socket, epoch: () => epoch });
    await at(3).putFile("epochs", "note", { content: "3" });
    await at(4).claimStack("epochs");
    const body = { content: "late" };
    const late = { status: 409, code: "stale_epoch" };
    expect(await raw("PUT", "/v1/stacks/epochs/files/note", body, 3)).toEqual(late);
    expect(await raw("DELETE", "/v1/stacks/epochs/files/note", undefined, 3)).toEqual(late);
    expect(await raw("DELETE", "/v1/stacks/epochs", undefined, 3)).toEqual(late);
    expect(await readFile((await rig.client.getFile("epochs", "note"))!.path, "utf8")).toBe("3");
    await at(4).removeStack("epochs");
    expect(await raw("PUT", "/v1/stacks/epochs/files/note", body, 3)).toEqual(late);
  });

  it("a chatty process fills two files and no more", async () => {
    const chatty = `
      for (let i = 0; i < 60_000; i++) console.log("line " + i + " " + "x".repeat(90));
      require("node:http").createServer((q, s) => s.end()).listen(process.env.CAUSEWAY_ADMIN.split(":")[1], "127.0.0.1");`;
    await rig.client.putService("chatty", "gateway", { ...standInService("x", { args: ["-e", chatty] }), replicas: 1 });
    const folder = join(rig.folder, "region/stacks/chatty/gateway");
    await waitUntil(async () => /^line 5\d{4} /.test((await rig.client.logs("chatty", "gateway", 1))[0] ?? ""), {
      what: "the end of it is written",
      timeoutMs: 10_000,
    });
    const logs = (await readdir(folder)).filter((name) => name.includes(".log"));
    expect(logs.toSorted()).toEqual(["0.log", "0.log.1"]);
    for (const name of logs) expect((await stat(join(folder, name))).size).toBeLessThan(LOG_FILE_CAP_BYTES + 70_000);
    expect(await rig.client.logs("chatty", "gateway", 50)).toHaveLength(50);
  });

  it.skipIf(process.platform !== "linux")(
    "what a process left running is found, also when the service is gone",
    async () => {
      const leaver = `
      const options = { detached: true, stdio: "ignore" };
      require("node:child_process").spawn("/bin/sleep", ["600"], options).unref();
      require("node:http").createServer((q, s) => s.end()).listen(process.env.CAUSEWAY_ADMIN.split(":")[1], "127.0.0.1");`;
      await rig.client.putService("leaver", "gateway", {
        ...standInService("x", { args: ["-e", leaver] }),
        replicas: 1,
      });
      await rig.client.removeStack("leaver");
      const { processes, files, ports } = await rig.client.inventory("leaver");
      expect(processes).toEqual([{ name: "sleep", pid: expect.any(Number) as number }]);
      expect([files, ports]).toEqual([[], []]);
      process.kill(processes[0]!.pid);
      expect((await rig.client.inventory("leaver")).processes).toEqual([]);
    },
  );

  it("a second supervisor at the same socket does not start", async () => {
    const { pid } = await rig.client.health();
    const second = rig.spawnSupervisor();
    const said: Buffer[] = [];
    second.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    second.stdout.on("data", (chunk: Buffer) => said.push(chunk));
    expect(await once(second, "close")).toEqual([1, null]);
    expect(Buffer.concat(said).toString()).toContain("another supervisor answers at");
    expect((await rig.client.health()).pid).toBe(pid);
  });

  function raw(method: string, path: string, body?: unknown, epoch?: number) {
    const headers = epoch === undefined ? {} : { [EPOCH_HEADER]: String(epoch) };
    return new Promise<{ status: number; code?: string }>((resolve, reject) => {
      const sent = request({ socketPath: rig.socket, method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("end", () => {
          const { code } = JSON.parse(Buffer.concat(chunks).toString()) as { code?: string };
          resolve({ status: response.statusCode!, ...(code ? { code } : {}) });
        });
      });
      sent.once("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
});

describe("a region on a full disk", () => {
  it.skipIf(!canMakeSmallDisk())(
    "refuses what is new, and brings back what ran (needs the right to mount)",
    async () => {
      const database = await createTestDatabase(inject("postgresUrl"));
      const disk = smallDisk()!;
      const rig = await regionRig(database.url, { folder: disk.folder });
      try {
        const port = await standInAt(rig.client, "small", "still here");
        const { url } = await rig.client.putRedis("small", "redis", { password: "a-long-password" });
        await rig.stop();
        await disk.fill();
        await rig.start();
        expect(await waitUntil(() => call(port), { what: "the endpoint answers", timeoutMs: 10_000 })).toBe(
          "still here",
        );
        const redis = new Redis(url);
        redis.on("error", () => undefined);
        expect(await redis.ping()).toBe("PONG");
        redis.disconnect();
        const full = { code: "disk_full", message: expect.stringContaining("Free some space") as string };
        await expect(rig.client.putFile("fresh", "note", { content: "x" })).rejects.toMatchObject(full);
        await expect(rig.client.putRedis("fresh", "redis", { password: "a-long-password" })).rejects.toMatchObject(
          full,
        );
        await expect(rig.client.putService("fresh", "gateway", standInService("x"))).rejects.toMatchObject(full);
        expect(await rig.client.inventory("fresh")).toEqual({ processes: [], ports: [], databases: [], files: [] });
      } finally {
        await rig.stop();
        disk.remove();
        await rig.dispose();
        await database.drop();
      }
    },
    45_000,
  );
});

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function connected(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return "connected";
  } catch (error) {
    return String(error);
  } finally {
    await client.end();
  }
}

async function filesHolding(folder: string, texts: readonly string[]): Promise<{ path: string; mode: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    paths.map(async (path) => {
      const content = await readFile(path, "utf8");
      return texts.some((text) => content.includes(text)) ? [{ path, mode: (await stat(path)).mode }] : [];
    }),
  );
  return found.flat();
}
