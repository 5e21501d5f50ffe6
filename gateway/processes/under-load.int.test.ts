import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

const CLIENTS = 16;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream((incoming, response) => {
    if (incoming.url?.startsWith("/slow")) return void setTimeout(() => response.end("late but whole"), 1_000);
    response.end("{}");
  });
});
afterAll(() => upstream.stop());

const boot = (workers: number, env: Record<string, string> = {}) =>
  bootGateway({ apis: [{ id: "a", listen: "/a", auth: "none", upstream: upstream.url }] }, { workers, env });

/** Clients on kept connections, each with one call at a time, until they are told to stop. What became of each call is noted. */
function keepCalling(gateway: BootedGateway) {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const seen = { answered: 0, statuses: new Set<number>(), failures: [] as string[] };
  let stopped = false;
  const call = () =>
    new Promise<void>((resolve) => {
      const outgoing = request(`${gateway.url}/a/x`, { agent }, (answer) => {
        seen.statuses.add(answer.statusCode!);
        seen.answered += 1;
        answer.resume();
        answer.once("close", resolve);
      });
      outgoing.once("error", (error) => {
        seen.failures.push(error.message);
        resolve();
      });
      outgoing.end();
    });
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!stopped) await call();
  });
  return {
    seen,
    async stop() {
      stopped = true;
      await Promise.all(clients);
      agent.destroy();
    },
  };
}

function workersOf(primary: number): number[] {
  const lines = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(primary)], { encoding: "utf8" }).split("\n");
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return rows.filter(([, program]) => program === process.execPath).map(([pid]) => Number(pid));
}

const more = (load: ReturnType<typeof keepCalling>, calls: number) => {
  const from = load.seen.answered;
  return waitUntil(() => load.seen.answered >= from + calls, { what: `${calls} more calls`, timeoutMs: 20_000 });
};

test("twenty reloads by SIGHUP under load fail no call", async () => {
  const gateway = await boot(2);
  const load = keepCalling(gateway);
  try {
    for (let round = 0; round < 20; round += 1) {
      gateway.child.kill("SIGHUP");
      await more(load, 50);
    }
    await load.stop();
    expect(load.seen.failures).toEqual([]);
    expect([...load.seen.statuses]).toEqual([200]);
  } finally {
    await gateway.stop();
  }
});

test("a worker that is killed under load costs the calls that it had in hand, one a connection at most, and none after", async () => {
  const gateway = await boot(2);
  const load = keepCalling(gateway);
  try {
    await more(load, 200);
    const [victim] = workersOf(gateway.child.pid!);
    process.kill(victim!, "SIGKILL");
    await waitUntil(async () => (await gateway.status()).workers.restarts === 1, {
      what: "it is replaced",
      timeoutMs: 10_000,
    });
    await more(load, 500);
    const failures = load.seen.failures.length;
    expect(failures).toBeLessThanOrEqual(CLIENTS);
    await more(load, 500);
    await load.stop();
    expect(load.seen.failures.length).toBe(failures);
    expect([...load.seen.statuses]).toEqual([200]);
  } finally {
    await gateway.stop();
  }
});

describe("SIGTERM under load", () => {
  test("with a balancer that looks at /readyz no call fails: those under way end whole, and none is begun in vain", async () => {
    const gateway = await boot(2, { CAUSEWAY_DRAIN_GRACE_SECONDS: "2" });
    const load = keepCalling(gateway);
    await more(load, 200);
    const slow = fetch(`${gateway.url}/a/slow`).then((answer) => answer.text());
    await waitUntil(() => upstream.seen.some(({ url }) => url === "/slow"), {
      what: "a slow call is under way",
      timeoutMs: 5_000,
    });
    gateway.child.kill("SIGTERM");
    const ready = async () => (await fetch(`${gateway.adminUrl}/readyz`)).status === 200;
    await waitUntil(async () => !(await ready()), { what: "the balancer sees it", timeoutMs: 5_000, everyMs: 50 });
    await load.stop();
    expect(await slow).toBe("late but whole");
    expect(load.seen.failures).toEqual([]);
    expect([...load.seen.statuses]).toEqual([200]);
    await waitUntil(() => gateway.child.exitCode !== null, { what: "it has ended", timeoutMs: 10_000 });
    await gateway.stop();
  });

  test("over HTTP/2 a client is told to go, and its streams end whole", async () => {
    const gateway = await boot(1);
    const session = connectHttp2(gateway.url);
    const goaway = once(session, "goaway");
    const stream = session.request({ ":path": "/a/slow-h2" });
    const pieces: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => pieces.push(chunk));
    const ended = once(stream, "end");
    await waitUntil(() => upstream.seen.some(({ url }) => url === "/slow-h2"), {
      what: "the call is under way",
      timeoutMs: 5_000,
    });
    gateway.child.kill("SIGTERM");
    const [code] = (await goaway) as [number];
    expect(code).toBe(0);
    await ended;
    expect(Buffer.concat(pieces).toString()).toBe("late but whole");
    await waitUntil(() => gateway.child.exitCode !== null, { what: "it has ended", timeoutMs: 10_000 });
    await gateway.stop();
  });
});
