import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

let gateway: BootedGateway;
let upstream: Upstream;

const document = {
  openapi: "3.1.0",
  info: { title: "Orders", version: "1" },
  paths: {
    "/orders": { get: { operationId: "listOrders" }, post: { operationId: "createOrder" } },
    "/orders/{id}": { get: { operationId: "getOrder" } },
  },
};
const key = (id: string, more: object) => ({ id, hash: `sha256:${hashToken(id)}`, ...more });
/** Long windows: no token comes back while a test runs. */
const LONG = "1h";

beforeAll(async () => {
  upstream = await startUpstream();
  const api = (id: string, more: object = {}) => ({ id, listen: `/${id}`, upstream: upstream.url, ...more });
  gateway = await bootGateway(
    {
      apis: [
        api("a"),
        api("b"),
        api("limited", { rate: `5/${LONG}`, auth: "none" }),
        api("metered", { quota: "4/30d", auth: "none" }),
        api("operations", {
          auth: "none",
          openapi: "./orders.json",
          operations: {
            getOrder: { rate: `2/${LONG}` },
            listOrders: { quota: "3/30d" },
            createOrder: { limits: [{ rate: `1/${LONG}`, by: "address" }] },
          },
        }),
        api("tenants", {
          auth: "none",
          limits: [{ rate: `3/${LONG}`, quota: "100/30d", by: { header: "X-Tenant" }, whenAbsent: "refuse" }],
        }),
        api("loose", { auth: "none", limits: [{ rate: `1/${LONG}`, by: { query: "tenant" }, whenAbsent: "skip" }] }),
        api("plans", { limits: [{ rate: `2/${LONG}`, by: { metadata: "plan" } }] }),
        api("each", { limits: [{ rate: `2/${LONG}`, by: "key" }] }),
        api("spiky", { auth: "none", spikeArrest: "4/h" }),
        api("burst", { auth: "none", spikeArrest: { rate: "4/h", burst: 2 } }),
        api("patient", { auth: "none", rate: "1/300ms", throttle: { queue: 3, waitUpTo: "10s" } }),
        api("impatient", { auth: "none", rate: `1/${LONG}`, throttle: { waitUpTo: "100ms" } }),
        api("queued"),
      ],
      policies: [
        { id: "own", apis: ["a", "b"], rate: `4/${LONG}` },
        { id: "team", apis: ["a"], rate: `4/${LONG}`, scope: "policy" },
        { id: "rights", apis: ["a"], partitions: ["access"], rate: `1/${LONG}` },
        { id: "pace", apis: ["b"], partitions: ["rate"], rate: `3/${LONG}` },
        { id: "waiting", apis: ["queued"], rate: "1/300ms", throttle: { queue: 2 } },
      ],
      keys: [
        key("k1", { policies: ["own"] }),
        key("k2", { policies: ["own"] }),
        key("k3", { apis: { a: { rate: `2/${LONG}` }, b: { quota: "3/30d" } }, rate: `10/${LONG}` }),
        key("t1", { policies: ["team"] }),
        key("t2", { policies: ["team"] }),
        key("parts", { policies: ["rights", "pace"] }),
        key("gold1", { apis: ["plans", "each"], metadata: { plan: "gold" } }),
        key("gold2", { apis: ["plans", "each"], metadata: { plan: "gold" } }),
        key("free", { apis: ["plans"], metadata: { plan: "free" } }),
        key("q1", { policies: ["waiting"] }),
      ],
    },
    { workers: 2, files: { "orders.json": JSON.stringify(document) } },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

interface Call {
  key?: string;
  headers?: Record<string, string>;
  method?: string;
}
async function call(path: string, { key: bearer, headers = {}, method = "GET" }: Call = {}) {
  const sent = new Headers(headers);
  if (bearer) sent.set("authorization", `Bearer ${bearer}`);
  const response = await fetch(gateway.url + path, { method, headers: sent });
  const body = (await response.json()) as { code?: string };
  return { status: response.status, code: body.code, headers: response.headers };
}
async function admitted(path: string, calls: number, options: Call = {}): Promise<number> {
  const answers = await Promise.all(Array.from({ length: calls }, () => call(path, options)));
  for (const { status } of answers) expect([200, 429]).toContain(status);
  return answers.filter(({ status }) => status === 200).length;
}

describe("a limit of", () => {
  test("a policy is each key's own, over all the APIs that the key opens", async () => {
    expect(await admitted("/a/x", 3, { key: "k1" })).toBe(3);
    expect(await admitted("/b/x", 5, { key: "k1" })).toBe(1);
    expect(await admitted("/a/x", 9, { key: "k2" })).toBe(4);
  });

  test("a shared policy is one for all its keys", async () => {
    expect(await admitted("/a/x", 3, { key: "t1" })).toBe(3);
    expect(await admitted("/a/x", 3, { key: "t2" })).toBe(1);
    expect((await call("/a/x", { key: "t2" })).headers.get("ratelimit-policy")).toBe('"policy";q=4;w=3600');
  });

  test("a key for one API holds there, beside the key's own", async () => {
    expect(await admitted("/a/x", 5, { key: "k3" })).toBe(2);
    expect(await admitted("/b/x", 5, { key: "k3" })).toBe(3);
    expect(await call("/b/x", { key: "k3" })).toMatchObject({ status: 429, code: "quota_exceeded" });
  });

  test("one policy holds what another one opens; it opens nothing itself, and the other limits nothing", async () => {
    expect(await call("/b/x", { key: "parts" })).toMatchObject({ status: 403, code: "api_not_allowed" });
    expect(await admitted("/a/x", 6, { key: "parts" })).toBe(3);
  });

  test("an API is one for all callers, rate and quota alike", async () => {
    expect(await admitted("/limited/x", 9)).toBe(5);
    expect(await admitted("/metered/x", 9)).toBe(4);
  });

  test("an operation holds for that operation alone", async () => {
    expect(await admitted("/operations/orders/7", 5)).toBe(2);
    expect(await admitted("/operations/orders/8", 1)).toBe(0);
    expect(await admitted("/operations/orders", 5)).toBe(3);
    expect(await admitted("/operations/orders", 3, { method: "POST" })).toBe(1);
  });
});

describe("a limit by what callers carry", () => {
  test("counts each value for itself", async () => {
    expect(await admitted("/tenants/x", 5, { headers: { "x-tenant": "red" } })).toBe(3);
    expect(await admitted("/tenants/x", 5, { headers: { "x-tenant": "blue" } })).toBe(3);
  });

  test("refuses a call that lacks it with 400, where that is asked for", async () => {
    expect(await call("/tenants/x")).toMatchObject({ status: 400, code: "limit_value_missing" });
    expect(await call("/tenants/x", { headers: { "x-tenant": "" } })).toMatchObject({ status: 400 });
  });

  test("is left out where that is asked for, and for that call only", async () => {
    expect(await admitted("/loose/x", 4)).toBe(4);
    expect(await admitted("/loose/x?tenant=red", 4)).toBe(1);
  });

  test("counts keys by their metadata together, and by key apart", async () => {
    expect(await admitted("/plans/x", 2, { key: "gold1" })).toBe(2);
    expect(await admitted("/plans/x", 2, { key: "gold2" })).toBe(0);
    expect(await admitted("/plans/x", 3, { key: "free" })).toBe(2);
    expect(await admitted("/each/x", 3, { key: "gold1" })).toBe(2);
    expect(await admitted("/each/x", 3, { key: "gold2" })).toBe(2);
  });
});

describe("a spike arrest", () => {
  test("lets one call of an interval through, or its burst, and tells when the next one may come", async () => {
    expect(await admitted("/spiky/x", 4)).toBe(1);
    expect(await admitted("/burst/x", 5)).toBe(2);
    const { headers } = await call("/spiky/x");
    expect(headers.get("ratelimit-policy")).toBe('"spike";q=1;w=900');
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(800);
  });
});

describe("a throttle", () => {
  test("holds calls back in place of refusing them, and refuses what finds no place", async () => {
    const sent = performance.now();
    expect(await admitted("/patient/x", 4)).toBe(4);
    // Four calls in windows of 300 ms: the last one waited for three of them, over both workers.
    expect(performance.now() - sent).toBeGreaterThan(850);
    expect(await admitted("/patient/x", 40)).toBeLessThan(20);
  });

  test("does not hold back a call that could not be served in time", async () => {
    expect(await admitted("/impatient/x", 3)).toBe(1);
    const { headers } = await call("/impatient/x");
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(3_000);
  });

  test("of a policy holds for its keys", async () => {
    expect(await admitted("/queued/x", 3, { key: "q1" })).toBe(3);
  });
});

describe("what a caller is told", () => {
  test("its own rate and quota beside each other, not the API's", async () => {
    const { headers } = await call("/b/x", { key: "k2" });
    expect(headers.get("ratelimit-policy")).toBe('"key";q=4;w=3600');
    const metered = await call("/metered/x");
    expect(metered).toMatchObject({ status: 429, code: "quota_exceeded" });
    expect(metered.headers.get("ratelimit")).toMatch(/^"quota";r=0;t=\d+$/);
    const both = await call("/tenants/x", { headers: { "x-tenant": "green" } });
    expect(both.headers.get("ratelimit-policy")).toBe('"caller";q=3;w=3600, "quota";q=100;w=2592000');
    expect(both.headers.get("ratelimit")).toBe('"caller";r=2, "quota";r=99');
  });
});
