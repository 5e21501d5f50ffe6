import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { bootGateway, readLiteral, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
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
const key = (id: string, more: object) => ({ id, hash: `sha256:${hashToken(`secret-${id}`)}`, ...more });

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await bootGateway(
    {
      apis: [
        { id: "orders", listen: "/o", upstream: upstream.url, openapi: "./orders.json" },
        { id: "strict", listen: "/strict", upstream: upstream.url, openapi: "./orders.json", strictOperations: true },
        { id: "other", listen: "/other", upstream: upstream.url },
        {
          id: "custom",
          listen: "/custom",
          upstream: upstream.url,
          auth: { anyOf: [{ key: { header: "X-Token", query: "token" } }] },
        },
      ],
      policies: [
        { id: "readers", apis: { orders: { operations: ["getOrder"] }, custom: {} } },
        { id: "listers", apis: { orders: { operations: ["listOrders"] } } },
        { id: "off", state: "inactive", apis: ["orders"] },
      ],
      keys: [
        key("reader", { policies: ["readers"] }),
        key("both", { policies: ["readers", "listers"] }),
        key("all", { apis: ["orders", "strict"] }),
        key("stopped", { apis: ["orders"], state: "inactive" }),
        key("old", { apis: ["orders"], expires: "2020-01-01T00:00:00Z" }),
        key("offed", { policies: ["off"] }),
        { id: "env", secret: "env://TEST_KEY", apis: ["orders"] },
      ],
    },
    { files: { "orders.json": JSON.stringify(document) }, env: { TEST_KEY: "from the environment" } },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

async function call(path: string, headers: Record<string, string> = {}, method = "GET") {
  const response = await fetch(gateway.url + path, { headers, method });
  const body = (await response.json()) as { code?: string };
  return { status: response.status, code: body.code, challenge: response.headers.get("www-authenticate"), response };
}
const bearer = (id: string) => ({ authorization: `Bearer secret-${id}` });

describe("who a caller is", () => {
  test("no credential is 401 with a challenge", async () => {
    expect(await call("/o/orders")).toMatchObject({
      status: 401,
      code: "key_missing",
      challenge: expect.stringMatching(/^Bearer /),
    });
  });

  test.each([
    ["unknown", bearer("nobody"), "key_unknown"],
    ["inactive", bearer("stopped"), "key_inactive"],
    ["expired", bearer("old"), "key_expired"],
    ["carrying an inactive policy", bearer("offed"), "key_inactive"],
  ])("a key that is %s is 401", async (_name, headers, code) => {
    expect(await call("/o/orders/7", headers)).toMatchObject({ status: 401, code });
  });

  test("a key comes as bearer or in X-API-Key, and never goes upstream", async () => {
    expect(await call("/o/orders/7", bearer("reader"))).toMatchObject({ status: 200 });
    expect(upstream.last().headers.authorization).toBeUndefined();
    expect(await call("/o/orders/7", { "x-api-key": "secret-reader", authorization: "Basic abc" })).toMatchObject({
      status: 200,
    });
    expect(upstream.last().headers).toMatchObject({ authorization: "Basic abc" });
    expect(upstream.last().headers["x-api-key"]).toBeUndefined();
  });

  test("an API that names its own places looks nowhere else; the query loses the key alone", async () => {
    expect(await call("/custom/a", bearer("reader"))).toMatchObject({ status: 401 });
    expect(await call("/custom/a", { "x-token": "secret-reader" })).toMatchObject({ status: 200 });
    expect(await call("/custom/a?x=%20&token=secret-reader&y=1")).toMatchObject({ status: 200 });
    expect(upstream.last().url).toBe("/a?x=%20&y=1");
  });

  test("a secret by reference is read from the environment", async () => {
    expect(await call("/o/orders/7", { authorization: "Bearer from the environment" })).toMatchObject({ status: 200 });
  });
});

describe("what a caller may do", () => {
  test("a known key that does not open an API is 403, and so is one that does not open the operation", async () => {
    expect(await call("/other/x", bearer("reader"))).toMatchObject({ status: 403, code: "api_not_allowed" });
    expect(await call("/o/orders", bearer("reader"))).toMatchObject({ status: 403, code: "operation_not_allowed" });
    expect(await call("/o/orders/7", bearer("reader"))).toMatchObject({ status: 200 });
  });

  test("policies unite: two of them open what either opens", async () => {
    expect(await call("/o/orders", bearer("both"))).toMatchObject({ status: 200 });
    expect(await call("/o/orders/7", bearer("both"))).toMatchObject({ status: 200 });
    expect(await call("/o/orders", bearer("both"), "POST")).toMatchObject({ status: 403 });
  });

  test("an API that is strict about its document answers 404 and 405 for the rest", async () => {
    expect(await call("/strict/nothing", bearer("all"))).toMatchObject({ status: 404, code: "operation_not_found" });
    const wrong = await call("/strict/orders/7", bearer("all"), "DELETE");
    expect(wrong).toMatchObject({ status: 405 });
    expect(wrong.response.headers.get("allow")).toBe("GET");
  });
});

test("a key that leaves the configuration is refused from then on, and a new one opens", async () => {
  const before = readLiteral(gateway);
  const keys = [...(before.keys as object[]).slice(1), key("fresh", { policies: ["readers"] })];
  // A policy that changes with it makes this a new revision, which is what reconfigure waits for.
  await gateway.reconfigure({ ...before, keys, policies: [...(before.policies as object[]), { id: "extra" }] });
  expect(await call("/o/orders/7", bearer("reader"))).toMatchObject({ status: 401, code: "key_unknown" });
  expect(await call("/o/orders/7", bearer("fresh"))).toMatchObject({ status: 200 });
});
