import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Connection } from "#gateway/pipeline/index.ts";
import { inRanges, type Ranges } from "#gateway/upstream/index.ts";

/** What is known of a client's connection, decided once and not per request. */
export function connectionOf(socket: Socket, trustedProxies: Ranges): Connection {
  // An IPv4 client of a socket that listens for both.
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
  return {
    address,
    trusted: address !== "" && inRanges(trustedProxies, address),
    tls: socket instanceof TLSSocket ? socket : null,
  };
}
