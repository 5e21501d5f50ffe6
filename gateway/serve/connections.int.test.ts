import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { freePort } from "#tools/testing/free-port.ts";

const MOST = 20;
let gateway: BootedGateway;
let upstream: Upstream;
let folder: string;
let tlsPort: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "causeway-connections-"));
  const { pem, keyPem } = makeCertificate({ subject: "/CN=a", names: ["a"] });
  writeFileSync(join(folder, "a.pem"), pem);
  writeFileSync(join(folder, "a.key"), keyPem);
  upstream = await startUpstream();
  tlsPort = await freePort();
  const reference = (name: string) => `file://${join(folder, name)}`;
  gateway = await bootGateway({
    apis: [{ id: "any", listen: "/", auth: "none", upstream: upstream.url }],
    certificates: [{ id: "a", certificate: reference("a.pem"), key: reference("a.key"), default: true }],
    settings: { maxConnections: MOST, listeners: [{ host: "127.0.0.1", port: tlsPort, tls: {} }] },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
});

const plain = () => connectPlain(Number(new URL(gateway.url).port), "127.0.0.1");
const rawToTls = () => connectPlain(tlsPort, "127.0.0.1");
const secured = () => connectTls({ port: tlsPort, host: "127.0.0.1", servername: "a", rejectUnauthorized: false });

/** Whether a request over the socket is answered; false where the connection is closed instead. */
function isServed(socket: Socket): Promise<boolean> {
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  return new Promise((resolve) => {
    socket.once("data", () => resolve(true));
    socket.once("close", () => resolve(false));
  });
}
/** As many at once; none of them stays. */
async function servedOf(sockets: Socket[]): Promise<number> {
  const served = await Promise.all(sockets.map(isServed));
  for (const socket of sockets) socket.destroy();
  return served.filter(Boolean).length;
}
const metrics = async () => (await fetch(`${gateway.adminUrl}/metrics`)).text();
const turnedAway = async () =>
  Number(/^causeway_connections_turned_away_total (\d+)/m.exec(await metrics())?.[1] ?? -1);
const isEmpty = async () => !/^causeway_connections\{.*\} [1-9]/m.test(await metrics());

test("a connection past the most is closed and counted, and the next one is served when one has gone, whatever it spoke", async () => {
  for (const open of [plain, rawToTls, secured]) {
    await waitUntil(isEmpty, { what: "nobody is connected", timeoutMs: 15_000 });
    const before = await turnedAway();
    const held = Array.from({ length: MOST - 2 }, open);
    for (const socket of held) socket.on("error", () => {});
    await Promise.all(held.map((socket) => once(socket, "connect")));
    // Connections to one port are taken in their order, so those before these two stand as well.
    const last = [secured(), plain()];
    for (const socket of last) expect(await isServed(socket)).toBe(true);
    expect(await servedOf([plain(), secured()])).toBe(0);
    await waitUntil(async () => (await turnedAway()) >= before + 2, { what: "both are counted", timeoutMs: 15_000 });
    for (const socket of [...held, ...last]) socket.destroy();
    await waitUntil(async () => (await servedOf(Array.from({ length: MOST }, plain))) === MOST, {
      what: "there is all the room again",
      timeoutMs: 10_000,
    });
  }
}, 60_000);
