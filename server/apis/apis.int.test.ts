import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { bootWorld, type World } from "../testkit/world.ts";

let world: World;
let documents: Server;
beforeAll(async () => {
  world = await bootWorld({ CAUSEWAY_FETCH_ALLOW: "127.0.0.1" });
  documents = createServer((_request, response) => response.end(documentOf("Tides", 3)));
  await new Promise<void>((resolve) => documents.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => documents.close(resolve));
  await world.console.stop();
});

const api = () => world.own.tenant.people.owner.caller.api;
const place = () => ({ org: world.own.tenant.slug, environment: world.own.environment });

function documentOf(title: string, operations: number): string {
  const paths = Array.from({ length: operations }, (_, n) => [
    `/${n}`,
    { get: { operationId: `get${n}`, responses: {} } },
  ]);
  return JSON.stringify({
    openapi: "3.1.0",
    info: { title, version: "1" },
    servers: [{ url: "http://203.0.113.7:8000" }],
    paths: Object.fromEntries(paths),
  });
}

describe("an API from a document", () => {
  test("takes name, path and upstream from it where they are not given", async () => {
    const made = await api().create({ ...place(), document: documentOf("Harbour Works", 2) });
    expect(made).toMatchObject({
      name: "Harbour Works",
      listenPath: "/harbour-works",
      upstreamUrl: "http://203.0.113.7:8000",
      operationCount: 2,
    });
  });

  test("is fetched from a URL where the operator allows it, and nowhere private else", async () => {
    const { port } = documents.address() as AddressInfo;
    const preview = await api().preview({ ...place(), url: `http://127.0.0.1:${port}/openapi.json` });
    expect(preview).toMatchObject({ title: "Tides", suggestedListenPath: "/tides" });
    const elsewhere = api().preview({ ...place(), url: "http://169.254.169.254/latest/meta-data/" });
    await expect(elsewhere).rejects.toMatchObject({ code: "BAD_REQUEST", cause: { fields: [{ path: "url" }] } });
  });

  test("that is broken is refused with the place of each problem", async () => {
    const broken = api().create({ ...place(), document: "openapi: 3.1.0\ninfo:\n  title: X\npaths: {}\n" });
    await expect(broken).rejects.toMatchObject({
      code: "BAD_REQUEST",
      cause: { code: "invalid", fields: [{ path: "info.version", line: expect.any(Number) as number }] },
    });
  });

  test("and without one, says which field is missing", async () => {
    await expect(api().create(place())).rejects.toMatchObject({ cause: { fields: [{ path: "name" }] } });
    await expect(api().create({ ...place(), name: "X" })).rejects.toMatchObject({
      cause: { fields: [{ path: "listenPath" }] },
    });
  });
});

describe("the list", () => {
  test("counts the operations of each document as it was saved, and finds by name, path and upstream", async () => {
    const made = await api().create({ ...place(), document: documentOf("Counted", 4) });
    const settings = { name: "Counted", listen: "/counted", upstream: "http://203.0.113.7:8000" };
    await api().update({
      ...place(),
      api: made.id,
      version: 1,
      settings: { ...settings, document: documentOf("Counted", 7) },
    });
    expect(await api().list({ ...place(), search: "COUNTED" })).toMatchObject([{ id: made.id, operationCount: 7 }]);
  });

  test("reads no document: one that cannot be parsed any more does not matter to it", async () => {
    const made = await api().create({ ...place(), document: documentOf("Unread", 5) });
    const client = new pg.Client({ connectionString: world.own.plane.databaseUrl });
    await client.connect();
    await client.query("update apis set document = '{' where id = $1", [made.id]);
    expect(await api().list({ ...place(), search: "unread" })).toMatchObject([{ operationCount: 5 }]);
    await client.query("delete from apis where id = $1", [made.id]);
    await client.end();
  });
});

test("settings come back as people write them, and are taken again as they came", async () => {
  const { id } = await api().create({ ...place(), document: documentOf("Harbour Log", 1), rate: "60/m" });
  const { written, document } = await api().get({ ...place(), api: id });
  expect(written).toBe("name: Harbour Log\nlisten: /harbour-log\nupstream: http://203.0.113.7:8000\nrate: 60/m\n");
  const settings = { ...(parse(written) as object), document };
  expect(await api().update({ ...place(), api: id, version: 1, settings })).toMatchObject({ written, document });
});

test("a change over another's change is a conflict and says so", async () => {
  const made = await api().create({ ...place(), document: documentOf("Contested", 1) });
  const settings = { name: "Contested", listen: "/contested", upstream: "http://203.0.113.7:8000" };
  await api().update({ ...place(), api: made.id, version: 1, settings });
  await expect(api().update({ ...place(), api: made.id, version: 1, settings })).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("at version 2") as string,
  });
});

describe("an environment whose control plane", () => {
  test("is not up yet has its activity and clusters, and for APIs the word to wait", async () => {
    const { caller } = world.own.tenant.people.owner;
    const org = world.own.tenant.slug;
    const homeRegion = world.deps.regions[0]!.id;
    const { environment } = await caller.environment.create({ org, name: "Early", homeRegion });
    const { items } = await caller.audit.list({ org, environment });
    expect(items).toMatchObject([{ action: "environment.create" }]);
    const { cluster } = await caller.cluster.createHybrid({ org, environment, name: "Cellar" });
    expect(await caller.cluster.get({ org, environment, cluster })).toMatchObject({ planeReachable: false });
    await expect(caller.api.list({ org, environment })).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      cause: { retryAfterSeconds: 5 },
    });
  });

  test("does not answer says that gateways go on serving; its nodes are unknown, not gone", async () => {
    const { tenant, environment, hybrid, plane } = world.stranger;
    await plane.stop();
    const { caller } = tenant.people.owner;
    const org = tenant.slug;
    await expect(caller.api.list({ org, environment })).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      message: expect.stringContaining("Gateways go on serving") as string,
    });
    expect(await caller.cluster.get({ org, environment, cluster: hybrid })).toMatchObject({
      planeReachable: false,
      nodes: [{ status: "unknown", live: null }],
    });
  });
});
