import type { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { pluginDepsOf } from "#gateway/testkit/identified.ts";
import { makeCertificate, type MadeCertificate } from "#tools/testing/certificates.ts";
import { makeRevocationList, type RevocationWishes } from "#tools/testing/revocation-lists.ts";
import { readRevocationLists, serialOf } from "./revocation-list.ts";
import { Revocations } from "./revocations.ts";

const NOW = Date.UTC(2026, 0, 1);
const DUE = Date.UTC(2049, 11, 31, 23, 59, 59);
const authority = makeCertificate({ subject: "/CN=Root", authority: true });
const other = makeCertificate({ subject: "/CN=Other", authority: true });
const between = makeCertificate({ subject: "/CN=Between", issuer: authority, authority: true });
const [one, two] = [1, 2].map((number) => makeCertificate({ subject: `/CN=${number}`, issuer: authority }));
const deep = makeCertificate({ subject: "/CN=deep", issuer: between });

const listOf = (revoked: MadeCertificate[], more: Partial<RevocationWishes> = {}) =>
  makeRevocationList({ issuer: authority, revoked, nextUpdateMs: DUE, ...more });
const read = (text: string) => readRevocationLists(text, [other.x509, authority.x509]);

describe("a revocation list", () => {
  test.each([
    ["SHA-256", "sha256", DUE],
    ["SHA-512, and is due in a year that needs four digits", "sha512", Date.UTC(2051, 5, 1)],
  ])("is read where its authority signed it with %s", (_name, digest, nextUpdateMs) => {
    const [list] = read(listOf([one!, two!], { digest, nextUpdateMs }));
    expect(list).toEqual({
      authorities: [authority.x509],
      serials: new Set([one!, two!].map(({ x509 }) => serialOf(x509.serialNumber))),
      nextUpdateMs,
    });
  });

  test("may name nobody, and several may stand in one text", () => {
    expect(read(listOf([]) + listOf([one!])).map(({ serials }) => serials.size)).toEqual([0, 1]);
  });

  test("that is for some certificates alone is read; one that changes another list is refused", () => {
    const part = "issuingDistributionPoint=critical,@idp\n[idp]\nonlyuser=TRUE";
    expect(read(listOf([one!], { extensions: [part] }))[0]!.serials.size).toBe(1);
    const changes = "2.5.29.27=critical,ASN1:INTEGER:1";
    expect(() => read(listOf([one!], { extensions: [changes] }))).toThrow("expected a whole list of one authority");
  });

  test.each<[string, string, string]>([
    ["of a stranger", listOf([one!], { issuer: makeCertificate({ subject: "/CN=Root", authority: true }) }), "`ca`"],
    ["that was altered", altered(listOf([one!])), "`ca`"],
    ["that is none", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----", "and this is none"],
    ["that is cut", cut(listOf([one!])), "and this is none"],
    ["that is not there", authority.pem, "expected a revocation list in PEM"],
  ])("%s is refused", (_name, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

/** With another serial number in it. */
function altered(pem: string): string {
  const der = derOf(pem);
  der[der.indexOf(Buffer.from(one!.x509.serialNumber, "hex")) + 3]! ^= 1;
  return pemOf(der);
}
function cut(pem: string): string {
  const der = derOf(pem);
  return pemOf(der.subarray(0, der.length - 20));
}
function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
}
function pemOf(der: Buffer): string {
  return `-----BEGIN X509 CRL-----\n${der.toString("base64")}\n-----END X509 CRL-----`;
}

describe("revocations", () => {
  const withText = (text: string) => {
    const secrets = { text: text as string | undefined, read: () => secrets.text };
    return { secrets, revocations: new Revocations(["file:///crl.pem"], [authority.x509], secrets) };
  };

  test("are of the authority that issued a certificate, wherever in its chain that stands", () => {
    const { revocations } = withText(listOf([one!, between]));
    expect(revocations.include([one!.x509, authority.x509])).toBe(true);
    expect(revocations.include([two!.x509, authority.x509])).toBe(false);
    expect(revocations.include([deep.x509, between.x509, authority.x509])).toBe(true);
    // The same number of another authority is another certificate.
    const { serialNumber } = one!.x509;
    expect(revocations.include([{ serialNumber, checkIssued: () => false } as unknown as X509Certificate])).toBe(false);
  });

  test("hold again within five seconds of a change; what is bad or gone changes nothing", () => {
    const { secrets, revocations } = withText(listOf([]));
    const chain = [one!.x509, authority.x509];
    revocations.refresh(NOW);
    secrets.text = listOf([one!]);
    revocations.refresh(NOW + 4_999);
    expect(revocations.include(chain)).toBe(false);
    revocations.refresh(NOW + 5_000);
    expect([revocations.include(chain), revocations.version]).toEqual([true, 1]);
    for (const [index, text] of [undefined, "", "nothing", listOf([], { issuer: other })].entries()) {
      secrets.text = text;
      revocations.refresh(NOW + (index + 2) * 5_000);
      expect([revocations.include(chain), revocations.version]).toEqual([true, 1]);
    }
    secrets.text = listOf([two!]);
    revocations.refresh(NOW + 60_000);
    expect([revocations.include(chain), revocations.version]).toEqual([false, 2]);
  });

  test("that are late still hold", () => {
    const { revocations } = withText(listOf([one!], { nextUpdateMs: Date.UTC(2021, 0, 1) }));
    revocations.refresh(NOW);
    expect(revocations.include([one!.x509])).toBe(true);
    expect(revocations.include([two!.x509])).toBe(false);
  });

  test("are held once for all APIs that name the same ones", () => {
    const { identity } = pluginDepsOf();
    const [ca, crl] = [[authority.pem], [listOf([one!])]];
    expect(identity.revocations({ ca: [...ca], crl: [...crl] })).toBe(identity.revocations({ ca, crl }));
    expect(identity.revocations({ ca, crl: [listOf([])] })).not.toBe(identity.revocations({ ca, crl }));
  });

  test("that cannot be read at load are named", () => {
    const secrets = { read: () => undefined };
    expect(() => new Revocations([listOf([]), "file:///crl.pem"], [authority.x509], secrets)).toThrow(
      "crl[1]: file:///crl.pem cannot be read",
    );
  });
});
