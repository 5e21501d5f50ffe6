import { reject, type Reply } from "#gateway/pipeline/reply.ts";

const refused = reject(502, "upstream_refused", "The upstream refused the connection.");
const unresolved = reject(502, "upstream_unresolved", "The upstream's name does not resolve.");
const closed = reject(502, "upstream_closed", "The upstream closed the connection without an answer.");
const malformed = reject(502, "upstream_malformed", "The upstream's answer is not HTTP.");
const timedOut = reject(504, "upstream_timeout", "The upstream did not answer in time.");
const denied = reject(502, "upstream_denied", "The upstream's address is not allowed here.");
const unsendable = reject(400, "request_unsendable", "The request holds a header or path that cannot be sent on.");
const tls = reject(502, "upstream_tls", "No secure connection to the upstream could be made.");
const tooLarge = reject(413, "body_too_large", "The request's body is too large.");
export const noTarget = reject(503, "upstream_unavailable", "No target of the upstream takes requests.", [
  "Retry-After",
  "5",
]);

const byCode: Record<string, Reply> = {
  ECONNREFUSED: refused,
  EHOSTUNREACH: refused,
  ENETUNREACH: refused,
  EADDRNOTAVAIL: refused,
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  UND_ERR_CONNECT_TIMEOUT: timedOut,
  ETIMEDOUT: timedOut,
  UND_ERR_HEADERS_TIMEOUT: timedOut,
  UND_ERR_BODY_TIMEOUT: timedOut,
  UND_ERR_HEADERS_OVERFLOW: malformed,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: malformed,
  ERR_INVALID_CHAR: malformed,
  ERR_INVALID_HTTP_TOKEN: malformed,
  UND_ERR_INVALID_ARG: unsendable,
  CAUSEWAY_ADDRESS_DENIED: denied,
  CAUSEWAY_BODY_TOO_LARGE: tooLarge,
};

/** The dial failed, so no byte left: another target may be tried whatever the method. */
const dialFailures = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);
/** The connection broke: a request may have been read by the upstream. */
const brokenConnections = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

export type FailureKind = "dial" | "broken" | "final";

/** What the client is told about a failed exchange with the upstream, and whether a second try may be thought of. */
export function failureOf(error: unknown): { reply: Reply; kind: FailureKind } {
  const code = codeOf(error);
  if (code === undefined) return { reply: closed, kind: "final" };
  const kind = dialFailures.has(code) ? "dial" : brokenConnections.has(code) ? "broken" : "final";
  if (code.startsWith("HPE_")) return { reply: malformed, kind };
  if (code.startsWith("ERR_TLS") || code.startsWith("ERR_SSL") || code.includes("CERT")) return { reply: tls, kind };
  return { reply: byCode[code] ?? closed, kind };
}

function codeOf(error: unknown): string | undefined {
  const { code, errors } = error as { code?: unknown; errors?: unknown[] };
  // Happy eyeballs collects one error an address; the first names the cause.
  if (typeof code !== "string" && errors?.[0]) return codeOf(errors[0]);
  return typeof code === "string" ? code : undefined;
}
