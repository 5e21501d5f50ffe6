import { expect, test } from "vitest";
import { gatewaySettings } from "#contracts/config/file.ts";
import { certificate, type Certificate } from "#contracts/config/listener.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { proveCertificates } from "./certificate-faults.ts";

const [one, other] = [makeCertificate({ subject: "/CN=one" }), makeCertificate({ subject: "/CN=other" })];
const held: Record<string, string> = { "env://PEM": one.pem, "env://KEY": one.keyPem, "env://OTHER_KEY": other.keyPem };
const secrets = { read: (reference: string) => held[reference] };
const plain = gatewaySettings.parse({});
const tls = gatewaySettings.parse({ listeners: [{ port: 8_443, tls: {} }] });
const pair = (cert: string, key: string) => certificate.parse({ id: "shop", certificate: cert, key });
const good = pair("env://PEM", "env://KEY");

test("a certificate that belongs to its key is proven", () => {
  expect(() => proveCertificates({ certificates: [good], settings: tls }, [], secrets)).not.toThrow();
});

test.each<[string, Certificate[], typeof tls, string]>([
  ["that is not there", [pair("env://GONE", "env://KEY")], plain, "certificates.shop.certificate"],
  ["of another key", [pair("env://PEM", "env://OTHER_KEY")], plain, "certificates.shop.key"],
  ["that is none", [pair("env://KEY", "env://KEY")], plain, "certificates.shop.certificate"],
  ["where TLS has none at all", [], tls, "settings.listeners[0].tls"],
])("a certificate %s is told by its place", (_what, certificates, settings, path) => {
  let refusal: unknown;
  try {
    proveCertificates({ certificates, settings }, [], secrets);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({ faults: [{ api: null, path }] });
});

test("one that is served already is not looked at: what became of it keeps no other change away", () => {
  const gone = pair("env://GONE", "env://KEY");
  expect(() => proveCertificates({ certificates: [gone], settings: plain }, [gone], secrets)).not.toThrow();
});
