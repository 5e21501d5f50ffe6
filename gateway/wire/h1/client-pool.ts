import type { OutboundHandler, OutboundPool, OutboundRequest, OutboundStream } from "../outbound.ts";
import { WaitingLine } from "../waiting-line.ts";
import { ClientConnection, type DialOptions } from "./client-connection.ts";

export interface PoolLimits {
  connections: number;
  /** Requests that wait for a connection; each waits `connectMs` at most. */
  waiting: number;
}

/** Connections to one origin, the one used last first, so that a quiet time closes those that are not needed. */
export class ClientPool implements OutboundPool {
  readonly #dial: DialOptions;
  readonly #limits: PoolLimits;
  readonly #idle: ClientConnection[] = [];
  readonly #open = new Set<ClientConnection>();
  readonly #line: WaitingLine<ClientConnection>;
  #closing = false;

  constructor(dial: DialOptions, limits: PoolLimits) {
    this.#dial = dial;
    this.#limits = limits;
    this.#line = new WaitingLine({ waiting: limits.waiting, waitMs: dial.connectMs });
  }

  dispatch(request: OutboundRequest, handler: OutboundHandler): OutboundStream {
    for (let free = this.#idle.pop(); free !== undefined; free = this.#idle.pop()) {
      if (!free.isIdle) continue;
      free.begin(request, handler);
      return free;
    }
    if (this.#open.size < this.#limits.connections) return this.#dialFor(request, handler);
    return this.#line.wait(request, handler);
  }

  close(): void {
    this.#closing = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  destroy(): void {
    this.close();
    for (const connection of this.#open) connection.destroy();
  }

  #dialFor(request: OutboundRequest, handler: OutboundHandler): OutboundStream {
    const { stalled } = this.#line;
    const connection = new ClientConnection(this.#dial, {
      onFree: (free) => this.#free(free),
      onClosed: (closed) => this.#closed(closed),
      onPaused: (one, paused) => (paused ? stalled.began(one) : stalled.ended(one)),
    });
    this.#open.add(connection);
    connection.begin(request, handler);
    return connection;
  }

  #free(connection: ClientConnection): void {
    if (this.#closing) return connection.destroy();
    const next = this.#line.first();
    if (next === undefined) return void this.#idle.push(connection);
    next.take(connection);
    connection.begin(next.request, next.handler);
  }

  #closed(connection: ClientConnection): void {
    this.#open.delete(connection);
    this.#line.stalled.ended(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    const next = this.#line.first();
    if (next !== undefined && this.#open.size < this.#limits.connections)
      next.take(this.#dialFor(next.request, next.handler));
  }
}
