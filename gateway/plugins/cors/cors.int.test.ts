import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

const openapi = {
  openapi: "3.1.0",
  info: { title: "t", version: "1" },
  paths: { "/orders": { get: { operationId: "list" }, post: { operationId: "create" } } },
};
let upstream: Upstream;
let gateway: BootedGateway;

beforeAll(async () => {
  upstream = await startUpstream((_request, response) => {
    response.setHeader("access-control-allow-origin", "https://upstream-says.example");
    response.setHeader("x-total", "7");
    response.end("{}");
  });
  const api = { upstream: upstream.url, openapi, strictOperations: true };
  gateway = await bootGateway(
    {
      apis: [
        {
          ...api,
          id: "shop",
          listen: "/shop",
          auth: "key",
          cors: {
            origins: ["https://a.example", "*.b.example"],
            headers: ["X-Api-Key", "Content-Type"],
            exposeHeaders: ["X-Total"],
            credentials: true,
            maxAge: "1h",
          },
          operations: { create: { cors: { origins: ["https://admin.example"], methods: ["POST"] } } },
        },
        { ...api, id: "open", listen: "/open", auth: "none", cors: { origins: ["*"] } },
      ],
      keys: [{ id: "k", secret: "env://KEY", apis: ["shop"] }],
    },
    { env: { KEY: "cwy-test-key" } },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

function preflight(path: string, origin: string, method = "GET", headers = ""): Promise<Response> {
  const asked = { origin, "access-control-request-method": method, "access-control-request-headers": headers };
  return fetch(gateway.url + path, { method: "OPTIONS", headers: asked });
}

test("a preflight is answered before anybody is asked for a key, and reaches no upstream", async () => {
  const before = upstream.seen.length;
  const response = await preflight("/shop/orders", "https://a.example", "GET", "x-api-key");
  expect(response.status).toBe(204);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "access-control-allow-origin": "https://a.example",
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "X-Api-Key, Content-Type",
    "access-control-allow-credentials": "true",
    "access-control-max-age": "3600",
    vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
  });
  expect(response.headers.has("content-length")).toBe(false);
  expect(upstream.seen.length).toBe(before);
});

test.each([
  ["another origin", "https://evil.example", "GET", "", "cors_origin_not_allowed"],
  ["a name that only ends alike", "https://evilb.example", "GET", "", "cors_origin_not_allowed"],
  ["a header that is not listed", "https://a.example", "GET", "x-other", "cors_header_not_allowed"],
  ["a header that is none", "https://a.example", "GET", "a b", "cors_header_not_allowed"],
])("a preflight for %s", async (_what, origin, method, headers, code) => {
  const response = await preflight("/shop/orders", origin, method, headers);
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code });
  expect(response.headers.has("access-control-allow-origin")).toBe(false);
});

test("an operation's own rule holds for the request that a preflight asks for", async () => {
  expect((await preflight("/shop/orders", "https://a.example", "POST")).status).toBe(403);
  const response = await preflight("/shop/orders", "https://admin.example", "POST", "x-anything");
  expect(response.headers.get("access-control-allow-methods")).toBe("POST");
  expect(response.headers.get("access-control-allow-headers")).toBe("x-anything");
});

test("an answer of the upstream carries the gateway's word and not the upstream's", async () => {
  const headers = { origin: "https://x.b.example", "x-api-key": "cwy-test-key" };
  const response = await fetch(`${gateway.url}/shop/orders`, { headers });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "access-control-allow-origin": "https://x.b.example",
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "X-Total",
    vary: "Origin",
  });
});

test("a page of another origin is told nothing that it may read, and caches are told why", async () => {
  const headers = { origin: "https://evil.example", "x-api-key": "cwy-test-key" };
  const response = await fetch(`${gateway.url}/shop/orders`, { headers });
  expect(response.headers.has("access-control-allow-origin")).toBe(false);
  expect(response.headers.get("vary")).toBe("Origin");
});

test.each([
  ["without a key", "/shop/orders", 401],
  ["for a path that no operation describes", "/shop/nowhere", 404],
])("a refusal %s can be read by the page", async (_what, path, status) => {
  const response = await fetch(gateway.url + path, { headers: { origin: "https://a.example" } });
  expect(response.status).toBe(status);
  expect(response.headers.get("access-control-allow-origin")).toBe("https://a.example");
});

test("a star stays a star, and nobody's credentials come with it", async () => {
  const response = await fetch(`${gateway.url}/open/orders`, { headers: { origin: "https://whoever.example" } });
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.has("access-control-allow-credentials")).toBe(false);
});

test("OPTIONS that is no preflight is a request like any other", async () => {
  const response = await fetch(`${gateway.url}/open/orders`, { method: "OPTIONS" });
  expect(response.status).toBe(405);
});
