import type { Certificate } from "#contracts/config/listener.ts";
import type { NodeSettings } from "#contracts/config/node-settings.ts";
import { processSecrets, remoteReferencesIn, type Secrets } from "#gateway/secrets/index.ts";
import { NEEDS_CERTIFICATE, certificateFault } from "../certificate-faults.ts";
import type { SourceDocument } from "./source-document.ts";
import type { Problem } from "./problem.ts";

interface Part {
  document: SourceDocument;
  value: NodeSettings | undefined;
}

/** A certificate that cannot be read, is none, has expired, or does not belong to its key. */
export function checkCertificates(parts: readonly Part[], problems: Problem[], secrets: Secrets): void {
  check(parts, problems, (certificate) => certificateFault(certificate, secrets));
}

/** As `checkCertificates`, where no store was asked yet: those of stores are proven once they have been fetched. */
export function checkLocalCertificates(parts: readonly Part[], problems: Problem[]): void {
  check(parts, problems, (certificate) =>
    remoteReferencesIn(certificate).size === 0 ? certificateFault(certificate, processSecrets) : undefined,
  );
}

function check(
  parts: readonly Part[],
  problems: Problem[],
  faultOf: (certificate: Certificate) => ReturnType<typeof certificateFault>,
): void {
  for (const { document, value } of parts)
    for (const [index, certificate] of (value?.certificates ?? []).entries()) {
      const found = faultOf(certificate);
      if (found) problems.push(document.problemAt(["certificates", index, found.member], found.message));
    }
}

/** TLS without any certificate, where no other place can bring one. */
export function checkTls(parts: readonly Part[], problems: Problem[]): void {
  if (parts.some(({ document }) => hasCertificates(document.value))) return;
  for (const { document, value } of parts)
    for (const [index, { tls }] of (value?.settings.listeners ?? []).entries())
      if (tls !== undefined)
        problems.push(document.problemAt(["settings", "listeners", index, "tls"], NEEDS_CERTIFICATE));
}

/** Those that did not parse are there all the same: their own error is enough. */
function hasCertificates(written: unknown): boolean {
  const certificates = (written as { certificates?: unknown } | null | undefined)?.certificates;
  return Array.isArray(certificates) && certificates.length > 0;
}
