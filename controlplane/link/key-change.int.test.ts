import { createServer } from "node:http";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import type { ApiDetail } from "#contracts/plane/apis.ts";
import type { KeyCreated } from "#contracts/plane/entities.ts";
import { bootPlane } from "../testkit/boot-plane.ts";
import { linkedGateway, listenForTest, type Closing } from "../testkit/linked-gateway.ts";

const closing: Closing = [];
let booted: Awaited<ReturnType<typeof bootPlane>>;
let gateway: string;
let apis: { id: string; name: string }[];

beforeAll(async () => {
  booted = await bootPlane(inject("postgresUrl"));
  closing.push(() => booted.stop());
  const server = createServer((_request, response) => void response.end("served"));
  const upstream = await listenForTest(server, closing);
  apis = await Promise.all(
    ["orders", "stock"].map(async (name) => {
      const { body } = await booted.call<ApiDetail>("POST", "/apis", { name, listen: `/${name}`, upstream });
      return body;
    }),
  );
  gateway = await linkedGateway(booted, [], closing);
}, 90_000);
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

async function statusOf(key: KeyCreated, path: string, method = "GET"): Promise<number> {
  const headers = { authorization: `Bearer ${key.secret}` };
  return (await fetch(`${gateway}${path}`, { method, headers })).status;
}

const answers = (key: KeyCreated, path: string, status: number) =>
  waitUntil(async () => (await statusOf(key, path).catch(() => 0)) === status, {
    what: `${path} answers ${status}`,
    timeoutMs: 20_000,
  });

async function keyFor(body: object): Promise<KeyCreated> {
  const made = await booted.call<KeyCreated>("POST", "/keys", {
    name: "Acme",
    apis: apis.map(({ id }) => id),
    ...body,
  });
  expect(made.status).toBe(201);
  // Until now the node has the key as it was made: what follows is a change of what it holds.
  await answers(made.body, "/orders/1", 200);
  return made.body;
}

async function change(key: KeyCreated, version: number, body: object): Promise<void> {
  const { status } = await booted.call("PUT", `/keys/${key.id}?version=${version}`, { name: "Acme", ...body });
  expect(status).toBe(200);
}

const orders = () => apis[0]!.id;
const stock = () => apis[1]!.id;

test("an API that is taken from a key answers it 403, and 200 again when it is given back", async () => {
  const key = await keyFor({});
  expect(await statusOf(key, "/stock/1")).toBe(200);
  await change(key, 1, { apis: [orders()] });
  await answers(key, "/stock/1", 403);
  expect(await statusOf(key, "/orders/1")).toBe(200);
  await change(key, 2, { apis: [orders(), stock()] });
  await answers(key, "/stock/1", 200);
});

test("a lower rate holds for the calls that follow", async () => {
  const key = await keyFor({});
  await change(key, 1, { apis: [orders()], rate: "1/h" });
  await answers(key, "/orders/1", 429);
  expect(await statusOf(key, "/orders/2")).toBe(429);
});

test("a path grant keeps a key to its paths and methods", async () => {
  const key = await keyFor({});
  await change(key, 1, { apis: { [orders()]: { paths: [{ methods: ["GET"], path: "/open/{id}" }] } } });
  await answers(key, "/orders/closed/1", 403);
  expect([await statusOf(key, "/orders/open/1"), await statusOf(key, "/orders/open/1", "POST")]).toEqual([200, 403]);
});

test("a key that is made inactive is refused until it is active again", async () => {
  const key = await keyFor({});
  await change(key, 1, { apis: [orders()], state: "inactive" });
  await answers(key, "/orders/1", 401);
  expect(await statusOf(key, "/stock/1")).toBe(401);
  await change(key, 2, { apis: [orders()], state: "active" });
  await answers(key, "/orders/1", 200);
});

test("an expiry that has passed refuses a key that had none", async () => {
  const key = await keyFor({});
  await change(key, 1, { apis: [orders()], expiresAt: "2020-01-01T00:00:00Z" });
  await answers(key, "/orders/1", 401);
  expect(await statusOf(key, "/stock/1")).toBe(401);
});
