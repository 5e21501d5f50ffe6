import type { X509Certificate } from "node:crypto";
import type { MtlsAuth } from "#contracts/api/proof-auth.ts";
import { judgeChain, readAuthorities, type PeerCertificate, type Revocations } from "#gateway/identity/index.ts";
import type { PluginDeps } from "#gateway/pipeline/index.ts";
import { Identity } from "#gateway/session/index.ts";
import type { Method } from "./method.ts";
import { absent, forbidden, policyInactive, Refusal, refused } from "./refusal.ts";

const challenge = 'Certificate realm="causeway"';
const missing = absent("certificate_missing", "Connect with a client certificate.", challenge);
const untrusted = refused("certificate_untrusted", "This client certificate is not known here.", challenge);
const expired = refused(
  "certificate_expired",
  "This client certificate, or one that vouches for it, is not valid now.",
  challenge,
);
const revoked = refused("certificate_revoked", "This client certificate was taken back by its authority.", challenge);
const notAllowed = forbidden("certificate_not_allowed", "This client certificate is not allowed here.");

interface Judged {
  found: Identity | Refusal;
  validUntilMs: number;
  /** Of the revocation lists that it was held against. */
  version: number;
}

/** Client certificates of this node's own TLS connections: the chain is verified once a connection, its end at each call. */
export function mtlsMethod(api: string, config: MtlsAuth, { identity, sessions, secrets }: PluginDeps): Method {
  const authorities = config.ca?.flatMap((entry, index) => readAuthorities(entry, `ca[${index}]`, secrets)) ?? null;
  const { ca, crl } = config;
  const revocations = crl && identity.revocations({ ca, crl });
  const isAllowed = allowListOf(config.allow);
  const known = new WeakMap<PeerCertificate, Judged>();
  const judge = (peer: PeerCertificate, nowMs: number): Judged => {
    const version = revocations?.version ?? 0;
    const verdict = judgeChain(peer.certificate, authorities, nowMs, revocations);
    if (verdict === "untrusted") return { found: untrusted, validUntilMs: Infinity, version };
    // Asked again at the next call: one that is not valid yet may be by then.
    if (verdict === "expired") return { found: expired, validUntilMs: -Infinity, version };
    if (verdict === "revoked") return { found: revoked, validUntilMs: Infinity, version };
    const found = isAllowed(peer) ? callerFrom(peer, api, config) : authorities === null ? untrusted : notAllowed;
    return { found, ...verdict, version };
  };
  return {
    isKey: false,
    missing,
    identify(exchange) {
      const peer = identity.peerCertificate(exchange.connection.tls);
      if (peer === undefined) return missing;
      revocations?.refresh(exchange.nowMs);
      let judged = known.get(peer);
      if (judged === undefined || judged.validUntilMs <= exchange.nowMs || isOutdated(judged, revocations)) {
        judged = judge(peer, exchange.nowMs);
        known.set(peer, judged);
      }
      if (judged.found instanceof Refusal) return judged.found;
      const session = sessions.sessionOf(judged.found);
      exchange.principal = session;
      return session.active ? session : policyInactive;
    },
  };
}

/** An open connection does not outlive its certificate's place on a list. */
function isOutdated({ version }: Judged, revocations: Revocations | undefined): boolean {
  return revocations !== undefined && version !== revocations.version;
}

function callerFrom({ certificate, fingerprint }: PeerCertificate, api: string, { policies }: MtlsAuth): Identity {
  const { CN } = subjectOf(certificate);
  const claims = { sub: CN ?? fingerprint, fingerprint: `sha256:${fingerprint}`, subject: certificate.subject };
  const apis = policies.length === 0 ? { [api]: {} } : {};
  return new Identity({ id: `mtls:${fingerprint}`, policies, apis, claims });
}

function allowListOf(allow: MtlsAuth["allow"]): (peer: PeerCertificate) => boolean {
  if (!allow) return () => true;
  const fingerprints = new Set(allow.filter((entry) => typeof entry === "string"));
  const subjects = allow.flatMap((entry) => (typeof entry === "string" ? [] : [Object.entries(entry.subject)]));
  return ({ certificate, fingerprint }) => {
    if (fingerprints.has(`sha256:${fingerprint}`)) return true;
    if (subjects.length === 0) return false;
    const subject = subjectOf(certificate);
    return subjects.some((wanted) => wanted.every(([name, value]) => [subject[name]].flat().includes(value)));
  };
}

/** Attributes by name; one that stands several times is a list. */
function subjectOf(certificate: X509Certificate): Record<string, string | string[] | undefined> {
  // A subject without attributes is absent, which Node's types do not say.
  return certificate.toLegacyObject().subject ?? {};
}
