import type WebSocket from "ws";
import type { Logger } from "#base/log.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import {
  fromPlane,
  HEARTBEAT_DEAD_AFTER_MS,
  HEARTBEAT_EVERY_MS,
  type FromNode,
  type FromPlane,
  type Heartbeat,
  type Hello,
} from "#contracts/link/messages.ts";
import type { Spool } from "./spool.ts";

/** Batches that may be on their way without an acknowledgement. */
const IN_FLIGHT = 8;

type ChangedKeys = { hash: string; key: KeyRecord | null }[];
type Goodbye = Extract<FromPlane, { type: "goodbye" }>;
type Snapshot = Extract<FromPlane, { type: "snapshot" }>;
type Events = Extract<FromPlane, { type: "events" }>;

/** What a session tells of the plane's messages; all are called in the order in which they came. */
export interface SessionHandlers {
  snapshot(message: Snapshot): void;
  events(message: Events): void;
  resync(cursor: number): void;
  heartbeat(): Omit<Heartbeat, "type" | "sentAtMs" | "spool" | "clockSkewMs">;
  skew(ms: number): void;
  /** Nodes of this cluster that are connected. */
  nodes(count: number): void;
}

/** Why a session ended: what was said at the end, or null where the connection just broke. */
export interface SessionEnd {
  goodbye: Goodbye["reason"] | null;
  reason: string;
  /** When to come back, where the plane said so. */
  reconnectAfterMs: number | undefined;
}

/** One link that stands: greets, listens, asks, reports. When its socket has closed it is over; the next one is another. */
export class LinkSession {
  readonly #socket: WebSocket;
  readonly #handlers: SessionHandlers;
  readonly #spool: Spool;
  readonly #log: Logger;
  readonly #lookups = new Map<number, (key: KeyRecord | null | undefined) => void>();
  readonly #verifications = new Map<number, (changed: ChangedKeys | undefined) => void>();
  readonly #sent = new Set<string>();
  readonly #timers: NodeJS.Timeout[];
  readonly ended: Promise<SessionEnd>;
  #nextId = 1;
  #heardAtMs = Date.now();
  #goodbye: Goodbye | undefined;
  #clockSkewMs: number | null = null;

  constructor(socket: WebSocket, hello: Hello, handlers: SessionHandlers, spool: Spool, log: Logger) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#spool = spool;
    this.#log = log;
    this.ended = new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve(this.#close(code, reason.toString())));
    });
    socket.on("message", (data) => this.#receive(data));
    socket.on("ping", () => (this.#heardAtMs = Date.now()));
    this.#timers = [setInterval(() => this.#beat(), HEARTBEAT_EVERY_MS)];
    this.say(hello);
    this.#beat();
    this.sendBatches();
  }

  say(message: FromNode): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** `null`: there is no such key; `undefined`: no answer came. */
  lookUp(hash: string, timeoutMs: number): Promise<KeyRecord | null | undefined> {
    const id = this.#nextId++;
    return this.#ask(this.#lookups, id, timeoutMs, undefined, () => this.say({ type: "key", id, hash }));
  }

  /** Of the keys that are named, those that differ at the plane; undefined: no answer came. */
  verify(keys: { hash: string; version: number }[], timeoutMs: number): Promise<ChangedKeys | undefined> {
    const id = this.#nextId++;
    return this.#ask(this.#verifications, id, timeoutMs, undefined, () => this.say({ type: "keysVerify", id, keys }));
  }

  /** Sends what waits, a few at a time; the rest goes as acknowledgements come. */
  sendBatches(): void {
    for (const batchId of this.#spool.pending()) {
      if (this.#sent.size >= IN_FLIGHT || this.#socket.readyState !== this.#socket.OPEN) return;
      if (this.#sent.has(batchId)) continue;
      const frame = this.#spool.frameOf(batchId);
      if (!frame) continue;
      this.#sent.add(batchId);
      this.#socket.send(frame);
    }
  }

  leave(): void {
    this.say({ type: "goodbye", reason: "stopping", reconnectAfterMs: null });
    this.#socket.close(1000, "stopping");
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #ask<T>(
    open: Map<number, (answer: T) => void>,
    id: number,
    timeoutMs: number,
    without: T,
    send: () => void,
  ): Promise<T> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(without), timeoutMs);
      const settle = (answer: T) => {
        clearTimeout(timer);
        open.delete(id);
        resolve(answer);
      };
      open.set(id, settle);
      send();
    });
  }

  #receive(data: WebSocket.RawData): void {
    this.#heardAtMs = Date.now();
    const parsed = fromPlane.safeParse(JSON.parse((data as Buffer).toString("utf8")));
    // A newer plane may say what this version does not know: what it must not do is end the link.
    if (!parsed.success) return this.#log.warn("the control plane sent a message that this version does not know");
    this.#take(parsed.data);
  }

  #take(message: FromPlane): void {
    switch (message.type) {
      case "snapshot":
        return this.#handlers.snapshot(message);
      case "events":
        return this.#handlers.events(message);
      case "resync":
        return this.#handlers.resync(message.cursor);
      case "key":
        return this.#lookups.get(message.id)?.(message.key);
      case "keysVerified":
        return this.#verifications.get(message.id)?.(message.changed);
      case "ack":
        this.#sent.delete(message.batchId);
        this.#spool.acknowledge(message.batchId);
        return this.sendBatches();
      case "heartbeatAck": {
        const now = Date.now();
        // The plane's clock at the middle of the round trip (RFC 5905's offset, without its filter).
        if (message.nodes !== undefined) this.#handlers.nodes(message.nodes);
        this.#clockSkewMs = Math.round(now - message.nowMs - (now - message.sentAtMs) / 2);
        return this.#handlers.skew(this.#clockSkewMs);
      }
      case "goodbye":
        this.#goodbye = message;
        return;
    }
  }

  #beat(): void {
    // Half-open: packets vanish and no reset comes. Silence is the only sign.
    if (Date.now() - this.#heardAtMs > HEARTBEAT_DEAD_AFTER_MS) return this.terminate();
    const figures = this.#handlers.heartbeat();
    const [sentAtMs, spool, clockSkewMs] = [Date.now(), this.#spool.size, this.#clockSkewMs];
    this.say({ type: "heartbeat", sentAtMs, ...figures, spool, clockSkewMs });
  }

  #close(code: number, reason: string): SessionEnd {
    for (const timer of this.#timers) clearInterval(timer);
    for (const settle of this.#lookups.values()) settle(undefined);
    for (const settle of this.#verifications.values()) settle(undefined);
    const { reason: goodbye = null, detail = reason, reconnectAfterMs } = this.#goodbye ?? {};
    return { goodbye, reason: detail || `closed (${code})`, reconnectAfterMs: reconnectAfterMs ?? undefined };
  }
}
