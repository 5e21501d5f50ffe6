import type { Socket } from "node:net";
import type { Connection } from "#gateway/pipeline/index.ts";
import {
  ServerConnection,
  ServerSession,
  type Inbound,
  type Malformed,
  type Pace,
  type ServerTimes,
} from "#gateway/wire/index.ts";
import { ClientCounts, type Protocol } from "./client-figures.ts";
import { answerBadRequest } from "./bad-request.ts";

/** nginx's usual values, which clients are used to. */
const TIMES: ServerTimes = {
  headMs: 30_000,
  idleMs: 75_000,
  bodyIdleMs: 60_000,
  stalledMs: 60_000,
  lingerMs: 5_000,
  firstMs: 1_000,
};
/** Before a client's pace is looked at (Kestrel: MinRequestBodyDataRate). */
const GRACE_MS = 10_000;
const MAX_HEAD_BYTES = 32 * 1_024;

interface Client {
  socket: Socket;
  isIdle: boolean;
  finish(): void;
}

/** The connections of clients, whatever they speak. */
export class Clients {
  readonly #onRequest: (inbound: Inbound, connection: Connection) => void;
  readonly #open = new Set<Client>();
  readonly #streams = new Set<Socket>();
  #whenEmpty: (() => void) | undefined = undefined;
  readonly counts = new ClientCounts();
  /** Accepted sockets, those among them that have not said yet what they speak. */
  #sockets = 0;
  maxConnections = Infinity;
  readonly #pace: Pace = { bytesPerSecond: 0, graceMs: GRACE_MS };

  constructor(onRequest: (inbound: Inbound, connection: Connection) => void) {
    this.#onRequest = onRequest;
  }

  get size(): number {
    return this.#open.size + this.#streams.size;
  }

  /** Of connections that stand, too. */
  expectPace(bytesPerSecond: number): void {
    this.#pace.bytesPerSecond = bytesPerSecond;
  }

  /** False: there are as many as may be. Asked before anything is read, so that handshakes and half-open ones count. */
  admits(socket: Socket): boolean {
    if (this.#sockets >= this.maxConnections) {
      this.counts.turnedAway();
      return false;
    }
    this.#sockets += 1;
    socket.once("close", () => {
      this.#sockets -= 1;
      this.#look();
    });
    return true;
  }

  serve(socket: Socket, facts: Connection, protocol: "http/1.1" | "h2"): void {
    if (protocol === "h2") return this.#serveH2(socket, facts);
    const connection = new ServerConnection(socket, {
      times: TIMES,
      pace: this.#pace,
      maxHeadBytes: MAX_HEAD_BYTES,
      onRequest: (inbound) => this.#onRequest(inbound, facts),
      onMalformed: (one, problem) => {
        this.counts.refused(problem);
        answerBadRequest(one, problem);
      },
      onPreface: (one, head) => {
        this.#open.delete(connection);
        this.counts.closed("http/1.1");
        // Paused first: a stream that flows would hand the bytes to nobody.
        one.pause();
        one.unshift(head);
        this.#serveH2(one, facts);
      },
    });
    this.#keep(connection, "http/1.1");
    // It was paused where a header came before.
    socket.resume();
  }

  /** A proxied stream, to be counted and cut with the rest. */
  keepStream(socket: Socket): void {
    this.#streams.add(socket);
    this.counts.opened("stream");
    socket.once("close", () => {
      this.#streams.delete(socket);
      this.counts.closed("stream");
      this.#look();
    });
  }

  /** No request after the one under way; resolves when the last connection has ended, those in their handshake too. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
      for (const client of this.#open) client.finish();
      this.#look();
    });
  }

  cutAll(): void {
    for (const { socket } of this.#open) socket.destroy();
    for (const socket of this.#streams) socket.destroy();
  }

  #serveH2(socket: Socket, facts: Connection): void {
    const hooks = {
      times: TIMES,
      pace: this.#pace,
      maxHeadBytes: MAX_HEAD_BYTES,
      onRequest: (inbound: Inbound) => this.#onRequest(inbound, facts),
      onMalformed: (problem: Malformed) => this.counts.refused(problem),
    };
    this.#keep(new ServerSession(socket, hooks), "h2");
  }

  #keep(client: Client, protocol: Protocol): void {
    this.#open.add(client);
    // It was accepted before and is understood only now.
    if (this.#whenEmpty !== undefined) client.finish();
    this.counts.opened(protocol);
    client.socket.once("close", () => {
      // A connection that turned out to speak HTTP/2 was given to another.
      if (this.#open.delete(client)) this.counts.closed(protocol);
      this.#look();
    });
  }

  #look(): void {
    if (this.size === 0 && this.#sockets === 0) this.#whenEmpty?.();
  }
}
