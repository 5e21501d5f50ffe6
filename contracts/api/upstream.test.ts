import { describe, expect, test } from "vitest";
import { explainIssues } from "#base/explain-issues.ts";
import { upstream } from "./upstream.ts";

const parse = (value: unknown) => upstream.parse(value);
const again = (value: unknown) => upstream.parse(JSON.parse(JSON.stringify(value)));
const one = "http://10.0.0.7:8080";

describe("an upstream parsed again is the same value", () => {
  test.each([
    ["a URL", one],
    ["several ways to name a target", { targets: [one, { url: one, weight: 3 }, { dns: "api.internal", port: 8080 }] }],
    ["SRV records", { targets: [{ srv: "_http._tcp.api.internal", scheme: "https", path: "/v1", weight: 2 }] }],
    ["a list by HTTP", { discovery: { url: "http://registry/list", every: "5s", items: "$.data[*]", host: "a.b" } }],
    ["Consul", { discovery: { consul: { address: "http://127.0.0.1:8500", service: "orders", tag: "v1" } } }],
    ["health in short", { targets: [one], health: "/health" }],
    ["health", { targets: [one], health: { path: "/h", interval: "5s", expect: ["200-399", 404] } }],
    ["hash", { targets: [one], balancing: { hash: { header: "X-User" } } }],
    ["hash by address", { targets: [one], balancing: { hash: "address" } }],
    ["retry", { targets: [one], retry: { attempts: 1, budget: "5%", on: ["connect", 503], perTryTimeout: "2s" } }],
    ["retry's whole budget", { targets: [one], retry: { budget: { share: "12.5%", minPerSecond: 0 } } }],
    ["breaker", { targets: [one], breaker: { errorShare: "30%", on: ["5xx", 429] } }],
    ["ejection", { targets: [one], ejection: { for: "10s", maxShare: "34%" }, slowStart: "30s" }],
    ["no ejection", { targets: [one], ejection: false, timeouts: { totalMs: "10s" } }],
  ])("%s", (_name, input) => {
    expect(again(parse(input))).toEqual(parse(input));
  });
});

test("what is not said has its default", () => {
  expect(parse(one)).toEqual({
    targets: [{ url: one, weight: 1 }],
    balancing: "round-robin",
    ejection: { consecutiveFailures: 5, for: 30_000, maxShare: 0.5 },
    slowStart: 0,
    protocol: "http1",
    timeouts: { connectMs: 5_000, headersMs: 30_000, idleMs: 60_000 },
    retry: { attempts: 2, budget: { share: 0.2, minPerSecond: 10 }, on: ["connect", "reset"] },
  });
});

test("a name that DNS knows is a URL with the way to resolve it", () => {
  const { targets } = parse({
    targets: [{ dns: "api.internal", port: 8080 }, { dns: "b", path: "/v1", scheme: "https" }, { srv: "_http._tcp.c" }],
  });
  expect(targets).toEqual([
    { url: "http://api.internal:8080", weight: 1, resolve: "dns" },
    { url: "https://b/v1", weight: 1, resolve: "dns" },
    { url: "http://_http._tcp.c", weight: 1, resolve: "srv" },
  ]);
});

describe("a wrong value is told with what was expected there", () => {
  test.each([
    [{ targets: [] }, "targets", /at least one target, or discovery/],
    [{ targets: [one], retry: { budget: "120%" } }, "retry.budget", /share such as 20%/],
    [{ targets: [one], breaker: { errorShare: "half" } }, "breaker.errorShare", /share such as 20%/],
    [{ targets: [one], health: { expect: ["ok"] } }, "health.expect.0", /range such as 200-399/],
    [{ targets: [one], health: { interval: "soon" } }, "health.interval", /duration such as/],
    [{ targets: [one], helth: {} }, "helth", /not known here/],
    [{ targets: [{ srv: "api.internal" }] }, "targets.0.srv", /_http\._tcp\.api\.internal/],
    [{ targets: [{ dns: "1.2.3.999" }] }, "targets.0.dns", /expected a host name/],
    [{ targets: [one], balancing: { hash: { header: "a b" } } }, "balancing.hash.header", /header name/],
    [{ discovery: { url: "http://a", items: "$.data[0]" } }, "discovery.items", /path such as \$\.data/],
    [{ discovery: { url: "http://a", every: "1ms" } }, "discovery.every", /at least 100ms/],
    [{ discovery: { url: "http://a", every: "30d" } }, "discovery.every", /at most 24d/],
    [{ targets: [one], timeouts: { headersMs: 0 } }, "timeouts.headersMs", /from 1ms to 24d/],
    [{ targets: [one], timeouts: { totalMs: "30d" } }, "timeouts.totalMs", /from 1ms to 24d/],
  ])("%j", (input, path, message) => {
    const result = upstream.safeParse(input);
    const explained = explainIssues(result.error!.issues).map((issue) => ({ ...issue, path: issue.path.join(".") }));
    expect(explained).toContainEqual({ path, message: expect.stringMatching(message) });
  });
});
