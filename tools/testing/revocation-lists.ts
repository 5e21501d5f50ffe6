import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MadeCertificate } from "./certificates.ts";

export interface RevocationWishes {
  issuer: MadeCertificate;
  revoked: readonly MadeCertificate[];
  /** When a newer list is due. */
  nextUpdateMs: number;
  /** Extensions of the list, in OpenSSL's words. */
  extensions?: readonly string[];
  /** What is signed over: sha256. */
  digest?: string;
}

/** A certificate authority's revocation list in PEM, by openssl. */
export function makeRevocationList(wishes: RevocationWishes): string {
  const { issuer, revoked, nextUpdateMs, extensions = [], digest = "sha256" } = wishes;
  const folder = mkdtempSync(join(tmpdir(), "causeway-crl-"));
  const at = (name: string) => join(folder, name);
  try {
    writeFileSync(at("ca.pem"), issuer.pem);
    writeFileSync(at("ca.key"), issuer.keyPem);
    const rows = revoked.map(({ x509 }) => `R\t491231235959Z\t200101000000Z\t${x509.serialNumber}\tunknown\t/CN=x\n`);
    writeFileSync(at("index.txt"), rows.join(""));
    const head = ["[ca]", "default_ca=own", "[own]", `database=${at("index.txt")}`];
    const list = extensions.length > 0 ? ["crl_extensions=list", "[list]", ...extensions] : [];
    writeFileSync(at("ca.cnf"), `${[...head, ...list].join("\n")}\n`);
    const signer = ["-config", at("ca.cnf"), "-cert", at("ca.pem"), "-keyfile", at("ca.key"), "-md", digest];
    const times = ["-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", written(nextUpdateMs)];
    execFileSync("openssl", ["ca", "-gencrl", ...signer, ...times, "-out", at("crl.pem")], { stdio: "pipe" });
    return readFileSync(at("crl.pem"), "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 20260101120000Z */
function written(atMs: number): string {
  return `${new Date(atMs).toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
}
