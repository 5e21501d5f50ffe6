import { describe, expect, test } from "vitest";
import { apiSettings } from "./definition.ts";
import { resolveApi, resolvedApi } from "./resolved.ts";

const document = { paths: { "/orders/{id}": { get: { operationId: "getOrder" }, delete: {} } } };
const minimal = { id: "orders", listen: "/orders", upstream: "http://127.0.0.1:9001" };

describe("a resolved API parsed again is the same value", () => {
  test.each([
    ["short forms", minimal],
    ["keyless", { ...minimal, auth: "none" }],
    ["several ways in", { ...minimal, auth: { anyOf: [{ key: { header: "X-Key" } }, { key: { query: "k" } }] } }],
    ["limits", { ...minimal, rate: "10/30s", operations: { getOrder: { rate: "1/s", block: true } } }],
    [
      "limits of every kind",
      {
        ...minimal,
        quota: "5/30d",
        spikeArrest: "10/s",
        throttle: { waitUpTo: "1s" },
        limits: [{ rate: "1/s", by: { header: "X-Tenant" } }],
        operations: { getOrder: { spikeArrest: { rate: "10/s", burst: 3 }, limits: [{ quota: "1/d", by: "key" }] } },
      },
    ],
    ["targets", { ...minimal, upstream: { targets: [{ url: "http://a:1" }], timeouts: { connectMs: "2s" } } }],
    [
      "versions",
      {
        ...minimal,
        versioning: {
          by: { header: "X-Version" },
          default: "v2",
          versions: {
            v1: { state: "deprecated", deprecatedAt: "2026-01-01T00:00:00Z", rate: "1/s", upstream: "http://old:1" },
            v2: { auth: "none", openapi: document, operations: { getOrder: { rate: "1/s" } } },
          },
        },
      },
    ],
    ["transformation", { ...minimal, transform: { request: { rewrite: [{ from: "/a/{id}", to: "/b/{id}" }] } } }],
  ])("%s", (_name, input) => {
    const { api, problems } = resolveApi(apiSettings.parse(input), document);
    expect(problems).toEqual([]);
    const travelled: unknown = JSON.parse(JSON.stringify(api));
    expect(resolvedApi.parse(travelled)).toEqual(api);
    expect(apiSettings.parse({ ...(travelled as object), operations: {}, versioning: undefined }).auth).toEqual(
      api.auth,
    );
  });

  test("an empty list of alternatives is refused, so that no API opens by accident", () => {
    expect(apiSettings.safeParse({ ...minimal, auth: { anyOf: [] } }).success).toBe(false);
  });

  test("a setting for an operation that the document lacks is a problem and not ignored", () => {
    const { problems } = resolveApi(apiSettings.parse({ ...minimal, operations: { getOrders: {} } }), document);
    expect(problems).toMatchObject([{ path: "operations.getOrders" }]);
  });

  test("an operation without an operationId is named after its method and path", () => {
    const { api } = resolveApi(apiSettings.parse(minimal), document);
    expect(api.operations.map(({ id }) => id)).toEqual(["getOrder", "DELETE /orders/{id}"]);
  });
});
