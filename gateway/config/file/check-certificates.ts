import { createPrivateKey, X509Certificate } from "node:crypto";
import type { FileConfiguration } from "#contracts/config/file.ts";
import type { Certificate } from "#contracts/config/listener.ts";
import { messageOf } from "#base/errors.ts";
import { processSecrets, type Secrets } from "#gateway/secrets/index.ts";
import type { SourceDocument } from "./source-document.ts";
import type { Problem } from "./problem.ts";

interface Part {
  document: SourceDocument;
  value: Pick<FileConfiguration, "certificates" | "settings"> | undefined;
}

/** A certificate that cannot be read, is none, has expired, or does not belong to its key; and TLS without any. */
export function checkCertificates(
  parts: readonly Part[],
  problems: Problem[],
  secrets: Secrets = processSecrets,
): void {
  const count = parts.reduce((sum, { value }) => sum + (value?.certificates.length ?? 0), 0);
  for (const { document, value } of parts) {
    for (const [index, certificate] of (value?.certificates ?? []).entries()) {
      const found = problemOf(certificate, secrets);
      if (found) problems.push(document.problemAt(["certificates", index, found.member], found.message));
    }
    for (const [index, { tls }] of (value?.settings.listeners ?? []).entries())
      if (tls !== undefined && count === 0)
        problems.push(
          document.problemAt(["settings", "listeners", index, "tls"], "TLS needs at least one entry of certificates"),
        );
  }
}

function problemOf(
  { certificate, key }: Certificate,
  secrets: Secrets,
): { member: "certificate" | "key"; message: string } | undefined {
  const [certificateText, keyText] = [secrets.read(certificate), secrets.read(key)];
  if (certificateText === undefined)
    return { member: "certificate", message: `${certificate} cannot be read; expected a PEM certificate there` };
  if (keyText === undefined)
    return { member: "key", message: `${key} cannot be read; expected a PEM private key there` };
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificateText);
  } catch {
    return { member: "certificate", message: `${certificate} holds no PEM certificate (-----BEGIN CERTIFICATE-----)` };
  }
  if (parsed.validToDate.getTime() <= Date.now())
    return { member: "certificate", message: `expired on ${parsed.validToDate.toISOString()}; renew it` };
  try {
    if (parsed.checkPrivateKey(createPrivateKey(keyText))) return undefined;
    return {
      member: "key",
      message: `does not belong to ${certificate}; expected the private key of that certificate`,
    };
  } catch (error) {
    return { member: "key", message: `${key} holds no private key without a passphrase: ${messageOf(error)}` };
  }
}
