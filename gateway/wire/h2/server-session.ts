import { performServerHandshake, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { takenBytes } from "../answer-wait.ts";
import { Deadline } from "../deadline.ts";
import type { Inbound } from "../inbound.ts";
import { Malformed } from "../h1/malformed.ts";
import type { Pace } from "../pace.ts";
import { H2Inbound, type StreamCarrier, type StreamTimes } from "./h2-inbound.ts";

export interface SessionTimes extends StreamTimes {
  /** Without a stream, whatever else comes. */
  idleMs: number;
  /** For a client to take the last frames. */
  lingerMs: number;
  /** From the connection's beginning to its first request, when no more are wanted. */
  firstMs: number;
}

export interface SessionHooks {
  times: SessionTimes;
  pace: Pace;
  maxHeadBytes: number;
  onRequest(inbound: Inbound): void;
  /** What came is no request, or no HTTP/2: answered, or the session ended, by the session itself. */
  onMalformed(problem: Malformed): void;
}

/** Streams that one client may have open at once, and so the connections to upstreams that it can hold (RFC 9113, 6.5.2: no less). */
const MAX_STREAMS = 100;
/** Node's codes of frames that break the protocol; the others are of connections that broke. */
const BROKEN = new Set(["ERR_HTTP2_ERROR", "ERR_HTTP2_TOO_MANY_INVALID_FRAMES"]);
/** Frames that answer what a client sends at its own pace: they are no part of an answer that it takes. */
const PING_BYTES = 17;
const SETTINGS_BYTES = 9;
/** Resets in a burst and a second (CVE-2023-44487, rapid reset): past them the session ends. */
const RESET_BURST = 200;
const RESETS_PER_SECOND = 33;
/** Bytes that a client may send ahead on one stream. */
const WINDOW_BYTES = 256 * 1_024;

/** A client's HTTP/2 connection: many requests at once. */
export class ServerSession implements StreamCarrier {
  readonly socket: Socket;
  readonly times: SessionTimes;
  readonly pace: Pace;
  stalledStreams = 0;
  /** Bytes that were written without being an answer. */
  #besides = 0;
  readonly #session: ServerHttp2Session;
  readonly #deadline: Deadline;
  readonly #inFlight = new Set<H2Inbound>();
  readonly #beganAtMs = performance.now();
  #first = true;
  /** Told to finish before the first stream came. */
  #lastStream = false;
  #finishing = false;

  constructor(socket: Socket, hooks: SessionHooks) {
    this.socket = socket;
    this.times = hooks.times;
    this.pace = hooks.pace;
    this.#deadline = new Deadline(() => this.#tooLate());
    this.#awaitStream();
    this.#session = performServerHandshake(socket, {
      settings: {
        maxConcurrentStreams: MAX_STREAMS,
        maxHeaderListSize: hooks.maxHeadBytes,
        initialWindowSize: WINDOW_BYTES,
        enableConnectProtocol: true,
        enablePush: false,
      },
      streamResetBurst: RESET_BURST,
      streamResetRate: RESETS_PER_SECOND,
      maxHeaderListPairs: 200,
      // Two lines of a name that should have one are the upstream's to judge, and no reason to throw.
      strictSingleValueFields: false,
      maxSessionMemory: 10,
    });
    // A broken session closes its socket; the streams learn of it by their own close.
    this.#session.on("error", (error: NodeJS.ErrnoException) => {
      if (BROKEN.has(error.code ?? "")) hooks.onMalformed(new Malformed("bad_request", error.message));
    });
    socket.once("close", () => this.#deadline.end());
    this.#session.on("ping", () => (this.#besides += PING_BYTES));
    this.#session.on("remoteSettings", () => (this.#besides += SETTINGS_BYTES));
    this.#session.on("stream", (stream, _headers, _flags, raw) => {
      const inbound = new H2Inbound(stream, raw ?? [], this);
      this.#inFlight.add(inbound);
      this.#first = false;
      this.#deadline.clear();
      stream.once("close", () => this.#ended(inbound));
      if (this.#lastStream) this.finish();
      if (inbound.problem === undefined) hooks.onRequest(inbound);
      else {
        hooks.onMalformed(new Malformed("bad_request", inbound.problem));
        inbound.refuse();
      }
    });
  }

  takenBytes(): number {
    return takenBytes(this.socket) - this.#besides;
  }

  get isIdle(): boolean {
    return this.#inFlight.size === 0;
  }

  /** Says GOAWAY; streams under way end first, and a client that has just connected has the time for one. */
  finish(): void {
    if (this.#finishing) return;
    const untilMs = this.#beganAtMs + this.times.firstMs;
    if (this.#first && performance.now() < untilMs) {
      this.#lastStream = true;
      return this.#deadline.set(untilMs);
    }
    this.#finishing = true;
    this.#session.close();
  }

  #ended(inbound: H2Inbound): void {
    this.#inFlight.delete(inbound);
    inbound.gone();
    if (this.isIdle) this.#awaitStream();
  }

  /** Measured from the last stream's end: a client that only pings does nothing here. */
  #awaitStream(): void {
    const { idleMs, lingerMs } = this.times;
    this.#deadline.set(performance.now() + (this.#finishing ? lingerMs : idleMs));
  }

  #tooLate(): void {
    this.#first = false;
    if (this.#finishing) return void this.socket.destroy();
    this.finish();
    this.#awaitStream();
  }
}
