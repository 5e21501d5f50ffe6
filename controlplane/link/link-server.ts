import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { background } from "#base/log.ts";
import type { NodeCredentialClaims } from "#contracts/link/enrolment.ts";
import { CHALLENGE_HEADER, HEARTBEAT_DEAD_AFTER_MS, LINK_PATH } from "#contracts/link/messages.ts";
import { readKeyCursor, readKeyEvents } from "../keys/key-events.ts";
import type { Plane } from "../plane.ts";
import type { Snapshots } from "../revisions/snapshots.ts";
import { authenticateNode } from "./authenticate-node.ts";
import { Connection } from "./connection.ts";
import { isRetired, writeRetired } from "./nodes.ts";

/** Largest frame from a node: an analytics batch of its own bound is well below. */
const MOST_FRAME_BYTES = 16 * 1024 * 1024;
/** At a planned stop nodes come back spread over this time. */
const SPREAD_RECONNECTS_MS = 2_000;
/** How long a planned stop waits for the nodes' half of the closing handshake. */
const CLOSING_MS = 2_000;

/** All links of this process. Other processes hold theirs; the database tells each what has changed. */
export class LinkServer {
  readonly #plane: Plane;
  readonly #snapshots: Snapshots;
  readonly #server: WebSocketServer;
  readonly #connections = new Map<string, Connection>();
  #alive = new WeakSet<WebSocket>();
  #keyCursor = 0;
  readonly #pulse: NodeJS.Timeout;

  constructor(plane: Plane, snapshots: Snapshots) {
    this.#plane = plane;
    this.#snapshots = snapshots;
    const perMessageDeflate = { threshold: 4_096 };
    this.#server = new WebSocketServer({ noServer: true, maxPayload: MOST_FRAME_BYTES, perMessageDeflate });
    this.#pulse = setInterval(() => this.#dropSilent(), HEARTBEAT_DEAD_AFTER_MS).unref();
  }

  /** Events up to here are the greeting's business; later ones are pushed. */
  async start(http: Server): Promise<void> {
    this.#keyCursor = await readKeyCursor(this.#plane);
    http.on("upgrade", (request, socket, head) =>
      background(this.#upgrade(request, socket, head), this.#plane.log, "link upgrade"),
    );
  }

  get connectedNodes(): number {
    return this.#connections.size;
  }

  pushRevision(): void {
    for (const connection of this.#connections.values()) connection.pushSnapshot();
  }

  async pushKeyEvents(): Promise<void> {
    for (;;) {
      const items = await readKeyEvents(this.#plane, this.#keyCursor);
      const last = items?.at(-1);
      if (!items || !last) return;
      this.#keyCursor = last.cursor;
      for (const connection of this.#connections.values()) connection.pushKeyEvents(items);
    }
  }

  async retire(node: string): Promise<void> {
    await writeRetired(this.#plane, node);
    this.#connections.get(node)?.goodbye("retired", null);
  }

  /** Tells every node that we stop and when to come back, so that they do not all return at once. */
  async stop(): Promise<void> {
    clearInterval(this.#pulse);
    for (const connection of this.#connections.values())
      connection.goodbye("stopping", Math.round(Math.random() * SPREAD_RECONNECTS_MS));
    // A peer that does not answer the closing handshake may not hold the process up.
    const impatient = setTimeout(() => {
      for (const socket of this.#server.clients) socket.terminate();
    }, CLOSING_MS);
    await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(impatient);
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const path = new URL(request.url ?? "/", "http://plane").pathname;
    if (path !== LINK_PATH) return refuseUpgrade(socket, "404 Not Found");
    const claims = await authenticateNode(this.#plane, request.headers.authorization);
    if (!claims) return refuseUpgrade(socket, "401 Unauthorized");
    if (await isRetired(this.#plane, claims.sub)) return refuseUpgrade(socket, "410 Gone");
    const challenge = randomBytes(24).toString("base64url");
    // ws offers no per-request headers for the 101 answer; this listener serves exactly one.
    const addChallenge = (headers: string[], upgraded: IncomingMessage) => {
      if (upgraded === request) headers.push(`${CHALLENGE_HEADER}: ${challenge}`);
    };
    this.#server.on("headers", addChallenge);
    this.#server.handleUpgrade(request, socket, head, (upgraded) => this.#accept(upgraded, claims, challenge));
    this.#server.off("headers", addChallenge);
    return undefined;
  }

  #accept(socket: WebSocket, claims: NodeCredentialClaims, challenge: string): void {
    const connection = new Connection(this.#plane, this.#snapshots, socket, claims, challenge);
    // The newer link of a node is the true one: the older is a half-open rest.
    this.#connections.get(claims.sub)?.goodbye("replaced", null);
    this.#connections.set(claims.sub, connection);
    this.#alive.add(socket);
    socket.on("message", () => this.#alive.add(socket));
    socket.on("pong", () => this.#alive.add(socket));
    socket.once("close", () => {
      const superseded = this.#connections.get(claims.sub) !== connection;
      if (!superseded) this.#connections.delete(claims.sub);
      background(connection.left(superseded), this.#plane.log, "link end");
    });
  }

  /** A link that was silent for a whole pulse, ping included, is dead: the other side vanished without a word. */
  #dropSilent(): void {
    for (const socket of this.#server.clients) {
      if (!this.#alive.has(socket)) {
        socket.terminate();
        continue;
      }
      this.#alive.delete(socket);
      socket.ping();
    }
  }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
