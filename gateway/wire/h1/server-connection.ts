import type { Socket } from "node:net";
import { AnswerWait, takenBytes } from "../answer-wait.ts";
import { BodyWait } from "../body-wait.ts";
import { Deadline } from "../deadline.ts";
import type { Inbound } from "../inbound.ts";
import type { Pace } from "../pace.ts";
import { hasBareLine } from "./bare-line.ts";
import { H1Inbound, type RequestCarrier } from "./h1-inbound.ts";
import { Malformed } from "./malformed.ts";
import { parseRequestHead } from "./request-head.ts";

/** Milliseconds that a client may take, and bytes that it may send ahead. */
export interface ServerTimes {
  /** From a request's first byte to the end of its head. */
  headMs: number;
  /** Between two requests. */
  idleMs: number;
  /** Between two pieces of a request's body that is read. */
  bodyIdleMs: number;
  /** Without a byte taken by a client that is sent an answer. */
  stalledMs: number;
  /** For a refused request's body to end by itself. */
  lingerMs: number;
  /** From the connection's beginning to its first request, when no more are wanted. */
  firstMs: number;
}

export interface ServerHooks {
  times: ServerTimes;
  pace: Pace;
  maxHeadBytes: number;
  onRequest(inbound: Inbound): void;
  /** The bytes are no request: answered and closed by the connection itself. */
  onMalformed(socket: Socket, problem: Malformed | "timeout"): void;
  /** The first bytes are HTTP/2's preface: the socket is the caller's from here on. */
  onPreface(socket: Socket, head: Buffer): void;
}

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
/** Bytes of the next request, or of a body that nobody reads yet, before the socket is paused. */
const AHEAD_BYTES = 65_536;

/** A client's HTTP/1.1 connection: one request at a time, the next one parsed when the answer has ended. */
export class ServerConnection implements RequestCarrier {
  readonly socket: Socket;
  readonly #hooks: ServerHooks;
  readonly #deadline: Deadline;
  #pending: Buffer | undefined = undefined;
  /** Where the search for the head's end goes on. */
  #searched = 0;
  #current: H1Inbound | undefined = undefined;
  #working = false;
  #first = true;
  readonly #beganAtMs = performance.now();
  #released = false;
  /** An answer waits for the client to take it. */
  #stalled = false;
  #lastAnswer = false;
  /** Made at the first wait, since most connections never see one. */
  #bodyWait: BodyWait | undefined = undefined;
  #answerWait: AnswerWait | undefined = undefined;

  constructor(socket: Socket, hooks: ServerHooks) {
    this.socket = socket;
    this.#hooks = hooks;
    this.#deadline = new Deadline(() => this.#tooLate());
    this.#deadline.set(this.#beganAtMs + hooks.times.headMs);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("drain", this.#onDrain);
    socket.once("close", this.#onClose);
  }

  get isIdle(): boolean {
    return this.#current === undefined && this.#pending === undefined;
  }

  /** For bytes, and not for an answer or for the client to take one. */
  get #isReading(): boolean {
    return this.#current === undefined && !this.#stalled;
  }

  /**
   * No request is taken after the one under way. A client that has just connected has sent its first one perhaps already,
   * and knows of no reason why it should be lost; between two requests it has to reckon with this (RFC 9112, 9.5).
   */
  finish(): void {
    this.#lastAnswer = true;
    if (!this.isIdle) return;
    const untilMs = this.#beganAtMs + this.#hooks.times.firstMs;
    if (this.#first && performance.now() < untilMs) this.#deadline.set(untilMs);
    else this.socket.destroySoon();
  }

  get isFinishing(): boolean {
    return this.#lastAnswer;
  }

  answered(keepsAlive: boolean, bodyDone: boolean): void {
    if (!keepsAlive || !bodyDone || this.#lastAnswer) return this.#close(bodyDone);
    this.#current = undefined;
    if (this.socket.isPaused()) this.socket.resume();
    if (!this.#stalled) this.#deadline.set(performance.now() + this.#hooks.times.idleMs);
    if (!this.#working) this.#work();
  }

  beginBody(atAnyPace: boolean): void {
    this.#bodyWait ??= new BodyWait(this.#hooks.pace);
    this.#bodyWait.begin(this.#hooks.times.bodyIdleMs, atAnyPace);
  }

  freeBody(): void {
    this.#bodyWait?.free();
  }

  awaitBody(waiting: boolean, came: number): void {
    const [wait, nowMs] = [this.#bodyWait!, performance.now()];
    if (came > 0) wait.came(came, nowMs);
    if (!waiting || this.#stalled) wait.rest(nowMs);
    if (this.#stalled) return;
    if (waiting) this.#deadline.set(wait.wait(nowMs));
    else this.#deadline.clear();
  }

  awaitDrain(): void {
    if (this.#stalled) return;
    this.#stalled = true;
    const nowMs = performance.now();
    this.#bodyWait?.rest(nowMs);
    this.#answerWait ??= new AnswerWait(this.#hooks.pace);
    this.#deadline.set(this.#answerWait.begin(nowMs, takenBytes(this.socket), this.#hooks.times.stalledMs));
  }

  takePending(): Buffer | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  putBack(rest: Buffer): void {
    this.#pending = rest.length > 0 ? rest : undefined;
  }

  giveWay(): void {
    if (this.socket.isPaused()) return;
    this.socket.pause();
    setImmediate(() => {
      const isAhead = this.#pending !== undefined && this.#pending.length > AHEAD_BYTES;
      if (!isAhead && this.#current?.isBodyPaused !== true) this.socket.resume();
    });
  }

  /** The socket and what came after the head; nothing here listens any more. */
  release(): Buffer {
    const head = this.takePending() ?? Buffer.alloc(0);
    this.#released = true;
    this.#deadline.end();
    this.socket.off("data", this.#onData).off("end", this.#onEnd).off("drain", this.#onDrain);
    return head;
  }

  refuse(problem: Malformed): void {
    this.#released = true;
    this.#deadline.end();
    this.socket.off("data", this.#onData);
    this.#hooks.onMalformed(this.socket, problem);
  }

  readonly #onData = (data: Buffer): void => {
    const current = this.#current;
    if (current?.takeBytes(data) === true) {
      // Answered with the body's last byte: what came behind it is the next request.
      if (this.#current === undefined) this.#work();
      return;
    }
    this.#pending = this.#pending === undefined ? data : Buffer.concat([this.#pending, data]);
    if (current === undefined) this.#work();
    if (this.#pending !== undefined && this.#pending.length > AHEAD_BYTES) this.socket.pause();
  };

  /**
   * Who waits no longer closes, and cannot be told from who only has no more to say. As with nginx, Envoy, Go and Node it
   * counts as the former: no upstream shall work for nobody.
   */
  readonly #onEnd = (): void => {
    this.#lastAnswer = true;
    if (this.#current === undefined) return this.#close(true);
    if (!this.#current.endOfBytes()) this.socket.destroy();
  };

  readonly #onDrain = (): void => {
    if (this.#released) return;
    this.#stalled = false;
    this.#deadline.clear();
    if (this.#current !== undefined) return this.#current.drained();
    this.#deadline.set(performance.now() + this.#hooks.times.idleMs);
    this.#work();
    if (this.#isReading && this.socket.isPaused()) this.socket.resume();
  };

  readonly #onClose = (): void => {
    this.#deadline.end();
    const current = this.#current;
    this.#current = undefined;
    current?.gone();
  };

  /** Parses requests while there are bytes and nobody is being answered: a loop, so that pipelining cannot nest. */
  #work(): void {
    this.#working = true;
    while (this.#current === undefined && this.#pending !== undefined && !this.#released && !this.socket.destroyed) {
      // Answers that the client does not take would pile up: the next request waits until it has.
      if (this.socket.writableNeedDrain) {
        this.awaitDrain();
        break;
      }
      if (!this.#begin()) break;
    }
    this.#working = false;
  }

  /** False: more bytes are needed. */
  #begin(): boolean {
    const data = this.#pending!;
    if (this.#first && this.#isPreface(data)) return false;
    // One empty line before a request is forgiven (RFC 9112, 2.2): some clients end a body with it.
    const start = data[0] === 0x0d && data[1] === 0x0a ? 2 : 0;
    const end = data.indexOf("\r\n\r\n", Math.max(start, this.#searched - 3), "latin1");
    if (end === -1 || end - start > this.#hooks.maxHeadBytes) return this.#incomplete(data, end);
    this.#first = false;
    this.#searched = 0;
    try {
      const head = parseRequestHead(data.toString("latin1", start, end + 2));
      this.#pending = end + 4 < data.length ? data.subarray(end + 4) : undefined;
      this.#deadline.clear();
      this.#current = new H1Inbound(this, head);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.refuse(error);
      return false;
    }
    this.#hooks.onRequest(this.#current);
    return true;
  }

  #incomplete(data: Buffer, end: number): false {
    const { maxHeadBytes, times } = this.#hooks;
    if (end !== -1 || data.length > maxHeadBytes)
      this.refuse(new Malformed("headers_too_large", `A request's head may have ${maxHeadBytes} bytes.`));
    else if (hasBareLine(data, this.#searched)) this.refuse(new Malformed("bad_request", "Lines end with CR and LF."));
    else if (this.#searched === 0) this.#deadline.set(performance.now() + times.headMs);
    this.#searched = data.length;
    return false;
  }

  #isPreface(data: Buffer): boolean {
    const length = Math.min(data.length, PREFACE.length);
    if (data.compare(PREFACE, 0, length, 0, length) !== 0) return false;
    // Whole or the beginning of it: "PRI" is no method that anybody else would send.
    if (length < PREFACE.length) return true;
    this.#hooks.onPreface(this.socket, this.release());
    return true;
  }

  /**
   * A connection that is closed while bytes come is reset, and the client, still sending, never sees the answer. So what
   * comes is read and thrown away for a while (nginx: lingering_close).
   */
  #close(bodyDone: boolean): void {
    this.#released = true;
    this.#current = undefined;
    this.#pending = undefined;
    this.socket.off("data", this.#onData);
    if (bodyDone) {
      // For a client that does not take the answer's last bytes.
      this.#deadline.set(performance.now() + this.#hooks.times.stalledMs);
      this.socket.destroySoon();
      return;
    }
    this.socket.on("data", () => {});
    this.socket.resume();
    this.socket.end();
    this.#deadline.set(performance.now() + this.#hooks.times.lingerMs);
  }

  #tooLate(): void {
    if (this.#stalled && !this.#released) {
      const againMs = this.#answerWait!.look(performance.now(), takenBytes(this.socket));
      if (againMs !== undefined) return this.#deadline.set(againMs);
    }
    if (this.#current !== undefined) return this.#current.tooSlow(this.#stalled ? "response" : "request");
    const isRequest = this.#pending !== undefined && !this.#released && !this.#stalled;
    if (!isRequest) return void this.socket.destroy();
    this.#released = true;
    this.socket.off("data", this.#onData);
    this.#hooks.onMalformed(this.socket, "timeout");
  }
}
