import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { AuditView, RevisionView } from "#contracts/plane/entities.ts";
import type { GatewaySettingsView } from "#contracts/plane/gateway-settings.ts";
import type { Problem } from "#contracts/problem.ts";
import { TAKES_SETTINGS } from "#contracts/revision/snapshot.ts";
import { revisions } from "#drizzle/controlplane/schema.ts";
import { bootPlane } from "../testkit/boot-plane.ts";

let plane: Awaited<ReturnType<typeof bootPlane>>;
beforeAll(async () => {
  plane = await bootPlane(inject("postgresUrl"));
});
afterAll(() => plane.stop());

const ENVIRONMENT = "/gateway-settings";
const get = (url: string) => plane.call<GatewaySettingsView>("GET", url);
/** A refusal is a problem in place of settings. */
const put = (url: string, version: number, body: object, bearer?: string) =>
  plane.call<GatewaySettingsView & Problem>("PUT", `${url}?version=${version}`, body, bearer);
const ofNewCluster = () => `/clusters/${plane.node().cluster}/gateway-settings`;

test("before anybody has written any there are none, at version 0", async () => {
  const nothing = { settings: {}, certificates: [], version: 0, revision: null, updatedAt: null };
  expect((await get(ENVIRONMENT)).body).toEqual(nothing);
  expect((await get(ofNewCluster())).body).toEqual(nothing);
});

test("what is saved comes back as it was written, is published, and is in the audit by its members", async () => {
  const url = ofNewCluster();
  const certificates = [{ id: "shop", certificate: "env://SHOP", key: "vault://kv/shop#key", default: false }];
  const saved = await put(url, 0, { settings: { maxConnections: 9 }, certificates });
  const [newest] = (await plane.call<RevisionView[]>("GET", "/revisions")).body;
  expect(saved.body).toMatchObject({ settings: { maxConnections: 9 }, certificates, version: 1 });
  expect(saved.body.revision).toBe(newest!.revision);
  expect((await get(url)).body).toEqual(saved.body);
  const changed = await plane.call("PUT", `${url}?version=1&name=Harbour`, { settings: { maxConnections: 8 } });
  expect(changed.status).toBe(200);
  const [entry] = (await plane.call<{ items: AuditView[] }>("GET", "/audit")).body.items;
  expect(entry).toMatchObject({
    action: "gatewaySettings.update",
    target: { kind: "gateway_settings", name: "of Harbour" },
    diff: { maxConnections: { before: 9, after: 8 }, certificates: { before: certificates } },
  });
});

test("what somebody else wrote meanwhile is not overwritten, the first time or later", async () => {
  const url = ofNewCluster();
  expect((await put(url, 0, {})).body.version).toBe(1);
  for (const [version, standing] of [
    [0, 1],
    [2, 1],
  ] as const) {
    const { status, body } = await put(url, version, {});
    expect([status, body.detail]).toEqual([409, expect.stringContaining(`at version ${standing}`)]);
  }
});

test.each([
  [
    "a member that was meant otherwise",
    { settings: { maxConections: 1 } },
    "settings.maxConections",
    /maxConnections\?/,
  ],
  ["a value that is none", { settings: { listeners: [{ port: 0 }] } }, "settings.listeners.0.port", /./],
  [
    "a certificate itself",
    { certificates: [{ id: "a", certificate: "-----BEGIN", key: "env://K" }] },
    "certificates.0.certificate",
    /expected a reference/,
  ],
  ["a count of nodes", { settings: { nodes: 2 } }, "settings.nodes", /not known here/],
])("%s is refused with its place, and nothing is saved", async (_what, body, path, message) => {
  const before = (await get(ENVIRONMENT)).body;
  const answer = await put(ENVIRONMENT, before.version, body);
  expect(answer).toMatchObject({
    status: 400,
    body: { fields: [{ path, message: expect.stringMatching(message) as string }] },
  });
  expect((await get(ENVIRONMENT)).body).toEqual(before);
});

test("who may only read changes nothing, and what is no cluster is not found", async () => {
  const viewer = await plane.token("viewer");
  expect((await put(ENVIRONMENT, 0, {}, viewer)).status).toBe(403);
  expect((await put("/clusters/quay/gateway-settings", 0, {})).status).toBe(404);
});

test("a revision of a version that had none of them is still sent, and says nothing of gateways", async () => {
  const { db } = plane.plane;
  const [newest] = await db.select().from(revisions).orderBy(desc(revisions.revision)).limit(1);
  const { gateways: _gateways, ...body } = JSON.parse(newest!.body) as Record<string, unknown>;
  await db
    .update(revisions)
    .set({ body: JSON.stringify(body) })
    .where(eq(revisions.revision, newest!.revision));
  await plane.restart();
  const node = plane.node();
  await node.connect();
  node.greet({ capabilities: [TAKES_SETTINGS] });
  const snapshot = await node.hears("snapshot");
  node.cut();
  expect(Object.keys(JSON.parse(snapshot.body) as object)).toEqual(["apis", "format", "policies"]);
});
