import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import type { PlaneNode } from "#contracts/plane/entities.ts";
import type { GatewaySettingsView } from "#contracts/plane/gateway-settings.ts";
import { TAKES_SETTINGS } from "#contracts/revision/snapshot.ts";
import { freePort } from "#tools/testing/free-port.ts";
import { bootPlane } from "../testkit/boot-plane.ts";
import { listenForTest, startLinkedGateway, type Closing, type LinkedGateway } from "../testkit/linked-gateway.ts";

type Booted = Awaited<ReturnType<typeof bootPlane>>;

const closing: Closing = [];
let booted: Booted;
/** Of one cluster without a file of its own, and of another with one. */
let plain: LinkedGateway;
let filed: LinkedGateway;

const said = (words: string) => ({ errors: { "*": { text: words } } });

beforeAll(async () => {
  booted = await bootPlane(inject("postgresUrl"));
  closing.push(() => booted.stop());
  const folder = mkdtempSync(join(tmpdir(), "causeway-settings-"));
  const file = join(folder, "node.yaml");
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(file, "settings:\n  errors:\n    '*': { text: the node's own }\n");
  [plain, filed] = await Promise.all([
    startLinkedGateway(booted, {}, closing),
    startLinkedGateway(booted, { env: { CAUSEWAY_SETTINGS: file } }, closing),
  ]);
}, 90_000);
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

test("a gateway answers with the errors and headers that its environment's settings say", async () => {
  await put(booted, "", {
    settings: { ...said("of all clusters"), headers: { response: { set: { "X-Sea": "calm" } } } },
  });
  await answers(plain, "of all clusters");
  expect((await fetch(plain.url)).headers.get("x-sea")).toBe("calm");
});

test("what a cluster's settings say goes before the environment's, member by member", async () => {
  await put(booted, `/clusters/${plain.cluster}`, { settings: said("of this cluster") });
  await answers(plain, "of this cluster");
  expect((await fetch(plain.url)).headers.get("x-sea")).toBe("calm");
});

test("what the node's own file says goes before both, and what it leaves out is the control plane's", async () => {
  await put(booted, `/clusters/${filed.cluster}`, { settings: said("of that cluster") });
  await applied(booted, filed);
  await answers(filed, "the node's own");
  expect((await fetch(filed.url)).headers.get("x-sea")).toBe("calm");
});

test("a listener opens and closes with the settings", async () => {
  const port = await freePort();
  await put(booted, `/clusters/${plain.cluster}`, { settings: { listeners: [{ host: "127.0.0.1", port }] } });
  await waitUntil(() => isListening(port), { what: "the listener opens", timeoutMs: 20_000 });
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("of all clusters");
  await put(booted, `/clusters/${plain.cluster}`, { settings: {} });
  await waitUntil(async () => !(await isListening(port)), { what: "the listener closes", timeoutMs: 20_000 });
});

test("a port that is taken on a node is refused by its name, and what was served before still is", async () => {
  const stranger = await listenForTest(createServer(), closing);
  const port = Number(new URL(stranger).port);
  const listeners = [{ host: "127.0.0.1", port }];
  await put(booted, `/clusters/${plain.cluster}`, { settings: { ...said("never served"), listeners } });
  const { entity, reason } = await rejected(booted, plain);
  expect(entity).toBe("settings.listeners[0].port");
  expect(reason).toContain(String(port));
  expect(await (await fetch(plain.url)).text()).toBe("of all clusters");
  await put(booted, `/clusters/${plain.cluster}`, { settings: {} });
  await applied(booted, plain);
});

test("a certificate that a node cannot read is refused by its id, and what was served before still is", async () => {
  const pem = { certificate: "file:///nowhere/shop.pem", key: "file:///nowhere/shop.key" };
  const listeners = [{ host: "127.0.0.1", port: await freePort(), tls: {} }];
  await put(booted, `/clusters/${plain.cluster}`, { settings: { listeners }, certificates: [{ id: "shop", ...pem }] });
  expect(await rejected(booted, plain)).toMatchObject({
    entity: "certificates.shop.certificate",
    reason: expect.stringContaining("file:///nowhere/shop.pem cannot be read") as string,
  });
  expect(await (await fetch(plain.url)).text()).toBe("of all clusters");
  await put(booted, `/clusters/${plain.cluster}`, { settings: {} });
  await applied(booted, plain);
});

test("a node of a version that would refuse them is sent its APIs without settings", async () => {
  const [older, newer] = [booted.node(), booted.node()];
  closing.push(() => [older, newer].map((node) => node.cut()));
  await Promise.all([older.connect(), newer.connect()]);
  older.greet();
  newer.greet({ capabilities: [TAKES_SETTINGS] });
  const [without, with_] = await Promise.all([older.hears("snapshot"), newer.hears("snapshot")]);
  expect(Object.keys(JSON.parse(without.body) as object)).toEqual(["apis", "format", "policies"]);
  expect(JSON.parse(with_.body)).toMatchObject({ gateway: { settings: said("of all clusters"), certificates: [] } });
});

test("a node that starts while the control plane is away has its settings from disk", async () => {
  const own: Closing = [];
  const away = await bootPlane(inject("postgresUrl"));
  await put(away, "", { settings: said("kept on disk") });
  const before = await startLinkedGateway(away, {}, own);
  await answers(before, "kept on disk");
  await before.stop();
  await away.stop();
  const { folder, cluster } = before;
  const again = await startLinkedGateway(away, { folder, cluster }, own);
  expect(await (await fetch(again.url)).text()).toBe("kept on disk");
  for (const close of own.toReversed()) await close();
}, 90_000);

/** Asked by a new connection: those that stand may end in their own time. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Over what stands there now. */
async function put(at: Booted, scope: string, body: object): Promise<GatewaySettingsView> {
  const url = `${scope}/gateway-settings`;
  const { version } = (await at.call<GatewaySettingsView>("GET", url)).body;
  const answer = await at.call<GatewaySettingsView>("PUT", `${url}?version=${version}`, body);
  expect(answer).toMatchObject({ status: 200, body: { version: version + 1 } });
  return answer.body;
}

/** No API is published: whatever is asked for is an error of the gateway's own. */
const answers = ({ url }: LinkedGateway, words: string) =>
  waitUntil(
    async () =>
      (await fetch(url).then(
        (answer) => answer.text(),
        () => "",
      )) === words,
    {
      what: `the gateway answers: ${words}`,
      timeoutMs: 20_000,
    },
  );

async function nodeOf(at: Booted, { cluster }: LinkedGateway): Promise<PlaneNode> {
  const { body } = await at.call<PlaneNode[]>("GET", "/nodes");
  return body.find((node) => node.cluster === cluster)!;
}

const applied = (at: Booted, gateway: LinkedGateway) =>
  waitUntil(
    async () => {
      const { desired, applied } = await nodeOf(at, gateway);
      return applied?.revision === desired?.revision;
    },
    { what: "the node says that it has applied it", timeoutMs: 20_000 },
  );

const rejected = (at: Booted, gateway: LinkedGateway) =>
  waitUntil(
    async () => {
      const { desired, rejected } = await nodeOf(at, gateway);
      return rejected?.revision === desired?.revision ? rejected : null;
    },
    { what: "the node says why it refuses", timeoutMs: 20_000 },
  );
