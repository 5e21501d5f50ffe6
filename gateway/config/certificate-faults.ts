import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { Certificate } from "#contracts/config/listener.ts";
import { messageOf } from "#base/errors.ts";
import { processSecrets, type Secrets } from "#gateway/secrets/index.ts";
import type { Configuration } from "./configuration.ts";
import { RefusedConfiguration, type Fault } from "./refused-configuration.ts";

export const NEEDS_CERTIFICATE = "TLS needs at least one entry of certificates";

/** Throws where a listener speaks TLS and there is no certificate at all. */
export function demandCertificate({ certificates, settings }: Pick<Configuration, "certificates" | "settings">): void {
  const index = settings.listeners.findIndex(({ tls }) => tls !== undefined);
  if (index === -1 || certificates.length > 0) return;
  throw new RefusedConfiguration([{ api: null, path: `settings.listeners[${index}].tls`, message: NEEDS_CERTIFICATE }]);
}

/** Throws where a listener's ciphers are none that OpenSSL knows: its port would open, and no handshake would end. */
export function proveCiphers({ listeners }: Pick<Configuration["settings"], "listeners">): void {
  const faults = listeners.flatMap(({ tls }, index): Fault[] => {
    if (tls?.ciphers === undefined) return [];
    try {
      createSecureContext({ minVersion: tls.minVersion, ciphers: tls.ciphers });
      return [];
    } catch {
      const message = "names no cipher; expected OpenSSL's list (ECDHE-RSA-AES256-GCM-SHA384:…), or suites of TLS 1.3";
      return [{ api: null, path: `settings.listeners[${index}].tls.ciphers`, message }];
    }
  });
  if (faults.length > 0) throw new RefusedConfiguration(faults);
}

/**
 * Throws where a certificate that is not served yet cannot be. Those that are served already are not looked at: one that
 * expires must not keep a change of an API away.
 */
export function proveCertificates(
  certificates: Configuration["certificates"],
  served: readonly Certificate[],
  secrets: Secrets = processSecrets,
): void {
  const known = new Set(served.map((certificate) => JSON.stringify(certificate)));
  const faults: Fault[] = certificates
    .filter((certificate) => !known.has(JSON.stringify(certificate)))
    .flatMap((certificate) => {
      const fault = certificateFault(certificate, secrets);
      return fault
        ? [{ api: null, path: `certificates.${certificate.id}.${fault.member}`, message: fault.message }]
        : [];
    });
  if (faults.length > 0) throw new RefusedConfiguration(faults);
}

/** Why a certificate cannot be served: it cannot be read, is none, has expired, or does not belong to its key. */
export function certificateFault(
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
