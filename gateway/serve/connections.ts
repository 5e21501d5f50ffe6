import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Connection, Exchange } from "#gateway/pipeline/index.ts";
import { inRanges, type Ranges } from "#gateway/upstream/index.ts";

export type { Ranges };

const state = Symbol("causeway connection");

type StatefulSocket = Socket & { [state]?: Connection };

/**
 * Clients' connections. One close listener a connection, not one a request: it finds the exchanges that were in flight, so
 * that an upstream is not kept busy for a client that has left.
 */
export class Connections {
  readonly #trusted: Ranges;
  readonly #onGone: (exchange: Exchange) => void;
  size = 0;

  constructor(trusted: Ranges, onGone: (exchange: Exchange) => void) {
    this.#trusted = trusted;
    this.#onGone = onGone;
  }

  open(socket: StatefulSocket): void {
    const address = (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
    const connection: Connection = {
      address,
      trusted: address !== "" && inRanges(this.#trusted, address),
      tls: socket instanceof TLSSocket ? socket : null,
      inFlight: undefined,
    };
    socket[state] = connection;
    this.size += 1;
    socket.once("close", () => {
      this.size -= 1;
      while (connection.inFlight) {
        const exchange = connection.inFlight;
        connection.inFlight = exchange.sibling;
        this.#onGone(exchange);
      }
    });
  }

  enter(socket: StatefulSocket, exchange: Exchange): void {
    const connection = socket[state]!;
    exchange.connection = connection;
    exchange.sibling = connection.inFlight;
    connection.inFlight = exchange;
  }

  leave(exchange: Exchange): void {
    const connection = exchange.connection;
    if (!connection) return;
    if (connection.inFlight === exchange) {
      connection.inFlight = exchange.sibling;
      return;
    }
    for (let other = connection.inFlight; other; other = other.sibling)
      if (other.sibling === exchange) other.sibling = exchange.sibling;
  }
}
