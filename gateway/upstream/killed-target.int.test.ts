import { afterEach, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstreamProcess, type UpstreamProcess } from "#gateway/testkit/upstream-process/start.ts";

/** What the client saw of one request. */
interface Seen {
  id: string;
  method: "GET" | "POST";
  status: number;
  /** Of the gateway's problem; null where the upstream answered. */
  code: string | null;
}

const CLIENTS = 12;
/** Codes of a request whose bytes had left: the gateway cannot know what became of it. */
const SENT = new Set(["upstream_closed", "upstream_timeout"]);

let upstreams: UpstreamProcess[] = [];
let gateway: BootedGateway | undefined;
afterEach(async () => {
  await gateway?.stop();
  await Promise.all(upstreams.map((upstream) => upstream.stop()));
});

test.each<[string, NodeJS.Signals]>([
  ["is killed", "SIGKILL"],
  ["resets every connection", "SIGUSR2"],
  ["hangs", "SIGSTOP"],
])(
  "under load, when one of three targets %s, the only failures are requests that it had been sent",
  async (_, signal) => {
    upstreams = await Promise.all([startUpstreamProcess(), startUpstreamProcess(), startUpstreamProcess()]);
    gateway = await bootGateway({ apis: [orders(upstreams)] }, { workers: 2 });
    const load = startLoad(gateway.url);
    const [bad, ...good] = upstreams as [UpstreamProcess, ...UpstreamProcess[]];
    await waitUntil(() => bad.received.size > 30, {
      what: "all targets are under load",
      timeoutMs: 10_000,
      everyMs: 5,
    });

    const before = load.seen.length;
    bad.child.kill(signal);
    await waitUntil(() => load.seen.length > before + 600, { what: "the load goes on", timeoutMs: 20_000, everyMs: 5 });
    await load.stop();

    const failed = load.seen.filter(({ status }) => status !== 200);
    expect(load.seen.filter(({ method }) => method === "POST").length).toBeGreaterThan(200);
    expect(failed.filter(({ method }) => method === "GET")).toEqual([]);
    for (const { id, code } of failed) {
      expect(SENT).toContain(code);
      expect(good.some(({ received }) => received.has(id))).toBe(false);
    }
    // Each worker needs five failures in a row to leave it out; what was in flight beside them fails too.
    expect(failed.length).toBeLessThan(CLIENTS + 2 * 5);
    for (const { id } of load.seen.filter(({ method }) => method === "POST"))
      expect(upstreams.reduce((sum, { received }) => sum + (received.get(id) ?? 0), 0)).toBeLessThanOrEqual(1);
  },
);

const orders = (targets: UpstreamProcess[]) => ({
  id: "orders",
  listen: "/orders",
  auth: "none",
  upstream: {
    targets: targets.map(({ url }) => url),
    retry: { on: ["connect", "reset", "timeout"], perTryTimeout: "1s" },
  },
});

/** Clients that call without a pause, GET and POST in turn, each under an id of its own. */
function startLoad(url: string) {
  const seen: Seen[] = [];
  let stopped = false;
  const client = async (number: number) => {
    for (let turn = 0; !stopped; turn += 1) {
      const method = (number + turn) % 2 === 0 ? "GET" : "POST";
      const id = `${number}-${turn}`;
      const body = method === "POST" ? { body: `order ${id}` } : {};
      const response = await fetch(`${url}/orders/x`, { method, headers: { "x-id": id }, ...body });
      const text = await response.text();
      const { status } = response;
      const code = status === 200 ? null : (JSON.parse(text) as { code: string }).code;
      seen.push({ id, method, status, code });
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  return {
    seen,
    stop: async () => {
      stopped = true;
      await clients;
    },
  };
}
