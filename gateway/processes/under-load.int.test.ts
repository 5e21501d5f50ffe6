import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { workersOf } from "#gateway/testkit/workers-of.ts";

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

/** No time between the signal and the last connection that is taken. */
const AT_ONCE = { CAUSEWAY_DRAIN_GRACE_SECONDS: "0" };

/** Clients with a connection for each call, which goes to a node that accepts it. Some connect well before they ask. */
function connectAnew(nodes: readonly BootedGateway[]) {
  const seen = { answered: 0, statuses: new Set<number>(), failures: [] as string[] };
  let stopped = false;
  const call = async (turn: number) => {
    const socket = await connectToOne(nodes, turn);
    // Silence between connecting and asking is the subject: nothing else could be waited for.
    await new Promise((resolve) => setTimeout(resolve, (turn % 4) * 25));
    try {
      seen.statuses.add(await askOnce(socket));
      seen.answered += 1;
    } catch (error) {
      seen.failures.push((error as Error).message);
    }
  };
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let turn = client; !stopped; turn += 1) await call(turn);
  });
  return {
    seen,
    async stop() {
      stopped = true;
      await Promise.all(clients);
    },
  };
}

/** A node that refuses the connection has taken nothing: another one is asked. */
async function connectToOne(nodes: readonly BootedGateway[], turn: number): Promise<Socket> {
  for (let at = turn; ; at += 1) {
    const { hostname, port } = new URL(nodes[at % nodes.length]!.url);
    const socket = connect(Number(port), hostname).on("error", () => {});
    try {
      await once(socket, "connect");
      return socket;
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function askOnce(socket: Socket): Promise<number> {
  if (socket.destroyed) throw new Error("the connection was closed before its request");
  let text = "";
  socket.on("data", (data: Buffer) => (text += data.toString("latin1")));
  socket.write("GET /a/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await once(socket, "close");
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
  if (status === undefined) throw new Error("the connection was closed without an answer");
  return Number(status);
}

const more = (load: Pick<ReturnType<typeof keepCalling>, "seen">, calls: number) => {
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
    const [victim] = workersOf(gateway);
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

  test("a client that has just connected is answered, whichever of the nodes goes and however late its request comes", async () => {
    const nodes = await Promise.all([boot(2, AT_ONCE), boot(2, AT_ONCE)]);
    const load = connectAnew(nodes);
    for (let round = 0; round < 4; round += 1) {
      await more(load, 200);
      const going = nodes[round % 2]!;
      going.child.kill("SIGTERM");
      await waitUntil(() => going.child.exitCode !== null, { what: "it has ended", timeoutMs: 15_000 });
      await going.restart();
    }
    await load.stop();
    await Promise.all(nodes.map((node) => node.stop()));
    expect(load.seen.failures).toEqual([]);
    expect([...load.seen.statuses]).toEqual([200]);
  }, 120_000);

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
