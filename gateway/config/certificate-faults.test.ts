import { expect, test } from "vitest";
import { gatewaySettings } from "#contracts/config/file.ts";
import { certificate } from "#contracts/config/listener.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { demandCertificate, proveCertificates, proveCiphers } from "./certificate-faults.ts";

const [one, other] = [makeCertificate({ subject: "/CN=one" }), makeCertificate({ subject: "/CN=other" })];
const held: Record<string, string> = { "env://PEM": one.pem, "env://KEY": one.keyPem, "env://OTHER_KEY": other.keyPem };
const secrets = { read: (reference: string) => held[reference] };
const tls = gatewaySettings.parse({ listeners: [{ port: 8_443, tls: {} }] });
const pair = (cert: string, key: string) => certificate.parse({ id: "shop", certificate: cert, key });
const good = pair("env://PEM", "env://KEY");

test("a certificate that belongs to its key is proven", () => {
  expect(() => proveCertificates([good], [], secrets)).not.toThrow();
});

test.each([
  ["that is not there", pair("env://GONE", "env://KEY"), "certificate"],
  ["of another key", pair("env://PEM", "env://OTHER_KEY"), "key"],
  ["that is none", pair("env://KEY", "env://KEY"), "certificate"],
])("a certificate %s is told by its place", (_what, certificate, member) => {
  expect(() => proveCertificates([certificate], [], secrets)).toThrow(`certificates.shop.${member}: `);
});

test("TLS without any certificate is told by its listener", () => {
  expect(() => demandCertificate({ certificates: [], settings: tls })).toThrow("settings.listeners[0].tls: ");
  expect(() => demandCertificate({ certificates: [good], settings: tls })).not.toThrow();
});

test("ciphers that nobody knows are told by their listener", () => {
  const withCiphers = (ciphers: string) =>
    gatewaySettings.parse({ listeners: [{ port: 8_442 }, { port: 8_443, tls: { ciphers } }] });
  expect(() => proveCiphers(withCiphers("nonsense"))).toThrow("settings.listeners[1].tls.ciphers: ");
  for (const known of ["ECDHE-RSA-AES256-GCM-SHA384", "TLS_AES_256_GCM_SHA384", "HIGH:!aNULL"])
    expect(() => proveCiphers(withCiphers(known))).not.toThrow();
});

test("one that is served already is not looked at: what became of it keeps no other change away", () => {
  const gone = pair("env://GONE", "env://KEY");
  expect(() => proveCertificates([gone], [gone], secrets)).not.toThrow();
});
