import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPair, exportJWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { visit } from "#gateway/testkit/tls-visit.ts";
import { makeCertificate, type MadeCertificate } from "#tools/testing/certificates.ts";
import { makeRevocationList } from "#tools/testing/revocation-lists.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { freePort } from "#tools/testing/free-port.ts";

let gateway: BootedGateway;
let upstream: Upstream;
let port: number;
let tokenFor: (claims: object) => Promise<string>;
const folder = mkdtempSync(join(tmpdir(), "causeway-mtls-"));

const authority = makeCertificate({ subject: "/CN=Root", authority: true });
const server = makeCertificate({ subject: "/CN=localhost", issuer: authority });
const acme = makeCertificate({ subject: "/O=Acme/CN=acme", issuer: authority, purpose: "clientAuth" });
const stranger = makeCertificate({ subject: "/O=Acme/CN=acme" });
const fingerprintOf = ({ x509 }: MadeCertificate) => x509.fingerprint256.replaceAll(":", "").toLowerCase();

/** Renamed over the one before, as tools that fetch lists do. */
function writeList(revoked: MadeCertificate[]): void {
  const list = makeRevocationList({ issuer: authority, revoked, nextUpdateMs: Date.now() + 86_400_000 });
  writeFileSync(join(folder, "crl.new"), list);
  renameSync(join(folder, "crl.new"), join(folder, "crl.pem"));
}

beforeAll(async () => {
  writeList([]);
  [upstream, port] = await Promise.all([startUpstream(), freePort()]);
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "k" };
  tokenFor = (claims) =>
    new SignJWT({ iss: "https://issuer.test", aud: "orders", sub: "alice", ...claims })
      .setProtectedHeader({ alg: "ES256", kid: "k" })
      .setExpirationTime("5m")
      .sign(privateKey);
  const api = (id: string, auth: unknown) => ({ id, listen: `/${id}`, upstream: upstream.url, auth });
  const mtls = { ca: ["env://CA"] };
  const jwt = { issuer: "https://issuer.test", audience: "orders", jwks: { keys: [jwk] } };
  gateway = await bootGateway(
    {
      apis: [
        api("any", { mtls }),
        api("listed", { mtls: { ca: ["env://CA"], crl: [`file://${join(folder, "crl.pem")}`] } }),
        api("both", { anyOf: [{ key: {}, mtls }] }),
        api("bound", { anyOf: [{ key: {} }, { jwt }] }),
      ],
      keys: [
        { id: "free", hash: `sha256:${hashToken("free")}`, apis: ["both", "bound"] },
        {
          id: "bound",
          hash: `sha256:${hashToken("bound")}`,
          apis: ["bound"],
          boundCertificate: `sha256:${fingerprintOf(acme)}`,
        },
      ],
      certificates: [{ id: "own", certificate: "env://CERTIFICATE", key: "env://KEY", default: true }],
      settings: { listeners: [{ host: "127.0.0.1", port, tls: { clientCertificates: "request" } }] },
    },
    { env: { CA: authority.pem, CERTIFICATE: server.pem, KEY: server.keyPem } },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
});

function call(path: string, shown: MadeCertificate | undefined, bearer?: string, agent: Agent | false = false) {
  const identity = shown ? { cert: shown.pem, key: shown.keyPem } : {};
  const headers = bearer ? { authorization: `Bearer ${bearer}` } : {};
  const trusted = { ca: authority.pem, servername: "localhost", checkServerIdentity: () => undefined };
  const options: RequestOptions = { host: "127.0.0.1", port, path, headers, agent, ...trusted, ...identity };
  return new Promise<{ status: number | undefined; code: string | undefined }>((resolve, reject) => {
    const asked = request(options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () =>
        resolve({ status: response.statusCode, code: (JSON.parse(text) as { code?: string }).code }),
      );
    });
    asked.once("error", reject);
    asked.end();
  });
}

describe("over a real TLS port", () => {
  test("a certificate of the authority opens, another or none does not", async () => {
    expect(await call("/any/x", acme)).toMatchObject({ status: 200 });
    expect(await call("/any/x", stranger)).toMatchObject({ status: 401, code: "certificate_untrusted" });
    expect(await call("/any/x", undefined)).toMatchObject({ status: 401, code: "certificate_missing" });
  });

  test("a client that comes back with its session shows its whole chain anew, and is let in each time", async () => {
    const intermediate = makeCertificate({ subject: "/CN=Intermediate", issuer: authority, authority: true });
    const leaf = makeCertificate({ subject: "/O=Acme/CN=leaf", issuer: intermediate, purpose: "clientAuth" });
    const shown = { cert: leaf.pem + intermediate.pem, key: leaf.keyPem };
    const trusted = { ca: authority.pem, servername: "localhost", checkServerIdentity: () => undefined };
    const hello = "GET /any/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let session: Buffer | undefined;
    for (let time = 0; time < 4; time += 1) {
      const seen = await visit({ port, session, ...trusted, ...shown }, hello);
      expect(seen.text).toMatch(/^HTTP\/1.1 200/);
      session = seen.session;
    }
    expect(session).toBeDefined();
  });

  test("a certificate that its authority took back is refused as soon as the list says so, on an open connection too", async () => {
    const taken = makeCertificate({ subject: "/CN=taken", issuer: authority, purpose: "clientAuth" });
    expect(await call("/listed/x", taken)).toMatchObject({ status: 200 });
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const callKept = () => call("/listed/x", taken, undefined, kept);
    try {
      expect(await callKept()).toMatchObject({ status: 200 });
      writeList([taken]);
      await waitUntil(async () => (await callKept()).code === "certificate_revoked", {
        what: "the connection that is open is refused",
        timeoutMs: 20_000,
      });
    } finally {
      kept.destroy();
    }
    expect(await call("/listed/x", taken)).toMatchObject({ status: 401, code: "certificate_revoked" });
    expect(await call("/listed/x", acme)).toMatchObject({ status: 200 });
    expect(await call("/any/x", taken)).toMatchObject({ status: 200 });
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^causeway_revocation_list_days_left\{api="listed",list="file:\/\/[^"]+"\} \d/m);
  });

  test("a key and a certificate, both", async () => {
    expect(await call("/both/x", acme, "free")).toMatchObject({ status: 200 });
    expect(await call("/both/x", undefined, "free")).toMatchObject({ status: 401, code: "certificate_missing" });
    expect(await call("/both/x", acme)).toMatchObject({ status: 401, code: "key_missing" });
  });

  test("a key that is bound to a certificate opens with that alone", async () => {
    expect(await call("/bound/x", acme, "bound")).toMatchObject({ status: 200 });
    expect(await call("/bound/x", stranger, "bound")).toMatchObject({ status: 401, code: "certificate_mismatch" });
    expect(await call("/bound/x", undefined, "bound")).toMatchObject({ status: 401, code: "certificate_mismatch" });
    expect(await call("/bound/x", undefined, "free")).toMatchObject({ status: 200 });
  });

  test("a token that is bound to a certificate (RFC 8705) opens with that alone", async () => {
    const thumbprint = Buffer.from(fingerprintOf(acme), "hex").toString("base64url");
    const token = await tokenFor({ cnf: { "x5t#S256": thumbprint } });
    expect(await call("/bound/x", acme, token)).toMatchObject({ status: 200 });
    expect(await call("/bound/x", stranger, token)).toMatchObject({ status: 401, code: "certificate_mismatch" });
  });

  test("a header that names a certificate is never believed", async () => {
    const headers = { "x-client-cert": acme.pem.replaceAll("\n", " "), "client-cert": ":AA==:" };
    expect((await fetch(`${gateway.url}/any/x`, { headers })).status).toBe(401);
  });
});
