import { X509Certificate } from "node:crypto";
import type { Certificate } from "#contracts/config/listener.ts";
import type { Secrets } from "#gateway/secrets/index.ts";

const DAY_MS = 86_400_000;

/** How long each certificate is good for. One that cannot be read now is left out: what is served is the one before. */
export function certificateDays(certificates: readonly Certificate[], secrets: Secrets, nowMs: number) {
  return certificates.flatMap(({ id, certificate }) => {
    const text = secrets.read(certificate);
    if (text === undefined) return [];
    try {
      const daysLeft = (new X509Certificate(text).validToDate.getTime() - nowMs) / DAY_MS;
      return [{ certificate: id, daysLeft: Math.round(daysLeft * 100) / 100 }];
    } catch {
      // In the middle of being replaced.
      return [];
    }
  });
}
