import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import type { PlaneNode } from "#contracts/plane/entities.ts";
import type { GatewaySettingsView } from "#contracts/plane/gateway-settings.ts";
import { TAKES_SETTINGS } from "#contracts/revision/snapshot.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { freePort } from "#tools/testing/free-port.ts";
import { bootPlane } from "../testkit/boot-plane.ts";
import { listenForTest, startLinkedGateway, type Closing, type LinkedGateway } from "../testkit/linked-gateway.ts";

type Booted = Awaited<ReturnType<typeof bootPlane>>;

const folder = mkdtempSync(join(tmpdir(), "causeway-settings-"));
const closing: Closing = [() => rmSync(folder, { recursive: true, force: true })];
const made = makeCertificate({ subject: "/CN=shop", names: ["shop.test"] });
let booted: Booted;
/** Of one cluster without a file of its own, and of another with one. */
let plain: LinkedGateway;
let filed: LinkedGateway;

const said = (words: string) => ({ errors: { "*": { text: words } } });

beforeAll(async () => {
  booted = await bootPlane(inject("postgresUrl"));
  closing.push(() => booted.stop());
  const file = join(folder, "node.yaml");
  const own = { id: "own", certificate: "vault://kv/shop#certificate", key: "vault://kv/shop#key" };
  writeFileSync(file, JSON.stringify({ settings: said("the node's own"), certificates: [own] }));
  const vault = await listenForTest(
    createServer((_request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ data: { data: { certificate: made.pem, key: made.keyPem } } }));
    }),
    closing,
  );
  const store = { VAULT_ADDR: vault, VAULT_TOKEN: "of the test" };
  [plain, filed] = await Promise.all([
    startLinkedGateway(booted, { env: store }, closing),
    startLinkedGateway(booted, { env: { ...store, CAUSEWAY_SETTINGS: file } }, closing),
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
  const saved = await put(booted, `/clusters/${filed.cluster}`, { settings: said("of that cluster") });
  await applied(booted, filed, saved);
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
  const settings = { ...said("never served"), listeners };
  const saved = await put(booted, `/clusters/${plain.cluster}`, { settings });
  const { entity, reason } = await rejected(booted, plain, saved);
  expect(entity).toBe("settings.listeners[0].port");
  expect(reason).toContain(String(port));
  expect(await (await fetch(plain.url)).text()).toBe("of all clusters");
  await applied(booted, plain, await put(booted, `/clusters/${plain.cluster}`, { settings: {} }));
});

test("a certificate that a node cannot read is refused by its id, and what was served before still is", async () => {
  const pem = { certificate: "file:///nowhere/shop.pem", key: "file:///nowhere/shop.key" };
  const listeners = [{ host: "127.0.0.1", port: await freePort(), tls: {} }];
  const wanted = { settings: { listeners }, certificates: [{ id: "shop", ...pem }] };
  const saved = await put(booted, `/clusters/${plain.cluster}`, wanted);
  expect(await rejected(booted, plain, saved)).toMatchObject({
    entity: "certificates.shop.certificate",
    reason: expect.stringContaining("file:///nowhere/shop.pem cannot be read") as string,
  });
  expect(await (await fetch(plain.url)).text()).toBe("of all clusters");
  await applied(booted, plain, await put(booted, `/clusters/${plain.cluster}`, { settings: {} }));
});

test("a node of a version that would refuse them is sent its APIs without settings", async () => {
  const [older, newer] = [booted.node(), booted.node()];
  closing.push(() => [older, newer].map((node) => node.cut()));
  await Promise.all([older.connect(), newer.connect()]);
  older.greet();
  newer.greet({ capabilities: [TAKES_SETTINGS] });
  const [without, with_] = await Promise.all([older.hears("snapshot"), newer.hears("snapshot")]);
  expect(Object.keys(JSON.parse(without.body) as object)).toEqual(["apis", "format", "policies"]);
  const { body } = await booted.call<PlaneNode[]>("GET", "/nodes");
  const takes = (id: string) => body.find((node) => node.id === id)?.takesSettings;
  expect([takes(older.id), takes(newer.id)]).toEqual([false, true]);
  expect(JSON.parse(with_.body)).toMatchObject({ gateway: { settings: said("of all clusters"), certificates: [] } });
});

test("a certificate of a store is fetched by the node that serves it", async () => {
  const port = await freePort();
  const listeners = [{ host: "127.0.0.1", port, tls: {} }];
  const pair = { certificate: "vault://kv/shop#certificate", key: "vault://kv/shop#key" };
  const wanted = { settings: { listeners }, certificates: [{ id: "shop", ...pair }] };
  await applied(booted, plain, await put(booted, `/clusters/${plain.cluster}`, wanted));
  expect(await servedCertificate(port)).toBe(made.x509.fingerprint256);
});

test("a port that the control plane opens serves a certificate of the node's own file", async () => {
  const port = await freePort();
  const listeners = [{ host: "127.0.0.1", port, tls: {} }];
  await applied(booted, filed, await put(booted, `/clusters/${filed.cluster}`, { settings: { listeners } }));
  expect(await servedCertificate(port)).toBe(made.x509.fingerprint256);
});

test("a node that starts while the control plane is away has its settings from disk, whatever became of a certificate", async () => {
  const own: Closing = [];
  const away = await bootPlane(inject("postgresUrl"));
  const gone = join(folder, "gone");
  writeFileSync(`${gone}.pem`, made.pem);
  writeFileSync(`${gone}.key`, made.keyPem);
  const certificates = [{ id: "gone", certificate: `file://${gone}.pem`, key: `file://${gone}.key` }];
  await put(away, "", { settings: said("kept on disk"), certificates });
  const before = await startLinkedGateway(away, {}, own);
  await answers(before, "kept on disk");
  await before.stop();
  await away.stop();
  rmSync(`${gone}.pem`);
  const again = await startLinkedGateway(away, { folder: before.folder, cluster: before.cluster }, own);
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

/** The fingerprint of what a handshake by that name is answered with. */
function servedCertificate(port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: "127.0.0.1", servername: "shop.test", rejectUnauthorized: false });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256);
      socket.destroy();
    });
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

const applied = (at: Booted, gateway: LinkedGateway, { revision }: GatewaySettingsView) =>
  waitUntil(async () => (await nodeOf(at, gateway)).applied?.revision === revision, {
    what: "the node says that it has applied it",
    timeoutMs: 20_000,
  });

const rejected = (at: Booted, gateway: LinkedGateway, { revision }: GatewaySettingsView) =>
  waitUntil(
    async () => {
      const { rejected } = await nodeOf(at, gateway);
      return rejected?.revision === revision ? rejected : null;
    },
    { what: "the node says why it refuses", timeoutMs: 20_000 },
  );
