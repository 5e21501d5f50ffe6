import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { Certificate, Listener } from "#contracts/config/listener.ts";
import { messageOf } from "#base/errors.ts";
import type { Logger } from "#base/log.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import { resumptionFor } from "./session-tickets.ts";

interface Entry {
  certificate: Certificate;
  pems: { cert: string | undefined; key: string | undefined };
  text: string;
  context: SecureContext;
  names: readonly string[];
}

/** The certificates that are served now. One whose files changed is swapped; one that cannot be read keeps what it was. */
export class CertificateBook {
  readonly #secrets: Secrets;
  readonly #log: Logger;
  #entries: Entry[] = [];
  #byName = new Map<string, SecureContext>();
  #fallback: SecureContext | undefined = undefined;
  /** Of the node's workers, for base contexts from now on. Undefined: each context has a key that nobody else has. */
  ticketKeys: Buffer | undefined = undefined;

  constructor(secrets: Secrets, log: Logger) {
    this.#secrets = secrets;
    this.#log = log;
  }

  /** Handshakes from now on; those under way end with what they began with. */
  use(certificates: readonly Certificate[]): void {
    this.#entries = certificates.flatMap((certificate) => this.#load(certificate) ?? []);
    this.#index();
  }

  /** Reads again what the references hold. Whether anything is another now. */
  refresh(): boolean {
    const before = this.#entries;
    this.#entries = before.flatMap(({ certificate }) => this.#load(certificate) ?? []);
    const changed = this.#entries.some((entry, index) => entry !== before[index]);
    if (changed) this.#index();
    return changed;
  }

  /** `undefined`: no certificate for that name. */
  find(serverName: string): SecureContext | undefined {
    const name = serverName.toLowerCase();
    return this.#byName.get(name) ?? this.#byName.get(name.replace(/^[^.]+/, "*")) ?? this.#fallback;
  }

  /**
   * What a handshake begins with: versions, ciphers, tickets, and the certificate for a client that asks for no name. Tickets
   * outlive a renewed certificate, since a client that resumes is shown none.
   */
  baseContext(tls: NonNullable<Listener["tls"]>): SecureContext {
    const { minVersion, ciphers } = tls;
    const standing = this.#entries.find(({ certificate }) => certificate.default);
    const pair = standing && { cert: standing.pems.cert, key: standing.pems.key };
    const resumption = resumptionFor(tls, this.ticketKeys);
    return createSecureContext({ minVersion, ...(ciphers && { ciphers }), ...pair, ...resumption });
  }

  #load(certificate: Certificate): Entry | undefined {
    const before = this.#entries.find((entry) => entry.certificate.id === certificate.id);
    const cert = this.#secrets.read(certificate.certificate);
    const key = this.#secrets.read(certificate.key);
    const text = JSON.stringify([cert, key, certificate]);
    if (before?.text === text) return before;
    try {
      const context = createSecureContext({ cert, key } satisfies SecureContextOptions);
      if (before) this.#log.info({ certificate: certificate.id }, "a certificate was swapped");
      return { certificate, pems: { cert, key }, text, context, names: certificate.hosts ?? namesIn(cert!) };
    } catch (error) {
      this.#log.error(
        { certificate: certificate.id, err: messageOf(error) },
        before ? "a changed certificate cannot be used; the one before is served on" : "a certificate cannot be used",
      );
      return before;
    }
  }

  #index(): void {
    this.#byName = new Map(this.#entries.flatMap(({ names, context }) => names.map((name) => [name, context])));
    this.#fallback = this.#entries.find(({ certificate }) => certificate.default)?.context;
  }
}

/** Of the subject's alternative names (RFC 6125); a common name alone names nothing any more. */
export function namesIn(pem: string): string[] {
  const { subjectAltName = "" } = new X509Certificate(pem);
  return [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name]) => name!.toLowerCase());
}
