import { constants, hash } from "node:crypto";
import type { SecureContextOptions } from "node:tls";
import type { Listener } from "#contracts/config/listener.ts";

type ResumptionOptions = Pick<SecureContextOptions, "ticketKeys" | "sessionIdContext" | "secureOptions">;

/**
 * How clients of a port resume their TLS sessions: by tickets (RFC 8446, 4.6.1), whose key all workers of a node have, so
 * that a client may come back to any of them. They are taken at ports that speak alike: what a port with weaker ciphers
 * agreed on opens no stricter one. Where clients show certificates nobody resumes: a ticket holds the client's own without
 * those that lead to its authority, so each connection shows them anew.
 */
export function resumptionFor(
  { minVersion, ciphers, clientCertificates }: NonNullable<Listener["tls"]>,
  ticketKeys: Buffer | undefined,
): ResumptionOptions {
  if (clientCertificates === "request") return { secureOptions: constants.SSL_OP_NO_TICKET };
  const sessionIdContext = hash("sha256", JSON.stringify([minVersion, ciphers]), "base64url").slice(0, 32);
  return { sessionIdContext, ...(ticketKeys && { ticketKeys }) };
}
