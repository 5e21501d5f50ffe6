import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { a, srv, startDnsServer, type DnsServer } from "#gateway/testkit/dns-server.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

/** One target that works and one that does not, but for what a path asks for. */
let well: Upstream;
let sick: Upstream;
let registry: Upstream;
let dns: DnsServer;
let gateway: BootedGateway;
let listed: unknown = [];
let isUp = false;
let flaky = 0;

beforeAll(async () => {
  well = await startUpstream((request, response) => {
    if (request.url === "/slow") return void setTimeout(() => response.end("slow"), 400);
    if (request.url === "/endless") return void response.write("begun");
    response.end("well");
  });
  sick = await startUpstream((request, response) => {
    if (request.url === "/hang") return;
    if (request.url === "/reset") return void request.socket.resetAndDestroy();
    if (request.url === "/flaky" && (flaky += 1) % 2 === 0) return void response.end("flaky");
    if (request.url === "/up" && isUp) return void response.end("up");
    response.statusCode = 503;
    response.end("sick");
  });
  registry = await startUpstream((_request, response) => {
    if (listed === undefined) response.statusCode = 500;
    response.end(JSON.stringify(listed ?? {}));
  });
  dns = await startDnsServer({});
  const both = [sick.url, well.url];
  const api = (id: string, upstream: object, more: object = {}) => ({
    id,
    listen: `/${id}`,
    auth: "none",
    upstream: { ejection: false, ...upstream },
    ...more,
  });
  gateway = await bootGateway(
    {
      apis: [
        api("elsewhere", { targets: both, retry: { on: [503, "reset", "timeout"], perTryTimeout: "300ms" } }),
        api("patient", { targets: [well.url], retry: { perTryTimeout: "200ms" } }),
        api("again", { targets: [sick.url], retry: { on: [503], attempts: 1 } }),
        api("broke", { targets: both, retry: { on: [503], budget: { share: 0, minPerSecond: 0 } } }),
        api("bounded", { targets: [well.url], timeouts: { totalMs: "200ms" } }),
        api(
          "broken-off",
          { targets: [sick.url], breaker: { sample: 4, coolDown: "30s" } },
          { openapi: documentOf("getOne", "getTwo") },
        ),
        api("sticky", { targets: both, balancing: { hash: { header: "X-User" } } }),
        api("ejecting", { targets: both, ejection: { consecutiveFailures: 2 } }),
        api("checked", { targets: both, health: { path: "/up", interval: "100ms" } }),
        api("named", { targets: [{ dns: "api.internal", port: well.port }] }),
        api("service", { targets: [{ srv: "_http._tcp.api.internal" }] }),
        api("listed", { discovery: { url: registry.url, every: "100ms" } }),
      ],
    },
    { env: { CAUSEWAY_DNS_SERVERS: dns.address } },
  );
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([well, sick, registry, dns].map((each) => each.stop()));
});

const documentOf = (...ids: string[]) => ({
  openapi: "3.1.0",
  paths: Object.fromEntries(ids.map((operationId) => [`/${operationId}`, { get: { operationId } }])),
});
const call = (path: string, init?: RequestInit) => fetch(gateway.url + path, init);
const many = (times: number, path: string, init?: RequestInit) =>
  Promise.all(
    Array.from({ length: times }, async () => {
      const response = await call(path, init);
      return { status: response.status, text: await response.text() };
    }),
  );
const metric = async (line: RegExp) => {
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  return Number(line.exec(text)?.[1] ?? 0);
};
const soon = { timeoutMs: 10_000, everyMs: 50 };

describe("a request is tried again", () => {
  test.each([["/x"], ["/reset"], ["/hang"]])("at another target when one fails it: %s", async (path) => {
    const answers = await many(6, `/elsewhere${path}`);
    expect(answers).toEqual(Array.from({ length: 6 }, () => ({ status: 200, text: "well" })));
  });

  test("a POST, and a PUT whose body was read, are not: what had been sent may have been done", async () => {
    const sent = () => sick.seen.filter(({ url }) => url === "/order").length;
    const posts = await many(4, "/elsewhere/order", { method: "POST", body: "order" });
    const puts = await many(4, "/elsewhere/order", { method: "PUT", body: "order" });
    expect(posts.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 503, 503]);
    expect(puts.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 503, 503]);
    expect(sent()).toBe(4);
  });

  test("the time of an upload is not a try's", async () => {
    const slowly = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode("one "));
        // Slowness is the subject here: nothing else could be waited for.
        await new Promise((resolve) => setTimeout(resolve, 500));
        controller.enqueue(new TextEncoder().encode("two"));
        controller.close();
      },
    });
    const init = { method: "PUT", body: slowly, duplex: "half" } as RequestInit;
    expect((await call("/patient/upload", init)).status).toBe(200);
    // Checks of health come in between.
    expect(well.seen.findLast(({ url }) => url?.endsWith("/upload"))?.body).toBe("one two");
  });

  test("at the same target, after a moment, where there is no other", async () => {
    flaky = 0;
    const response = await call("/again/flaky");
    expect([response.status, await response.text()]).toEqual([200, "flaky"]);
    const other = await call("/again/x");
    expect([other.status, await other.text()]).toEqual([503, "sick"]);
  });

  test("only within the budget, and what is over it is counted", async () => {
    const answers = await many(4, "/broke/x");
    expect(answers.filter(({ status }) => status === 503).length).toBe(2);
    await waitUntil(
      async () => (await metric(/causeway_upstream_retries_over_budget_total\{api="broke"\} (\d+)/)) === 2,
      {
        what: "it is counted",
        ...soon,
      },
    );
    expect(await metric(/causeway_upstream_retries_total\{api="elsewhere"\} (\d+)/)).toBeGreaterThan(0);
  });
});

describe("an exchange has a bound as a whole", () => {
  test("before its answer it is 504", async () => {
    const response = await call("/bounded/slow");
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: "upstream_timeout" });
    expect(await (await call("/bounded/x")).text()).toBe("well");
  });

  test("once the answer has begun it is cut", async () => {
    const response = await call("/bounded/endless");
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("terminated");
  });
});

test("a breaker opens for the operation that fails, and says when to come back", async () => {
  const statuses = await many(4, "/broken-off/getOne");
  expect(statuses.map(({ text }) => text)).toEqual(["sick", "sick", "sick", "sick"]);
  const sent = () => sick.seen.filter(({ url }) => url === "/getOne").length;
  const before = sent();
  const response = await call("/broken-off/getOne");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: "circuit_open" });
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(20);
  expect(sent()).toBe(before);
  expect(await (await call("/broken-off/getTwo")).text()).toBe("sick");
  await waitUntil(async () => (await metric(/causeway_breakers_open\{api="broken-off",target="[^"]+"\} (\d+)/)) === 1, {
    what: "it is shown",
    ...soon,
  });
});

test("a key goes to one target", async () => {
  for (const user of ["ann", "bob", "eve", "joe", "kim"]) {
    const answers = await many(5, "/sticky/x", { headers: { "x-user": user } });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  }
});

test("a target that answers 503 again and again is left out and shown", async () => {
  await many(8, "/ejecting/x");
  const answers = await many(8, "/ejecting/x");
  expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(["well"]));
  await waitUntil(
    async () => (await metric(/causeway_target_ejections_total\{api="ejecting",target="[^"]+"\} (\d+)/)) === 1,
    {
      what: "it is counted",
      ...soon,
    },
  );
});

test("a target that fails its checks takes no request from the start, and does once it passes", async () => {
  const answers = await many(8, "/checked/x");
  expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(["well"]));
  expect(await metric(new RegExp(`causeway_target_healthy\\{api="checked",target="${well.url}"\\} (\\d)`))).toBe(1);
  isUp = true;
  await waitUntil(async () => (await many(4, "/checked/x")).some(({ text }) => text === "sick"), {
    what: "it takes requests",
    ...soon,
  });
});

describe("targets are found", () => {
  test("by a name in DNS, which stays the request's host; when the name is gone they stay", async () => {
    expect((await call("/named/x")).status).toBe(503);
    dns.zone["api.internal"] = [a("api.internal", "127.0.0.1", 1)];
    await waitUntil(async () => (await call("/named/x")).status === 200, { what: "the name is known", ...soon });
    expect(well.last().headers.host).toBe(`api.internal:${well.port}`);
    dns.zone = {};
    const asked = dns.asked.length;
    await waitUntil(() => dns.asked.length > asked, { what: "the name is asked for again", ...soon });
    expect((await call("/named/x")).status).toBe(200);
    await waitUntil(async () => (await metric(/causeway_discovery_failures_total\{api="named"\} (\d+)/)) > 0, {
      what: "it is counted",
      ...soon,
    });
  });

  test("by SRV records, the lowest priority first", async () => {
    const service = "_http._tcp.api.internal";
    dns.zone[service] = [srv(service, "one.internal", well.port), srv(service, "one.internal", sick.port, 10)];
    dns.zone["one.internal"] = [a("one.internal", "127.0.0.1", 1)];
    await waitUntil(async () => (await call("/service/x")).status === 200, { what: "the service is known", ...soon });
    expect(new Set((await many(6, "/service/x")).map(({ text }) => text))).toEqual(new Set(["well"]));
  });

  test("by SRV records that change, as soon as their own TTL ends", async () => {
    const service = "_http._tcp.api.internal";
    dns.zone["one.internal"] = [a("one.internal", "127.0.0.1", 600)];
    dns.zone[service] = [srv(service, "one.internal", well.port, 0, 1, 1)];
    await waitUntil(async () => (await (await call("/service/x")).text()) === "well", {
      what: "the service is known",
      ...soon,
    });
    dns.zone[service] = [srv(service, "one.internal", sick.port, 0, 1, 1)];
    await waitUntil(async () => (await (await call("/service/x")).text()) === "sick", {
      what: "its move is known",
      ...soon,
    });
  });

  test("by a registry; when it fails or forgets them they stay", async () => {
    expect((await call("/listed/x")).status).toBe(503);
    listed = [`127.0.0.1:${well.port}`];
    await waitUntil(async () => (await call("/listed/x")).status === 200, { what: "the list is known", ...soon });
    for (const answer of [undefined, []]) {
      listed = answer;
      const asked = registry.seen.length;
      await waitUntil(() => registry.seen.length > asked + 1, { what: "the registry is asked again", ...soon });
      expect((await call("/listed/x")).status).toBe(200);
    }
    listed = [{ host: "127.0.0.1", port: sick.port }];
    await waitUntil(async () => (await (await call("/listed/x")).text()) === "sick", {
      what: "the list changed",
      ...soon,
    });
  });
});

test("a discovered target is refused where private addresses are", async () => {
  listed = [`127.0.0.1:${well.port}`];
  const guarded = await bootGateway(
    {
      apis: [
        { id: "a", listen: "/a", auth: "none", upstream: { targets: [{ dns: "inside.internal", port: well.port }] } },
      ],
    },
    { env: { CAUSEWAY_DNS_SERVERS: dns.address, CAUSEWAY_UPSTREAM_DENY_PRIVATE: "1" } },
  );
  try {
    dns.zone["inside.internal"] = [a("inside.internal", "127.0.0.1", 1)];
    const refused = await waitUntil(
      async () => {
        const response = await fetch(`${guarded.url}/a/x`);
        const { code } = (await response.json()) as { code: string };
        return code !== "upstream_unavailable" && { status: response.status, code };
      },
      { what: "the name is known", ...soon },
    );
    expect(refused).toEqual({ status: 502, code: "upstream_denied" });
  } finally {
    await guarded.stop();
  }
});
