import type { X509Certificate } from "node:crypto";
import type { Revocations } from "./revocations.ts";

/** Intermediate authorities between a client and one of ours. */
const MAX_DEPTH = 6;
const CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";

/** Why a certificate is not believed, or until when it is. */
export type ChainVerdict = "untrusted" | "expired" | "revoked" | { validUntilMs: number };

/**
 * Whether a certificate was issued by one of the authorities, directly or through the certificates that its client sent
 * with it; every link is verified, and every certificate must be valid now and stand on no list. Null: who issued it does
 * not matter here.
 */
export function judgeChain(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[] | null,
  nowMs: number,
  revocations?: Revocations,
): ChainVerdict {
  const purposes = certificate.keyUsage as string[] | undefined;
  if (purposes && !purposes.includes(CLIENT_AUTHENTICATION)) return "untrusted";
  const chain = authorities === null ? [certificate] : chainOf(certificate, authorities);
  if (chain === undefined) return "untrusted";
  if (!chain.every((link) => isValidAt(link, nowMs))) return "expired";
  if (revocations?.include(chain)) return "revoked";
  return { validUntilMs: Math.min(...chain.map((link) => link.validToDate.getTime())) };
}

function chainOf(leaf: X509Certificate, authorities: readonly X509Certificate[]): X509Certificate[] | undefined {
  const chain = [leaf];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const last = chain.at(-1)!;
    const authority = authorities.find((candidate) => isIssuedBy(last, candidate));
    if (authority) return [...chain, authority];
    const sent = last.issuerCertificate;
    // A certificate that signed itself leads nowhere new.
    if (!sent || sent.raw.equals(last.raw) || !isIssuedBy(last, sent)) return undefined;
    chain.push(sent);
  }
  return undefined;
}

/** Name and key: `checkIssued` compares names and usages, `verify` the signature. */
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
  return certificate.validFromDate.getTime() <= nowMs && nowMs < certificate.validToDate.getTime();
}
