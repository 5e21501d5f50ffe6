import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { Fields } from "../fields.ts";
import type { BodySink, ClientWatch, Inbound, RespondOptions } from "../inbound.ts";
import type { SlowSide } from "../pace.ts";
import { interimHead } from "./answer-head.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { BodyReader } from "./body-reader.ts";
import { UNTIL_CLOSE } from "./framing.ts";
import { Malformed } from "./malformed.ts";
import type { RequestHead } from "./request-head.ts";

/** Chunks of one read that are no more than usual; a thousand take a millisecond. */
const MANY_CHUNKS = 1_000;

/** What a request asks of the connection that it came on. */
export interface RequestCarrier {
  readonly socket: Socket;
  /** No request is taken after this one. */
  readonly isFinishing: boolean;
  /** The answer has ended. */
  answered(keepsAlive: boolean, bodyDone: boolean): void;
  /** A body is read from now on, and how little comes of it may matter or not. */
  beginBody(atAnyPace: boolean): void;
  /** How little comes of it matters no more. */
  freeBody(): void;
  /** A body's bytes are being waited for, or not; so many have come. */
  awaitBody(waiting: boolean, came: number): void;
  /** The client is to take what was written. */
  awaitDrain(): void;
  /** Bytes that came behind what was read. */
  takePending(): Buffer | undefined;
  putBack(rest: Buffer): void;
  /** What was read was much work for little: others have their turn before the next bytes. */
  giveWay(): void;
  refuse(problem: Malformed): void;
}

/** One request of a connection. */
export class H1Inbound implements Inbound {
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly version: "1.0" | "1.1";
  readonly fields: Fields;
  readonly hasBody: boolean;
  readonly bodyLength: number | undefined;
  readonly upgrade: string | undefined;
  watch: ClientWatch | undefined = undefined;
  onDrain: (() => void) | undefined = undefined;
  readonly #connection: RequestCarrier;
  readonly #head: RequestHead;
  readonly #writer: AnswerWriter;
  #reader: BodyReader | undefined = undefined;
  #sink: BodySink | undefined = undefined;
  #keepsAlive: boolean;
  #isTunnel = false;
  #paused = false;
  #ended = false;

  constructor(connection: RequestCarrier, head: RequestHead) {
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

  /** Whoever takes the body is not ready for more of it. */
  get isBodyPaused(): boolean {
    return this.#paused;
  }

  readBody(sink: BodySink, atAnyPace = false): void {
    if (this.isBodyDone) return sink.onBodyEnd(undefined);
    this.#sink = sink;
    this.#connection.beginBody(atAnyPace || this.#writer.headSent);
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
      this.#awaitBody(used);
      if (reader.chunks > MANY_CHUNKS) this.#connection.giveWay();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#brokenBody(error);
    }
    return true;
  }

  pauseBody(): void {
    this.#paused = true;
    this.#awaitBody();
    this.#connection.socket.pause();
  }

  resumeBody(): void {
    this.#paused = false;
    if (!this.isBodyDone) this.#awaitBody();
    // After the body too: a paused socket does not tell that the client has gone.
    this.#connection.socket.resume();
  }

  /** While the upstream is not ready for more, it is not the client that is slow. A tunnel's idleness is looked at from there too. */
  #awaitBody(came = 0): void {
    this.#connection.awaitBody(!this.#isTunnel && !this.#paused && !this.isBodyDone, came);
  }

  inform(status: number, fields: readonly string[]): void {
    if (this.version === "1.1" && !this.#writer.headSent) this.#writer.interim(interimHead(status, fields));
  }

  respond(status: number, fields: readonly string[], { close, bodiless }: RespondOptions): void {
    const { method, isHttp10 } = this.#head;
    // A client that still waits for 100 Continue may or may not send the body now, so the connection cannot go on.
    const keepsAlive = this.#keepsAlive && !close && !this.#connection.isFinishing && this.isBodyDone;
    if (!this.isBodyDone) this.#connection.freeBody();
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
    this.watch = undefined;
    if (!this.#writer.end(trailers)) return void this.#connection.socket.destroy();
    this.#connection.answered(this.#keepsAlive, this.isBodyDone);
  }

  abort(): void {
    this.#ended = true;
    const { socket } = this.#connection;
    // Under TLS there is no reset; there the missing close_notify tells.
    if (socket instanceof TLSSocket) socket.destroy();
    else socket.resetAndDestroy();
  }

  tunnel(fields: readonly string[]): void {
    this.#keepsAlive = false;
    this.#isTunnel = true;
    this.#writer.passThrough(interimHead(101, fields));
  }

  /** The client sends no more. False: it is taken to have left; a tunnel may go on one way. */
  endOfBytes(): boolean {
    return this.#isTunnel && this.#reader?.endOfConnection() === true;
  }

  drained(): void {
    if (this.#reader !== undefined) this.#awaitBody();
    const onDrain = this.onDrain;
    this.onDrain = undefined;
    onDrain?.();
  }

  tooSlow(side: SlowSide): void {
    if (this.watch === undefined || this.#ended) this.#connection.socket.destroy();
    else this.watch.tooSlow(side);
  }

  gone(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.watch?.gone();
  }

  /** Nothing was answered yet: the client is told. Otherwise the cut is all that can be said. */
  #brokenBody(error: Malformed): void {
    const { headSent } = this.#writer;
    this.gone();
    if (headSent) this.#connection.socket.destroy();
    else this.#connection.refuse(error);
  }
}
