import type { Socket } from "node:net";
import type { Connection } from "#gateway/pipeline/index.ts";

/** What is known of a client's connection, decided once and not per request. */
export function connectionOf(socket: Socket, trusts: (address: string) => boolean): Connection {
  // An IPv4 client of a socket that listens for both.
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
  return { address, trusted: address !== "" && trusts(address), tls: null };
}
