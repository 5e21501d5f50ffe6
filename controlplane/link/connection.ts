import type { RawData, WebSocket } from "ws";
import { messageOf } from "#base/errors.ts";
import { background } from "#base/log.ts";
import type { NodeCredentialClaims } from "#contracts/link/enrolment.ts";
import { fromNode, type FromNode, type FromPlane, type Hello, type KeyEvent } from "#contracts/link/messages.ts";
import { ingestBatch } from "../analytics/ingest.ts";
import { readKeyCursor, readKeyEvents } from "../keys/key-events.ts";
import { changedKeys, lookUpKey } from "../keys/manage-keys.ts";
import type { Plane } from "../plane.ts";
import type { Snapshots } from "../revisions/snapshots.ts";
import { provesKey } from "./authenticate-node.ts";
import { countConnected, writeApplied, writeGone, writeHeartbeat, writeHello, writeRejected } from "./nodes.ts";

/** A node that reads this slowly is cut off; it comes back and catches up from its cursor. */
const MOST_BUFFERED_BYTES = 64 * 1024 * 1024;

/** One node's link: greets, then answers each message. Messages that change what we know of it are taken in order. */
export class Connection {
  readonly claims: NodeCredentialClaims;
  readonly #plane: Plane;
  readonly #snapshots: Snapshots;
  readonly #socket: WebSocket;
  readonly #challenge: string;
  #greeted = false;
  #capabilities: readonly string[] = [];
  #left = false;
  /** Cursor of the last key event that was sent; null until the greeting has caught up. */
  #keyCursor: number | null = null;
  /** The revision and hash that were sent last, or that the node already had. */
  #sent: string | null = null;
  #order: Promise<void> = Promise.resolve();

  constructor(plane: Plane, snapshots: Snapshots, socket: WebSocket, claims: NodeCredentialClaims, challenge: string) {
    this.#plane = plane;
    this.#snapshots = snapshots;
    this.#socket = socket;
    this.#challenge = challenge;
    this.claims = claims;
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("error", (error) => plane.log.info({ err: error, node: claims.sub }, "link broke"));
  }

  get greeted(): boolean {
    return this.#greeted;
  }

  /** Sends the newest snapshot unless the node has it. */
  pushSnapshot(): void {
    if (!this.#greeted) return;
    const { cluster, tags } = this.claims;
    const snapshot = this.#snapshots.for({ cluster, tags, capabilities: this.#capabilities });
    // The number counts too: a node says which revision it runs, also when its own share did not change.
    if (this.#sent === nameOf(snapshot)) return;
    this.#sent = nameOf(snapshot);
    this.#send({ type: "snapshot", ...snapshot });
  }

  /** Sends the events that this node has not had; before its greeting has caught up it takes them from the log itself. */
  pushKeyEvents(items: KeyEvent[]): void {
    if (this.#keyCursor === null) return;
    const fresh = items.filter((item) => item.cursor > this.#keyCursor!);
    const last = fresh.at(-1);
    if (!last) return;
    this.#keyCursor = last.cursor;
    this.#send({ type: "events", cursor: last.cursor, items: fresh });
  }

  /** A planned end: the node knows why and when to come back. */
  goodbye(reason: Extract<FromPlane, { type: "goodbye" }>["reason"], reconnectAfterMs: number | null): void {
    this.#send({ type: "goodbye", reason, reconnectAfterMs });
    this.#socket.close(1000, reason);
  }

  /** Called once, when the socket has closed: what it said before is written first. */
  async left(superseded: boolean): Promise<void> {
    this.#left = true;
    await this.#order;
    if (this.#greeted && !superseded) await writeGone(this.#plane, this.claims.sub);
  }

  #receive(data: RawData, isBinary: boolean): void {
    const frame = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    const { log } = this.#plane;
    if (isBinary) return background(this.#ingest(frame), log, "analytics batch");
    const parsed = parseFrame(frame);
    if (!parsed) return this.#refuse("a frame that is no message of this protocol");
    if (parsed.type === "key" || parsed.type === "keysVerify")
      return background(this.#answer(parsed), log, "key lookup");
    this.#order = this.#order
      .then(() => this.#take(parsed))
      .catch((error: unknown) => {
        log.error({ err: error, node: this.claims.sub }, `link: ${messageOf(error)}`);
        // What could not be written is said again at the next greeting.
        this.#socket.close(1011, "try again");
      });
  }

  async #take(message: Exclude<FromNode, { type: "key" | "keysVerify" }>): Promise<void> {
    if (message.type === "hello") return this.#greet(message);
    if (!this.#greeted) return this.#refuse("a message before hello");
    const { sub: node } = this.claims;
    switch (message.type) {
      case "applied":
        return writeApplied(this.#plane, node, message);
      case "rejected": {
        const { revision, entity, reason } = message;
        return writeRejected(this.#plane, node, { revision, entity, reason });
      }
      case "heartbeat": {
        // Read before it is answered, so that the clock's reading is not older than the answer.
        const nodes = await countConnected(this.#plane, this.claims.cluster);
        this.#send({ type: "heartbeatAck", sentAtMs: message.sentAtMs, nowMs: this.#plane.clock.now(), nodes });
        return writeHeartbeat(this.#plane, node, message);
      }
      case "goodbye":
        this.#socket.close(1000, message.reason);
        return undefined;
    }
  }

  async #greet(hello: Hello): Promise<void> {
    if (hello.node !== this.claims.sub || !provesKey(this.claims, this.#challenge, hello.proof))
      return this.#refuse("a greeting that the node's key did not sign");
    await writeHello(this.#plane, this.claims, hello);
    if (this.#left) return undefined;
    this.#greeted = true;
    this.#capabilities = hello.capabilities;
    this.#sent = hello.applied ? nameOf(hello.applied) : null;
    this.pushSnapshot();
    return this.#catchUp(hello.keyCursor);
  }

  async #catchUp(cursor: number | null): Promise<void> {
    let from = cursor ?? (await readKeyCursor(this.#plane));
    if (cursor === null) this.#send({ type: "events", cursor: from, items: [] });
    for (;;) {
      const items = await readKeyEvents(this.#plane, from);
      if (items === null) {
        from = await readKeyCursor(this.#plane);
        this.#send({ type: "resync", cursor: from });
        continue;
      }
      const last = items.at(-1);
      if (!last) break;
      from = last.cursor;
      this.#send({ type: "events", cursor: from, items });
    }
    this.#keyCursor = from;
    // An event that was committed while we read the last page was not pushed here: look once more, now that pushes reach us.
    const late = await readKeyEvents(this.#plane, from);
    if (late) this.pushKeyEvents(late);
  }

  async #answer(message: Extract<FromNode, { type: "key" | "keysVerify" }>): Promise<void> {
    if (!this.#greeted) return this.#refuse("a message before hello");
    if (message.type === "key") {
      const key = await lookUpKey(this.#plane, message.hash);
      return this.#send({ type: "key", id: message.id, key });
    }
    const changed = await changedKeys(this.#plane, message.keys);
    return this.#send({ type: "keysVerified", id: message.id, changed });
  }

  async #ingest(frame: Buffer): Promise<void> {
    // The batch waits for the greeting before it: both may arrive in one packet.
    await this.#order;
    if (!this.#greeted) return this.#refuse("analytics before hello");
    const batchId = await ingestBatch(this.#plane, { node: this.claims.sub, cluster: this.claims.cluster }, frame);
    return this.#send({ type: "ack", batchId });
  }

  #refuse(what: string): void {
    this.#plane.log.warn({ node: this.claims.sub }, `link refused ${what}`);
    this.#send({ type: "goodbye", reason: "protocol", detail: `refused: ${what}`, reconnectAfterMs: 10_000 });
    this.#socket.close(1008, "protocol");
  }

  #send(message: FromPlane): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MOST_BUFFERED_BYTES) return this.#socket.terminate();
    this.#socket.send(JSON.stringify(message));
  }
}

const nameOf = ({ revision, hash }: { revision: number; hash: string }) => `${revision} ${hash}`;

function parseFrame(frame: Buffer): FromNode | undefined {
  let value: unknown;
  try {
    value = JSON.parse(frame.toString("utf8"));
  } catch {
    // Not JSON: the caller refuses it like any other frame that is no message.
    return undefined;
  }
  const parsed = fromNode.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
