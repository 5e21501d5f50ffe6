import { afterAll, beforeAll, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { visit } from "#gateway/testkit/tls-visit.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { workersOf } from "#gateway/testkit/workers-of.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { freePort } from "#tools/testing/free-port.ts";

const WORKERS = 4;
const VISITS = 40;
const HELLO = "GET /a/x HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";

const authority = makeCertificate({ subject: "/CN=Test Authority", authority: true });
const own = makeCertificate({ subject: "/CN=a.example", issuer: authority, names: ["a.example"] });
let upstream: Upstream;
let gateway: BootedGateway;
let port: number;

beforeAll(async () => {
  [upstream, port] = await Promise.all([startUpstream(), freePort()]);
  gateway = await bootGateway(
    {
      apis: [{ id: "a", listen: "/a", auth: "none", upstream: upstream.url }],
      certificates: [{ id: "own", certificate: "env://CERTIFICATE", key: "env://KEY" }],
      settings: { listeners: [{ host: "127.0.0.1", port, tls: {} }] },
    },
    { workers: WORKERS, env: { CERTIFICATE: own.pem, KEY: own.keyPem } },
  );
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const come = (session?: Buffer) =>
  visit({ port, ca: authority.pem, servername: "a.example", session, ALPNProtocols: ["http/1.1"] }, HELLO);

/** Of many connections with one session, how many resumed it; every one is answered. */
async function resumedOf(session: Buffer): Promise<number> {
  const visits = await Promise.all(Array.from({ length: VISITS }, () => come(session)));
  expect(visits.every(({ text }) => text.startsWith("HTTP/1.1 200"))).toBe(true);
  return visits.filter(({ resumed }) => resumed).length;
}

test("a client that comes back resumes its TLS session, whichever worker it meets, also one that was replaced", async () => {
  const { session, resumed } = await come();
  expect(resumed).toBe(false);
  expect(await resumedOf(session!)).toBe(VISITS);

  for (const pid of workersOf(gateway)) process.kill(pid, "SIGKILL");
  await waitUntil(async () => (await gateway.status()).workers.restarts === WORKERS, {
    what: "all workers are replaced",
    timeoutMs: 20_000,
  });
  await waitUntil(() => come(), { what: "they serve", timeoutMs: 20_000 });
  expect(await resumedOf(session!)).toBe(VISITS);
});
