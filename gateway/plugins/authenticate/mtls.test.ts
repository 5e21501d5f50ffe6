import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import { keyRecord } from "#contracts/key/record.ts";
import { policy } from "#contracts/policy/policy.ts";
import { exchangeOf, pluginDepsOf } from "#gateway/testkit/identified.ts";
import { makeCertificate, type MadeCertificate } from "#tools/testing/certificates.ts";
import { makeRevocationList } from "#tools/testing/revocation-lists.ts";
import type { Reply } from "#gateway/pipeline/index.ts";
import { authenticate } from "./index.ts";

const authority = makeCertificate({ subject: "/CN=Root", authority: true });
const between = makeCertificate({ subject: "/CN=Between", issuer: authority, authority: true });
const client = makeCertificate({ subject: "/O=Acme/CN=acme", issuer: authority, purpose: "clientAuth" });
const deep = makeCertificate({ subject: "/O=Acme/CN=deep", issuer: between });
const server = makeCertificate({ subject: "/CN=server", issuer: authority, purpose: "serverAuth" });
const stranger = makeCertificate({ subject: "/O=Acme/CN=acme" });
const notAuthority = makeCertificate({ subject: "/CN=child", issuer: client });

const fingerprintOf = ({ x509 }: MadeCertificate) => `sha256:${x509.fingerprint256.replaceAll(":", "").toLowerCase()}`;
const tlsOf = (made: MadeCertificate | undefined) => ({ getPeerX509Certificate: () => made?.x509 });
const days = (count: number) => Date.now() + count * 86_400_000;

function stepOf(auth: unknown, deps = pluginDepsOf()) {
  const api = apiSettings.parse({ id: "orders", listen: "/", upstream: "http://a.test", auth });
  return authenticate.compile({ ...api, operations: [] }, deps)!;
}
const codeOf = async (reply: unknown) => ((await reply) as Reply | undefined)?.code;

describe("a client certificate", () => {
  test.each<[string, MadeCertificate | undefined, string | undefined]>([
    ["none", undefined, "certificate_missing"],
    ["of the authority", client, undefined],
    ["that signed itself under the same name", stranger, "certificate_untrusted"],
    ["for servers", server, "certificate_untrusted"],
    ["of one that is no authority", notAuthority, "certificate_untrusted"],
    ["of an authority in between that was not sent", deep, "certificate_untrusted"],
  ])("%s", async (_name, made, code) => {
    const step = stepOf({ mtls: { ca: [authority.pem] } });
    expect(await codeOf(step(exchangeOf({ tls: tlsOf(made) })))).toBe(code);
  });

  test("over a plain connection is missing", async () => {
    expect(await codeOf(stepOf({ mtls: { ca: [authority.pem] } })(exchangeOf()))).toBe("certificate_missing");
  });

  test("is refused from its last day on, on a connection that was accepted before", async () => {
    const step = stepOf({ mtls: { ca: [authority.pem] } });
    const tls = tlsOf(client);
    expect(await codeOf(step(exchangeOf({ tls })))).toBeUndefined();
    expect(await codeOf(step(exchangeOf({ tls, nowMs: days(31) })))).toBe("certificate_expired");
    expect(await codeOf(step(exchangeOf({ tls: tlsOf(client), nowMs: days(-2) })))).toBe("certificate_expired");
  });

  test("is let in by fingerprint or by its subject, and a known one that is not on the list is 403", async () => {
    const allow = [fingerprintOf(client), { subject: { O: "Acme", CN: "deep" } }];
    const step = stepOf({ mtls: { ca: [authority.pem, between.pem], allow } });
    expect(await codeOf(step(exchangeOf({ tls: tlsOf(client) })))).toBeUndefined();
    expect(await codeOf(step(exchangeOf({ tls: tlsOf(deep) })))).toBeUndefined();
    const other = makeCertificate({ subject: "/O=Acme/CN=other", issuer: authority });
    expect(await step(exchangeOf({ tls: tlsOf(other) }))).toMatchObject({
      status: 403,
      code: "certificate_not_allowed",
    });
  });

  test("without an authority is known by its fingerprint alone", async () => {
    const step = stepOf({ mtls: { allow: [fingerprintOf(stranger)] } });
    expect(await codeOf(step(exchangeOf({ tls: tlsOf(stranger) })))).toBeUndefined();
    expect(await codeOf(step(exchangeOf({ tls: tlsOf(client) })))).toBe("certificate_untrusted");
  });

  test("brings its policies, and names the caller by fingerprint", async () => {
    const deps = pluginDepsOf({ policies: [policy.parse({ id: "gold", apis: ["orders"] })] });
    const exchange = exchangeOf({ tls: tlsOf(client) });
    expect(await stepOf({ mtls: { ca: [authority.pem], policies: ["gold"] } }, deps)(exchange)).toBeUndefined();
    expect(exchange.principal).toMatchObject({ policies: ["gold"], claims: { sub: "acme" } });
    expect(exchange.principal!.keyId).toBe(`mtls:${fingerprintOf(client).slice(7)}`);
  });

  test("is read from a real connection, with the authorities that the client sent", async () => {
    const { socket, close } = await handshake(deep, [between]);
    try {
      const step = stepOf({ mtls: { ca: [authority.pem] } });
      expect(await codeOf(step(exchangeOf({ tls: socket })))).toBeUndefined();
    } finally {
      close();
    }
  });

  test("that its authority took back is 401, from the next look at the list on also on an open connection", async () => {
    const listOf = (revoked: MadeCertificate[]) =>
      makeRevocationList({ issuer: authority, revoked, nextUpdateMs: days(1) });
    const lists = { CRL: listOf([]) };
    const step = stepOf({ mtls: { ca: [authority.pem], crl: ["env://CRL"] } }, pluginDepsOf({ secrets: lists }));
    const [tls, nowMs] = [tlsOf(client), Date.now()];
    expect(await codeOf(step(exchangeOf({ tls, nowMs })))).toBeUndefined();
    lists.CRL = listOf([client]);
    expect(await codeOf(step(exchangeOf({ tls, nowMs: nowMs + 5_000 })))).toBe("certificate_revoked");
    const other = makeCertificate({ subject: "/CN=other", issuer: authority });
    expect(await codeOf(step(exchangeOf({ tls: tlsOf(other), nowMs: nowMs + 5_000 })))).toBeUndefined();
    // Nobody knows what stands on the list that is due; what is known holds.
    expect(await codeOf(step(exchangeOf({ tls, nowMs: days(2) })))).toBe("certificate_revoked");
    expect(await codeOf(step(exchangeOf({ tls: tlsOf(other), nowMs: days(2) })))).toBeUndefined();
  });

  test("a list that is of no use is named at load", () => {
    const crl = [makeRevocationList({ issuer: stranger, revoked: [], nextUpdateMs: days(1) })];
    expect(() => stepOf({ mtls: { ca: [authority.pem], crl } })).toThrow(
      "auth.anyOf[0].mtls: crl[0]: expected a list that is signed by one of `ca`",
    );
    expect(() => stepOf({ mtls: { allow: [fingerprintOf(client)], crl } })).toThrow("expected ca with crl");
  });

  test("an authority that is no certificate is named at load", () => {
    expect(() => stepOf({ mtls: { ca: ["env://NOWHERE"] } })).toThrow(
      "auth.anyOf[0].mtls: ca[0]: env://NOWHERE cannot be read",
    );
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    expect(() => stepOf({ mtls: { ca: [authority.pem, broken] } })).toThrow("ca[1]: expected a certificate in PEM");
  });
});

describe("a key that is bound to a certificate", () => {
  const key = keyRecord.parse({
    id: "acme",
    hash: "0".repeat(64),
    apis: ["orders"],
    boundCertificate: fingerprintOf(client),
  });
  const headers: [string, string][] = [["X-API-Key", "text"]];

  test.each<[string, MadeCertificate | undefined, string | undefined]>([
    ["opens with it", client, undefined],
    ["does not open with another", stranger, "certificate_mismatch"],
    ["does not open without one", undefined, "certificate_mismatch"],
  ])("%s", async (_name, made, code) => {
    const exchange = exchangeOf({ headers, ...(made ? { tls: tlsOf(made) } : {}) });
    expect(await codeOf(stepOf("key", pluginDepsOf({ keys: { text: key } }))(exchange))).toBe(code);
  });
});

/** A TLS server's side of a connection whose client shows a certificate and those that vouch for it. */
async function handshake(made: MadeCertificate, sent: MadeCertificate[]) {
  const listener = createServer({
    key: server.keyPem,
    cert: server.pem,
    requestCert: true,
    rejectUnauthorized: false,
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const accepted = once(listener, "secureConnection") as Promise<[TLSSocket]>;
  const cert = [made, ...sent].map(({ pem }) => pem).join("\n");
  const caller = connect({ port, host: "127.0.0.1", key: made.keyPem, cert, rejectUnauthorized: false });
  const [socket] = await accepted;
  expect(socket.getPeerX509Certificate()).toBeInstanceOf(X509Certificate);
  return {
    socket,
    close: () => {
      caller.destroy();
      socket.destroy();
      listener.close();
    },
  };
}
