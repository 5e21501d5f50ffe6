import type { Socket } from "node:net";
import { Deadline } from "../deadline.ts";
import { Fields } from "../fields.ts";
import type { BodySink, Inbound, RespondOptions } from "../inbound.ts";
import { interimHead } from "./answer-head.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { BodyReader } from "./body-reader.ts";
import { UNTIL_CLOSE } from "./framing.ts";
import { Malformed } from "./malformed.ts";
import { parseRequestHead, type RequestHead } from "./request-head.ts";

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
}

export interface ServerHooks {
  times: ServerTimes;
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
export class ServerConnection {
  readonly socket: Socket;
  readonly #hooks: ServerHooks;
  readonly #deadline: Deadline;
  #pending: Buffer | undefined = undefined;
  /** Where the search for the head's end goes on. */
  #searched = 0;
  #current: H1Inbound | undefined = undefined;
  #working = false;
  #first = true;
  #released = false;
  #lastAnswer = false;

  constructor(socket: Socket, hooks: ServerHooks) {
    this.socket = socket;
    this.#hooks = hooks;
    this.#deadline = new Deadline(() => this.#tooLate());
    this.#deadline.set(performance.now() + hooks.times.headMs);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("drain", this.#onDrain);
    socket.once("close", this.#onClose);
  }

  get isIdle(): boolean {
    return this.#current === undefined && this.#pending === undefined;
  }

  /** No request is taken after the one under way. */
  finish(): void {
    this.#lastAnswer = true;
    if (this.isIdle) this.socket.destroySoon();
  }

  get isFinishing(): boolean {
    return this.#lastAnswer;
  }

  /** Called by the request when its answer has ended. */
  answered(keepsAlive: boolean, bodyDone: boolean): void {
    if (!keepsAlive || !bodyDone || this.#lastAnswer) return this.#close(bodyDone);
    this.#current = undefined;
    if (this.socket.isPaused()) this.socket.resume();
    this.#deadline.set(performance.now() + this.#hooks.times.idleMs);
    if (!this.#working && this.#pending !== undefined) this.#work();
  }

  /** A body's bytes are being waited for, or not. */
  awaitBody(waiting: boolean): void {
    if (waiting) this.#deadline.set(performance.now() + this.#hooks.times.bodyIdleMs);
    else this.#deadline.clear();
  }

  awaitDrain(): void {
    this.#deadline.set(performance.now() + this.#hooks.times.stalledMs);
  }

  takePending(): Buffer | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  putBack(rest: Buffer): void {
    this.#pending = rest.length > 0 ? rest : undefined;
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
    this.#deadline.end();
    this.socket.off("data", this.#onData);
    this.#hooks.onMalformed(this.socket, problem);
  }

  readonly #onData = (data: Buffer): void => {
    const current = this.#current;
    if (current !== undefined && current.takeBytes(data)) return;
    this.#pending = this.#pending === undefined ? data : Buffer.concat([this.#pending, data]);
    if (current === undefined) return this.#work();
    if (this.#pending.length > AHEAD_BYTES) this.socket.pause();
  };

  readonly #onEnd = (): void => {
    // Half-closed: the answer under way is still wanted. In the middle of a request there is nothing to answer.
    this.#lastAnswer = true;
    if (this.#current?.endOfBytes() !== true) this.socket.destroy();
  };

  readonly #onDrain = (): void => {
    this.#deadline.clear();
    this.#current?.drained();
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
    while (this.#current === undefined && this.#pending !== undefined && !this.#released && !this.socket.destroyed)
      if (!this.#begin()) break;
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
      this.putBack(data.subarray(end + 4));
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
      this.#deadline.end();
      this.socket.destroySoon();
      return;
    }
    this.socket.on("data", () => {});
    this.socket.resume();
    this.socket.end();
    this.#deadline.set(performance.now() + this.#hooks.times.lingerMs);
  }

  #tooLate(): void {
    const isRequest = this.#current === undefined && this.#pending !== undefined && !this.#released;
    if (!isRequest) return void this.socket.destroy();
    this.socket.off("data", this.#onData);
    this.#hooks.onMalformed(this.socket, "timeout");
  }
}

/** A line feed that no carriage return precedes: the client will never send the empty line that is waited for. */
function hasBareLine(data: Buffer, from: number): boolean {
  for (let at = data.indexOf(0x0a, from); at !== -1; at = data.indexOf(0x0a, at + 1))
    if (data[at - 1] !== 0x0d) return true;
  return false;
}

/** One request of a connection. */
class H1Inbound implements Inbound {
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly version: "1.0" | "1.1";
  readonly fields: Fields;
  readonly hasBody: boolean;
  readonly bodyLength: number | undefined;
  readonly upgrade: string | undefined;
  onGone: (() => void) | undefined = undefined;
  onDrain: (() => void) | undefined = undefined;
  readonly #connection: ServerConnection;
  readonly #head: RequestHead;
  readonly #writer: AnswerWriter;
  #reader: BodyReader | undefined = undefined;
  #sink: BodySink | undefined = undefined;
  #keepsAlive: boolean;
  #isTunnel = false;
  #ended = false;

  constructor(connection: ServerConnection, head: RequestHead) {
    this.#connection = connection;
    this.#head = head;
    this.#writer = new AnswerWriter(connection.socket);
    this.#keepsAlive = head.keepsAlive;
    this.method = head.method;
    this.target = head.target;
    this.authority = head.host;
    this.version = head.isHttp10 ? "1.0" : "1.1";
    this.fields = new Fields(head.fields);
    this.hasBody = head.framing.at !== "none";
    this.bodyLength = head.framing.at === "length" ? head.framing.bytes : undefined;
    this.upgrade = head.upgrade;
  }

  get isBodyDone(): boolean {
    return this.#reader === undefined ? !this.hasBody && !this.#isTunnel : this.#reader.done;
  }

  readBody(sink: BodySink): void {
    if (this.isBodyDone) return sink.onBodyEnd(undefined);
    this.#sink = sink;
    this.#reader = new BodyReader(this.#isTunnel ? UNTIL_CLOSE : this.#head.framing, {
      onBodyData: (chunk) => this.#sink!.onBodyData(chunk),
      onBodyEnd: (trailers) => this.#sink!.onBodyEnd(trailers),
    });
    const before = this.#connection.takePending();
    if (before === undefined && this.#head.expectsContinue && !this.#writer.headSent)
      this.#writer.interim("HTTP/1.1 100 Continue\r\n\r\n");
    if (before !== undefined) this.takeBytes(before);
    if (this.isBodyDone) return;
    this.#awaitBody();
    if (this.#connection.socket.isPaused()) this.#connection.socket.resume();
  }

  /** False: the bytes are not the body's, or nobody reads it yet. */
  takeBytes(data: Buffer): boolean {
    const reader = this.#reader;
    if (reader === undefined || reader.done) return false;
    try {
      const used = reader.read(data, 0);
      if (used < data.length) this.#connection.putBack(data.subarray(used));
      this.#awaitBody();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#brokenBody(error);
    }
    return true;
  }

  pauseBody(): void {
    this.#connection.awaitBody(false);
    this.#connection.socket.pause();
  }

  resumeBody(): void {
    if (this.isBodyDone) return;
    this.#awaitBody();
    this.#connection.socket.resume();
  }

  /** A tunnel's idleness is looked at from the upstream's side, over both directions. */
  #awaitBody(): void {
    this.#connection.awaitBody(!this.#isTunnel && !this.isBodyDone);
  }

  inform(status: number, fields: readonly string[]): void {
    if (this.version === "1.1" && !this.#writer.headSent) this.#writer.interim(interimHead(status, fields));
  }

  respond(status: number, fields: readonly string[], { close, bodiless }: RespondOptions): void {
    const { method, isHttp10 } = this.#head;
    // A client that still waits for 100 Continue may or may not send the body now, so the connection cannot go on.
    const keepsAlive = this.#keepsAlive && !close && !this.#connection.isFinishing && this.isBodyDone;
    this.#keepsAlive = this.#writer.head(status, fields, bodiless, { method, isHttp10, keepsAlive });
  }

  write(chunk: Buffer): boolean {
    if (this.#writer.write(chunk)) return true;
    this.#connection.awaitDrain();
    return false;
  }

  flush(): void {
    this.#writer.flush();
  }

  end(trailers?: readonly string[]): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onGone = undefined;
    if (!this.#writer.end(trailers)) return void this.#connection.socket.destroy();
    this.#connection.answered(this.#keepsAlive, this.isBodyDone);
  }

  abort(): void {
    this.#ended = true;
    this.#connection.socket.resetAndDestroy();
  }

  tunnel(fields: readonly string[]): void {
    this.#keepsAlive = false;
    this.#isTunnel = true;
    this.#writer.passThrough(interimHead(101, fields));
  }

  /** The client sends no more. False: it was in the middle of something. */
  endOfBytes(): boolean {
    return this.isBodyDone || this.#reader?.endOfConnection() === true;
  }

  drained(): void {
    const onDrain = this.onDrain;
    this.onDrain = undefined;
    onDrain?.();
  }

  gone(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onGone?.();
  }

  /** Nothing was answered yet: the client is told. Otherwise the cut is all that can be said. */
  #brokenBody(error: Malformed): void {
    const { headSent } = this.#writer;
    this.gone();
    if (headSent) this.#connection.socket.destroy();
    else this.#connection.refuse(error);
  }
}
