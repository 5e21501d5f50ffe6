import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { Secrets } from "#gateway/secrets/index.ts";
import type { Dial } from "./balance/target-group.ts";

/** Options of one handshake with a target. A client certificate that cannot be read is not sent. */
export function tlsTowards(host: string, wanted: Dial["tls"], secrets: Secrets): ConnectionOptions {
  const read = (reference: string | undefined) => (reference === undefined ? undefined : secrets.read(reference));
  return {
    servername: wanted?.serverName ?? (isIP(host) ? "" : host),
    rejectUnauthorized: wanted?.verify ?? true,
    // Authorities that cannot be read are none: the system's must not stand in for them.
    ca: wanted?.ca === undefined ? undefined : (read(wanted.ca) ?? []),
    cert: read(wanted?.certificate),
    key: read(wanted?.key),
  };
}
