import { inject, afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());

const key = (id: string, more: object) => ({ id, hash: `sha256:${hashToken(id)}`, apis: ["orders"], ...more });
const literal = (limiter: "exact" | "leased", keys: object[], api: object = {}) => ({
  apis: [{ id: "orders", listen: "/o", upstream: upstream.url, ...api }],
  keys,
  settings: { limiter },
});

async function statuses(gateway: BootedGateway, id: string, calls: number, path = "/o/x"): Promise<number[]> {
  const headers = { authorization: `Bearer ${id}` };
  const answers = Array.from({ length: calls }, () =>
    fetch(gateway.url + path, { headers }).then(async (response) => {
      await response.arrayBuffer();
      return response.status;
    }),
  );
  return Promise.all(answers);
}
const admitted = (all: number[]) => all.filter((status) => status === 200).length;

describe.each([
  ["leased, counted by the node", "leased", null, 1],
  ["leased, two workers, counted by the node", "leased", null, 2],
  // Each in a database of its own: gateways of files that share one count together.
  ["leased, two workers, counted in Redis", "leased", 1, 2],
  ["exact, two workers, counted by the node", "exact", null, 2],
  ["exact, two workers, counted in Redis", "exact", 2, 2],
] as const)("%s", (_name, limiter, redis, workers) => {
  let gateway: BootedGateway;
  beforeAll(async () => {
    gateway = await bootGateway(
      literal(limiter, [
        key("a", { rate: "100/10m" }),
        key("b", { quota: "50/30d" }),
        key("c", { rate: "100/10m", quota: "20/30d" }),
      ]),
      { workers, env: redis === null ? {} : { CAUSEWAY_REDIS: `${inject("redisUrl")}/${redis}` } },
    );
  });
  afterAll(() => gateway.stop());

  test("five times the rate at once admits the rate, within 2 %", async () => {
    const count = admitted(await statuses(gateway, "a", 500));
    expect(count).toBeGreaterThanOrEqual(98);
    expect(count).toBeLessThanOrEqual(limiter === "exact" ? 100 : 102);
  });

  test("a quota admits what it says", async () => {
    expect(admitted(await statuses(gateway, "b", 120))).toBe(50);
  });

  test("a call that the quota refuses consumes nothing of the rate, and the reverse", async () => {
    expect(admitted(await statuses(gateway, "c", 60))).toBe(20);
    const headers = { authorization: "Bearer c" };
    const refused = await fetch(`${gateway.url}/o/x`, { headers });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "quota_exceeded" });
  });
});

describe("what a caller is told", () => {
  let gateway: BootedGateway;
  beforeAll(async () => {
    const keys = [key("a", { rate: "3/10m" }), key("b", {})];
    gateway = await bootGateway({
      ...literal("exact", keys, { rate: "5/10m" }),
      settings: { limiter: "exact", legacyRateLimitHeaders: true },
    });
  });
  afterAll(() => gateway.stop());

  test("the limit, what is left of it, and when to come back", async () => {
    const headers = { authorization: "Bearer a" };
    const first = await fetch(`${gateway.url}/o/x`, { headers });
    expect(first.headers.get("ratelimit-policy")).toBe('"key";q=3;w=600');
    expect(first.headers.get("ratelimit")).toMatch(/^"key";r=2/);
    expect(first.headers.get("x-ratelimit-limit")).toBe("3");
    await statuses(gateway, "a", 2);
    const refused = await fetch(`${gateway.url}/o/x`, { headers });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "rate_limited" });
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(606);
  });

  test("an API's own limit is drawn on by all its callers together", async () => {
    // Three of the five went to key a.
    expect(admitted(await statuses(gateway, "b", 10))).toBe(2);
  });
});

test("a quota lives through a restart of a node without Redis", async () => {
  const gateway = await bootGateway(literal("leased", [key("a", { quota: "10/30d" })]));
  try {
    expect(admitted(await statuses(gateway, "a", 7))).toBe(7);
    await gateway.restart();
    expect(admitted(await statuses(gateway, "a", 7))).toBe(3);
  } finally {
    await gateway.stop();
  }
});

test("while Redis is away callers are served under this node's own counts, and never refused for it", async () => {
  const gateway = await bootGateway(literal("leased", [key("a", { rate: "50/10m" })]), {
    env: { CAUSEWAY_REDIS: "redis://127.0.0.1:1" },
  });
  try {
    expect(admitted(await statuses(gateway, "a", 80))).toBe(50);
  } finally {
    await gateway.stop();
  }
});
