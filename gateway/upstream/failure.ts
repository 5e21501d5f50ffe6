import { reject, type Reply } from "#gateway/pipeline/reply.ts";
import type { UpstreamError } from "#gateway/wire/index.ts";

const soon = ["Retry-After", "1"] as const;
const refused = reject(502, "upstream_refused", "The upstream refused the connection.");
const unresolved = reject(502, "upstream_unresolved", "The upstream's name does not resolve.");
const closed = reject(502, "upstream_closed", "The upstream closed the connection without an answer.");
const malformed = reject(502, "upstream_malformed", "The upstream's answer is not HTTP.");
const timedOut = reject(504, "upstream_timeout", "The upstream did not answer in time.");
const denied = reject(502, "upstream_denied", "The upstream's address is not allowed here.");
const tls = reject(502, "upstream_tls", "No secure connection to the upstream could be made.");
const busy = reject(503, "upstream_busy", "All connections to the upstream are taken.", soon);
export const bodyTooLarge = reject(413, "body_too_large", "The request's body is too large.");
export const noTarget = reject(503, "upstream_unavailable", "No target of the upstream takes requests.", [
  "Retry-After",
  "5",
]);

/** Every target's breaker is open. */
export function circuitOpen(waitMs: number): Reply {
  const detail = "The upstream failed too often and is left alone for a while.";
  return reject(503, "circuit_open", detail, ["Retry-After", String(Math.max(1, Math.ceil(waitMs / 1_000)))]);
}

const byKind: Record<Exclude<UpstreamError["kind"], "dial">, Reply> = {
  broken: closed,
  cut: closed,
  timeout: timedOut,
  malformed,
  busy,
};

const byDialCode: Record<string, Reply> = {
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  ETIMEDOUT: timedOut,
  CONNECT_TIMEOUT: timedOut,
  CAUSEWAY_ADDRESS_DENIED: denied,
};

/** What the client is told about a failed exchange with the upstream. */
export function replyFor({ kind, code }: UpstreamError): Reply {
  if (kind !== "dial") return byKind[kind];
  if (code === undefined) return refused;
  return byDialCode[code] ?? (isTlsCode(code) ? tls : refused);
}

/** OpenSSL's verification results have no prefix in common. */
function isTlsCode(code: string): boolean {
  return /^ERR_(TLS|SSL)|CERT|^UNABLE_TO|SELF_SIGNED|^EPROTO$/.test(code);
}
