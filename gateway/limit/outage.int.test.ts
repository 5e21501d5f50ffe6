import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listens } from "#base/loopback.ts";
import { hashToken } from "#base/token.ts";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { freePort } from "#tools/testing/free-port.ts";

/** A Redis of the test's own, that keeps what it counted on disk, to be ended and started again. */
async function startRedis(folder: string, port: number): Promise<ChildProcess> {
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "always"];
  const child = spawn("redis-server", [...flags, "--dir", folder, "--save", ""], { stdio: "ignore" });
  await waitUntil(() => listens(port), { what: "redis-server listens", timeoutMs: 10_000 });
  return child;
}
async function endRedis(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

const folder = temporaryFolders();
const key = (id: string, more: object) => ({ id, hash: `sha256:${hashToken(id)}`, apis: ["orders"], ...more });
let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());

interface LimitState {
  limits: { store: string; degraded: boolean; nodes: number };
}
const limitsOf = async (gateway: BootedGateway) => ((await gateway.status()) as unknown as LimitState).limits;

describe.each(["leased", "exact"] as const)("a Redis that goes away and comes back, limits %s", (limiter) => {
  let redis: ChildProcess;
  let gateway: BootedGateway;
  let port: number;
  let data: string;

  beforeEach(async () => {
    [port, data] = [await freePort(), folder()];
    redis = await startRedis(data, port);
    gateway = await bootGateway(
      {
        apis: [{ id: "orders", listen: "/o", upstream: upstream.url }],
        keys: [key("paced", { rate: "30/10m" }), key("counted", { quota: "60/30d" }), key("free", {})],
        settings: { limiter },
      },
      { workers: 2, env: { CAUSEWAY_REDIS: `redis://127.0.0.1:${port}` } },
    );
  });
  afterEach(async () => {
    await gateway.stop();
    await endRedis(redis);
  });

  const statuses = (id: string, calls: number): Promise<number[]> =>
    Promise.all(
      Array.from({ length: calls }, async () => {
        const response = await fetch(`${gateway.url}/o/x`, { headers: { authorization: `Bearer ${id}` } });
        await response.arrayBuffer();
        return response.status;
      }),
    );
  const admitted = async (id: string, calls: number) => {
    const answers = await statuses(id, calls);
    // An outage of the store is no answer about a caller: never 401, 403 or 5xx.
    for (const status of answers) expect([200, 429]).toContain(status);
    return answers.filter((status) => status === 200).length;
  };
  const isDegraded = (degraded: boolean) =>
    waitUntil(
      async () => {
        await statuses("counted", 1);
        return (await limitsOf(gateway)).degraded === degraded;
      },
      { what: degraded ? "the outage is said" : "the return is said", timeoutMs: 20_000, everyMs: 100 },
    );

  test("is said, refuses nobody, and costs no quota that was spent before or meanwhile", async () => {
    expect(await limitsOf(gateway)).toEqual({ store: "redis", degraded: false, nodes: 1 });
    expect(await admitted("counted", 20)).toBe(20);
    expect(await admitted("paced", 20)).toBe(20);

    await endRedis(redis);
    let spent = 20 + (await admitted("counted", 10));
    expect(spent).toBe(30);
    // A rate begins anew at the node: twice the limit in the one window that the outage falls into, and no more.
    expect(await admitted("paced", 60)).toBeLessThanOrEqual(30);
    const before = upstream.seen.length;
    await isDegraded(true);
    spent += upstream.seen.length - before;

    redis = await startRedis(data, port);
    const since = upstream.seen.length;
    await isDegraded(false);
    spent += upstream.seen.length - since;
    expect(await admitted("counted", 100)).toBe(60 - spent);
    expect(await admitted("paced", 30)).toBeLessThanOrEqual(10);
  });
});

test("a node of three that starts without its Redis has its share of each limit, as its settings say", async () => {
  const gateway = await bootGateway(
    {
      apis: [{ id: "orders", listen: "/o", upstream: upstream.url, auth: "none", rate: "30/10m" }],
      settings: { nodes: 3 },
    },
    { env: { CAUSEWAY_REDIS: "redis://127.0.0.1:1" } },
  );
  try {
    const answers = await Promise.all(Array.from({ length: 40 }, () => fetch(`${gateway.url}/o/x`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect((await limitsOf(gateway)).nodes).toBe(3);
  } finally {
    await gateway.stop();
  }
});
