import {
  UpstreamError,
  type OutboundHandler,
  type OutboundPool,
  type OutboundRequest,
  type OutboundStream,
} from "../outbound.ts";
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
  readonly #waiting = new Set<Waiting>();
  #closing = false;

  constructor(dial: DialOptions, limits: PoolLimits) {
    this.#dial = dial;
    this.#limits = limits;
  }

  dispatch(request: OutboundRequest, handler: OutboundHandler): OutboundStream {
    for (let free = this.#idle.pop(); free !== undefined; free = this.#idle.pop()) {
      if (!free.isIdle) continue;
      free.begin(request, handler);
      return free;
    }
    if (this.#open.size < this.#limits.connections) return this.#dialFor(request, handler);
    return this.#wait(request, handler);
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
    const connection = new ClientConnection(this.#dial, {
      onFree: (free) => this.#free(free),
      onClosed: (closed) => this.#closed(closed),
    });
    this.#open.add(connection);
    connection.begin(request, handler);
    return connection;
  }

  #wait(request: OutboundRequest, handler: OutboundHandler): OutboundStream {
    const waiting = new Waiting(request, handler, this.#dial.connectMs, this.#waiting);
    if (this.#waiting.size > this.#limits.waiting) waiting.refuse("Too many requests wait for this upstream.");
    return waiting;
  }

  #free(connection: ClientConnection): void {
    if (this.#closing) return connection.destroy();
    // Asked first, since an iterator over nothing would be made for every answer.
    const next = this.#waiting.size === 0 ? undefined : this.#waiting.values().next().value;
    if (next === undefined) this.#idle.push(connection);
    else next.take(connection);
  }

  #closed(connection: ClientConnection): void {
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    const next = this.#waiting.values().next().value;
    if (next !== undefined && this.#open.size < this.#limits.connections)
      next.take(this.#dialFor(next.request, next.handler), true);
  }
}

/** A request without a connection yet. Once it has one, what is asked of it is asked of the connection. */
class Waiting implements OutboundStream {
  readonly isShared = false;
  readonly request: OutboundRequest;
  readonly handler: OutboundHandler;
  readonly #line: Set<Waiting>;
  readonly #timer: NodeJS.Timeout;
  #stream: OutboundStream | undefined = undefined;

  constructor(request: OutboundRequest, handler: OutboundHandler, limitMs: number, line: Set<Waiting>) {
    this.request = request;
    this.handler = handler;
    this.#line = line;
    line.add(this);
    this.#timer = setTimeout(() => this.refuse("No connection to the upstream came free in time."), limitMs);
  }

  take(stream: OutboundStream, begun = false): void {
    this.#leave();
    this.#stream = stream;
    if (!begun) (stream as ClientConnection).begin(this.request, this.handler);
  }

  refuse(message: string): void {
    this.#leave();
    // Not within dispatch: its caller has not got the stream yet.
    queueMicrotask(() => this.handler.onError(new UpstreamError("busy", message)));
  }

  write(chunk: Buffer): boolean {
    return this.#stream!.write(chunk);
  }
  end(trailers?: readonly string[]): void {
    this.#stream!.end(trailers);
  }
  pause(): void {
    this.#stream?.pause();
  }
  resume(): void {
    this.#stream?.resume();
  }
  abort(): void {
    this.#leave();
    this.#stream?.abort();
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#line.delete(this);
  }
}
