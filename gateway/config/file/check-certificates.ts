import type { NodeSettings } from "#contracts/config/node-settings.ts";
import { processSecrets, type Secrets } from "#gateway/secrets/index.ts";
import { NEEDS_CERTIFICATE, certificateFault } from "../certificate-faults.ts";
import type { SourceDocument } from "./source-document.ts";
import type { Problem } from "./problem.ts";

interface Part {
  document: SourceDocument;
  value: NodeSettings | undefined;
}

/** A certificate that cannot be read, is none, has expired, or does not belong to its key. */
export function checkCertificates(
  parts: readonly Part[],
  problems: Problem[],
  secrets: Secrets = processSecrets,
): void {
  for (const { document, value } of parts)
    for (const [index, certificate] of (value?.certificates ?? []).entries()) {
      const found = certificateFault(certificate, secrets);
      if (found) problems.push(document.problemAt(["certificates", index, found.member], found.message));
    }
}

/** TLS without any certificate, where no other place can bring one. */
export function checkTls(parts: readonly Part[], problems: Problem[]): void {
  if (parts.some(({ value }) => value && value.certificates.length > 0)) return;
  for (const { document, value } of parts)
    for (const [index, { tls }] of (value?.settings.listeners ?? []).entries())
      if (tls !== undefined)
        problems.push(document.problemAt(["settings", "listeners", index, "tls"], NEEDS_CERTIFICATE));
}
