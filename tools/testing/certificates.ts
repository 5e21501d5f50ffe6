import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface MadeCertificate {
  pem: string;
  keyPem: string;
  x509: X509Certificate;
}

export interface CertificateWishes {
  subject: string;
  /** Absent: it signs itself. */
  issuer?: MadeCertificate;
  authority?: boolean;
  /** OpenSSL's words: `clientAuth`. */
  purpose?: string;
  /** DNS names that it is for. */
  names?: string[];
}

/** A certificate that is valid for thirty days from now, by openssl, which every machine that runs these tests has. */
export function makeCertificate(wishes: CertificateWishes): MadeCertificate {
  const { subject, issuer, authority = false, purpose, names = [] } = wishes;
  const folder = mkdtempSync(join(tmpdir(), "causeway-certificate-"));
  const at = (name: string) => join(folder, name);
  try {
    const signing = issuer ? ["-CA", at("ca.pem"), "-CAkey", at("ca.key")] : [];
    if (issuer) {
      writeFileSync(at("ca.pem"), issuer.pem);
      writeFileSync(at("ca.key"), issuer.keyPem);
    }
    const extensions = [
      `basicConstraints=critical,CA:${authority ? "TRUE" : "FALSE"}`,
      ...(names.length > 0 ? [`subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`] : []),
      ...(purpose ? [`extendedKeyUsage=${purpose}`] : []),
    ];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at("key.pem")];
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-subj", subject, "-days", "30", "-out", at("cert.pem"), ...key, ...signing],
        ...extensions.flatMap((extension) => ["-addext", extension]),
      ],
      { stdio: "pipe" },
    );
    const pem = readFileSync(at("cert.pem"), "utf8");
    return { pem, keyPem: readFileSync(at("key.pem"), "utf8"), x509: new X509Certificate(pem) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
