import { describe, expect, it } from "vitest";
import { apiInput } from "#contracts/plane/apis.ts";
import { readHeaders, readTargets, targetLines } from "./lines.ts";
import { settingsOf, valuesOf } from "./settings-form-values.ts";

const parse = (given: object) =>
  apiInput.parse({ name: "Orders", listen: "/orders", upstream: "http://a.test", ...given });

describe("the settings' form", () => {
  it.each([
    [{}],
    [{ auth: "none", tags: ["eu"], rate: "10/30s", strictOperations: true, state: "inactive" }],
    [{ auth: { anyOf: [{ key: { header: "X-Key", query: "k" } }] } }],
    [{ listen: { path: "/o", host: "api.example.com", strip: false } }],
    [
      {
        upstream: {
          targets: [{ url: "http://a.test", weight: 3 }, { url: "http://b.test" }],
          timeouts: { connectMs: 10 },
        },
      },
    ],
    [{ quota: "5/d", spikeArrest: "5/s", throttle: {}, limits: [{ rate: "5/s", by: { header: "X-Tenant" } }] }],
    [{ auth: { anyOf: [{ basic: {} }, { key: {} }] } }],
    [{ operations: { getOrder: { rate: "5/s", limits: [{ quota: "1/d", by: "key" }] } }, document: "openapi: 3.1.0" }],
    [
      {
        upstream: {
          targets: [
            { dns: "api.internal", port: 8080 },
            { srv: "_http._tcp.a.test", weight: 2 },
          ],
        },
      },
    ],
    [{ listen: { path: "/o", internal: true } }],
    [{ cors: { origins: ["https://a.example"] }, ip: { deny: ["10.0.0.0/8"] }, errors: { "404": { text: "gone" } } }],
    [
      {
        versioning: {
          by: { header: "X-Version" },
          default: "v2",
          versions: {
            v1: { state: "deprecated", deprecatedAt: "2026-01-01T00:00:00Z", rate: "1/s", upstream: "http://old.test" },
            v2: { auth: "none", openapi: { openapi: "3.1.0" }, operations: { getOrder: { block: true } } },
          },
        },
      },
    ],
    [{ upstream: { discovery: { url: "http://a.test" }, health: "/h", retry: { attempts: 0 }, breaker: {} } }],
  ])("opening and saving without a change changes nothing: %j", (given) => {
    const { document, name, ...before } = parse(given);
    const after = apiInput.parse(settingsOf(valuesOf(name, before), before, document));
    expect({ ...after, transform: undefined }).toEqual({ ...before, name, document, transform: undefined });
  });

  it("keeps the rewrites that it does not show when headers change", () => {
    const { document, name, ...before } = parse({ transform: { request: { rewrite: [{ from: "/a", to: "/b" }] } } });
    const values = {
      ...valuesOf(name, before),
      requestSet: "X-From: gateway\nX-Empty",
      responseRemove: "Server, X-Powered-By",
    };
    expect(apiInput.parse(settingsOf(values, before, document)).transform).toEqual({
      request: {
        rewrite: [{ from: "/a", to: "/b" }],
        headers: { set: { "X-From": "gateway", "X-Empty": "" }, remove: [] },
      },
      response: { headers: { set: {}, remove: ["Server", "X-Powered-By"] } },
    });
  });
});

it("a header's value may hold colons", () => {
  expect(readHeaders("X-Url: http://a:1/b")).toEqual({ "X-Url": "http://a:1/b" });
});

it("a target's weight stands after it when it is not one", () => {
  const targets = [
    { url: "http://a.test", weight: 1 },
    { url: "http://b.test", weight: 5 },
    { url: "http://c.test", weight: 2, resolve: "dns" as const },
  ];
  expect(targetLines(targets)).toBe("http://a.test\nhttp://b.test 5\nhttp://c.test 2 dns");
  expect(readTargets(targetLines(targets))).toEqual(targets);
});
