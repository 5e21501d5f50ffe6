import type { Socket } from "node:net";
import { unmappedAddress } from "#base/host-address.ts";
import type { Connection } from "#gateway/pipeline/index.ts";

/** What is known of a client's connection, decided once and not per request. */
export function connectionOf(socket: Socket, trusts: (address: string) => boolean): Connection {
  const address = unmappedAddress(socket.remoteAddress ?? "");
  return { address, trusted: address !== "" && trusts(address), tls: null };
}
