import { hash, type X509Certificate } from "node:crypto";

/** What is asked of a TLS connection. */
export interface TlsPeer {
  getPeerX509Certificate(): X509Certificate | undefined;
}

export interface PeerCertificate {
  certificate: X509Certificate;
  /** SHA-256 of its DER form, as 64 hex characters. */
  fingerprint: string;
  /** The same in base64url: `x5t#S256` (RFC 8705, 3.1). */
  thumbprint: string;
}

/** Clients' certificates by connection: read once for each, since every call of a connection has the same. */
export class PeerCertificates {
  readonly #known = new WeakMap<TlsPeer, PeerCertificate | null>();

  /** Undefined where the connection is plain, or its client showed none. */
  of(peer: TlsPeer | null): PeerCertificate | undefined {
    if (peer === null) return undefined;
    const known = this.#known.get(peer);
    if (known !== undefined) return known ?? undefined;
    const certificate = peer.getPeerX509Certificate();
    const read = certificate === undefined ? null : describe(certificate);
    this.#known.set(peer, read);
    return read ?? undefined;
  }
}

function describe(certificate: X509Certificate): PeerCertificate {
  const fingerprint = hash("sha256", certificate.raw, "hex");
  return { certificate, fingerprint, thumbprint: Buffer.from(fingerprint, "hex").toString("base64url") };
}
