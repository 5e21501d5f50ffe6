import { AnswerWait } from "../answer-wait.ts";
import { BodyWait } from "../body-wait.ts";
import { Deadline } from "../deadline.ts";
import { Fields } from "../fields.ts";
import type { BodySink, ClientWatch, Inbound, RespondOptions } from "../inbound.ts";
import type { Pace } from "../pace.ts";
import { BodyAhead } from "./body-ahead.ts";
import { FLAG, FRAME, frameHead, headersFrames, StreamError, windowFrame, type ErrorName } from "./frames.ts";
import type { FrameBudget } from "./frame-budget.ts";
import type { BlockWriter } from "./hpack/block-writer.ts";
import { ReceiveWindow } from "./receive-window.ts";
import type { RequestFields } from "./request-fields.ts";
import { problemOf } from "./request-problem.ts";
import type { StreamTimes } from "./session-hooks.ts";
import { STREAM_WINDOW } from "./settings.ts";
import type { SessionOutput } from "./session-output.ts";
import { addWebSocketKey } from "./web-socket-key.ts";

/** What a stream asks of the session that it came on. */
export interface StreamCarrier {
  readonly times: StreamTimes;
  readonly pace: Pace;
  readonly output: SessionOutput;
  readonly blocks: BlockWriter;
  readonly budget: FrameBudget;
  /** The read under way, by its number. */
  readonly reads: number;
  /** `giveCrumbs` is to be called when all of the read is there. */
  awaitRead(inbound: H2Inbound): void;
  /** Streams whose answers wait for the client. */
  stalledStreams: number;
  /** Bytes of answers that the client has taken, over all its streams. */
  takenBytes(): number;
  /** How many of `wanted` bytes the session's window has room for; they are taken from it. */
  spend(wanted: number): number;
  /** Bytes of a body have been used: the client may send as many again. */
  used(bytes: number): void;
  /** `pump` is to be called when there may be room. */
  awaitRoom(inbound: H2Inbound): void;
  /** The answer has ended, and the request has or has not. */
  answered(inbound: H2Inbound, requestDone: boolean): void;
  reset(inbound: H2Inbound, code: ErrorName): void;
}

/** Pieces of a body up to here are put together where one read brings several: each that is passed on costs more than its copy. */
const CRUMB_BYTES = 2_048;
/** With its head one full record of TLS (RFC 8446, 5.1). */
const MOST_DATA_BYTES = 16_384 - 9;

/** One stream of a client's session. */
export class H2Inbound implements Inbound {
  readonly id: number;
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly version = "2.0";
  readonly fields: Fields;
  readonly hasBody: boolean;
  readonly bodyLength: number | undefined;
  readonly upgrade: string | undefined;
  /** Why the request cannot be served, where it cannot. */
  readonly problem: string | undefined;
  watch: ClientWatch | undefined = undefined;
  onDrain: (() => void) | undefined = undefined;
  /** The client has sent all of it. */
  requestDone: boolean;
  /** Bytes of the answer's body that the client takes now. */
  window: number;
  readonly #session: StreamCarrier;
  /** Made at the first wait, since most streams never see one. */
  #deadline: Deadline | undefined = undefined;
  #bodyWait: BodyWait | undefined = undefined;
  #answerWait: AnswerWait | undefined = undefined;
  #sink: BodySink | undefined = undefined;
  #paused = false;
  /** Of the body, before somebody takes it. */
  readonly #ahead = new BodyAhead();
  #lastRead = 0;
  #received = 0;
  #credited = 0;
  readonly #room = new ReceiveWindow(STREAM_WINDOW);
  #trailers: string[] | undefined = undefined;
  #bodyEndTold = false;
  /** Of the answer, before there is room for it. */
  readonly #queue: Buffer[] = [];
  #answerTrailers: readonly string[] | undefined = undefined;
  #stalled = false;
  #headSent = false;
  #endsWithHead = false;
  #ended = false;
  /** The answer has gone out, and the request has not ended. */
  #lingers = false;
  #closed = false;

  constructor(
    id: number,
    { pseudo, fields }: RequestFields,
    endStream: boolean,
    session: StreamCarrier,
    window: number,
  ) {
    const protocol = pseudo[":protocol"];
    this.id = id;
    this.window = window;
    this.requestDone = endStream;
    this.#session = session;
    // Extended CONNECT (RFC 8441) is to HTTP/2 what GET with Upgrade is to HTTP/1.1.
    this.method = protocol === undefined ? pseudo[":method"]! : "GET";
    this.target = pseudo[":path"] ?? "";
    if (protocol !== undefined) addWebSocketKey(fields);
    this.fields = new Fields(fields);
    const host = this.fields.get("host");
    this.authority = pseudo[":authority"] ?? host;
    this.upgrade = protocol;
    this.hasBody = protocol === undefined && !endStream;
    const length = protocol === undefined ? this.fields.get("content-length") : undefined;
    this.problem = problemOf(this, pseudo[":authority"], host, length);
    this.bodyLength = this.hasBody && length !== undefined ? Number(length) : undefined;
    if (endStream && this.problem === undefined && Number(length ?? 0) !== 0)
      throw new StreamError(id, "protocol", "The body is shorter than Content-Length says.");
  }

  /** Answers what `problem` says. */
  refuse(status = 400, code = "bad_request", detail = this.problem): void {
    const title = status === 400 ? "Bad Request" : "Request Header Fields Too Large";
    const body = Buffer.from(JSON.stringify({ type: `urn:causeway:problem:${code}`, title, status, code, detail }));
    this.respond(status, ["content-type", "application/problem+json", "content-length", String(body.length)], {
      close: false,
      bodiless: false,
    });
    this.write(body);
    this.end();
  }

  readBody(sink: BodySink, atAnyPace = false): void {
    if (!this.hasBody && this.upgrade === undefined) return sink.onBodyEnd(undefined);
    const { pace, times, output } = this.#session;
    this.#sink = sink;
    if (!this.#headSent && this.#received === 0 && this.fields.get("expect")?.toLowerCase() === "100-continue")
      output.frame(headersFrames(this.id, this.#session.blocks.answer(100, []), false));
    this.#bodyWait = new BodyWait(pace);
    this.#bodyWait.begin(times.bodyIdleMs, atAnyPace || this.#headSent);
    this.#deliver();
    this.#awaitBody();
  }

  pauseBody(): void {
    this.#paused = true;
    this.#awaitBody();
  }

  resumeBody(): void {
    this.#paused = false;
    this.#deliver();
    this.#awaitBody();
  }

  /** A DATA frame. `counted` is what it takes of the windows. */
  takeData(data: Buffer, start: number, end: number, counted: number, endStream: boolean): void {
    if (this.#lingers) {
      this.#session.used(counted);
      if (endStream) this.#session.answered(this, true);
      return;
    }
    const length = end - start;
    if (!this.#room.take(counted))
      throw new StreamError(this.id, "flowControl", "More came than the stream's window has room for.");
    this.#received += length;
    if (this.bodyLength !== undefined && this.#received > this.bodyLength)
      throw new StreamError(this.id, "protocol", "The body is longer than Content-Length says.");
    if (length === 0 || this.#holds(length)) {
      if (length > 0) this.#ahead.push(data, start, end);
      this.#use(counted - length);
    } else {
      this.#awaitBody(length);
      this.#sink!.onBodyData(data.subarray(start, end));
      this.#use(counted);
    }
    if (endStream) this.endRequest(undefined);
  }

  /** Whether a piece waits: for somebody to take it, or for what else this read brings. */
  #holds(length: number): boolean {
    if (this.#sink === undefined || this.#paused) return true;
    const isFirst = this.#lastRead !== this.#session.reads;
    this.#lastRead = this.#session.reads;
    if (isFirst) return !this.#ahead.isEmpty;
    if (length <= CRUMB_BYTES) {
      if (this.#ahead.isEmpty) this.#session.awaitRead(this);
      return true;
    }
    this.giveCrumbs();
    return !this.#ahead.isEmpty;
  }

  /** What was held while more of the same read could come. */
  giveCrumbs(): void {
    if (this.#ahead.isEmpty || this.#closed) return;
    this.#deliver();
    this.#awaitBody(this.#received - this.#credited);
  }

  endRequest(trailers: string[] | undefined): void {
    if (this.#lingers) return this.#session.answered(this, true);
    if (this.bodyLength !== undefined && this.#received < this.bodyLength)
      throw new StreamError(this.id, "protocol", "The body is shorter than Content-Length says.");
    this.requestDone = true;
    this.#trailers = trailers;
    this.#deliver();
    this.#awaitBody();
  }

  #deliver(): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    while (!this.#ahead.isEmpty && !this.#paused && !this.#closed) {
      const chunk = this.#ahead.shift()!;
      sink.onBodyData(chunk);
      this.#use(chunk.length);
    }
    if (!this.requestDone || this.#bodyEndTold || !this.#ahead.isEmpty || this.#paused || this.#closed) return;
    this.#bodyEndTold = true;
    sink.onBodyEnd(this.#trailers);
  }

  #use(bytes: number): void {
    if (bytes === 0) return;
    this.#session.used(bytes);
    if (this.requestDone || this.#closed) return;
    const told = this.#room.free(bytes);
    if (told > 0) this.#session.output.frame(windowFrame(this.id, told));
  }

  /** A tunnel's idleness is looked at from the upstream's side. */
  #awaitBody(came = 0): void {
    const wait = this.#bodyWait;
    if (wait === undefined || this.#ended || this.#closed || this.upgrade !== undefined) return;
    const nowMs = performance.now();
    const waiting = !this.#paused && !this.requestDone;
    if (came > 0) wait.came(came, nowMs);
    this.#credited = this.#received;
    if (!waiting || this.#stalled) wait.rest(nowMs);
    if (this.#stalled) return;
    if (waiting) this.#setDeadline(wait.wait(nowMs));
    else this.#deadline?.clear();
  }

  inform(status: number, fields: readonly string[]): void {
    if (this.#headSent || this.#closed) return;
    this.#session.output.frame(headersFrames(this.id, this.#session.blocks.answer(status, fields), false));
  }

  respond(status: number, fields: readonly string[], { bodiless }: RespondOptions): void {
    if (this.#closed) return;
    this.#headSent = true;
    this.#bodyWait?.free();
    this.#endsWithHead = bodiless || this.method === "HEAD";
    // To a CONNECT every 2xx is the tunnel that the upstream did not open.
    const said = this.upgrade !== undefined && status < 300 ? 502 : status;
    const { output, blocks } = this.#session;
    output.frame(headersFrames(this.id, blocks.answer(said, fields), this.#endsWithHead));
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0 || this.#endsWithHead || this.#closed) return true;
    this.#session.budget.earn(chunk.length);
    const sent = this.#queue.length === 0 ? this.#send(chunk, 0) : 0;
    if (sent < chunk.length) this.#queue.push(Buffer.from(chunk.subarray(sent)));
    else if (!this.#session.output.isFull) return true;
    this.#awaitDrain();
    return false;
  }

  /** What is gathered leaves at the turn's end, with what other streams have. */
  flush(): void {}

  end(trailers?: readonly string[]): void {
    if (this.#ended) return;
    this.#ended = true;
    this.watch = undefined;
    this.#answerTrailers = trailers;
    if (this.#queue.length === 0) return this.#finish();
    // For a client that opens no window for the rest.
    this.#setDeadline(performance.now() + this.#session.times.stalledMs);
  }

  abort(): void {
    this.#ended = true;
    this.#session.reset(this, "internal");
  }

  tunnel(fields: readonly string[]): void {
    const kept: string[] = [];
    // The key was this side's own, so its answer is of no use to the client.
    for (let index = 0; index < fields.length; index += 2)
      if (fields[index]!.toLowerCase() !== "sec-websocket-accept") kept.push(fields[index]!, fields[index + 1]!);
    this.#headSent = true;
    this.#session.output.frame(headersFrames(this.id, this.#session.blocks.answer(200, kept), false));
  }

  /** There may be room for what waits. */
  pump(): void {
    const { output } = this.#session;
    while (this.#queue.length > 0 && !output.isFull) {
      const [first] = this.#queue;
      const sent = this.#send(first!, 0);
      if (sent === first!.length) this.#queue.shift();
      else {
        this.#queue[0] = first!.subarray(sent);
        break;
      }
    }
    if (this.#queue.length > 0 || output.isFull) return this.#session.awaitRoom(this);
    this.#flows();
    if (this.#ended) return this.#finish();
    this.#deadline?.clear();
    this.#awaitBody();
    const onDrain = this.onDrain;
    this.onDrain = undefined;
    onDrain?.();
  }

  /** The stream is over for both sides, or for good. */
  gone(): void {
    this.#closed = true;
    this.#deadline?.end();
    this.#flows();
    // What nobody took is the session's room all the same.
    this.#session.used(this.#ahead.clear());
    this.#queue.length = 0;
    if (this.#ended) return;
    this.#ended = true;
    this.watch?.gone();
  }

  /** Says how much of `chunk` has left. */
  #send(chunk: Buffer, from: number): number {
    const session = this.#session;
    let at = from;
    while (at < chunk.length) {
      const wanted = Math.min(chunk.length - at, MOST_DATA_BYTES, this.window);
      const bytes = wanted <= 0 ? 0 : session.spend(wanted);
      if (bytes === 0) break;
      this.window -= bytes;
      session.output.body(this.id, chunk, at, at + bytes);
      at += bytes;
    }
    return at - from;
  }

  #finish(): void {
    const { output, blocks } = this.#session;
    if (!this.#endsWithHead) {
      const trailers = this.#answerTrailers;
      if (trailers === undefined || trailers.length === 0)
        output.frame(frameHead(0, FRAME.data, FLAG.endStream, this.id));
      else output.frame(headersFrames(this.id, blocks.trailers(trailers), true));
    }
    this.#session.answered(this, this.requestDone);
    if (this.#closed) return;
    // Some clients that are told to stop at once throw the answer away. Without a window they stop by themselves.
    this.#lingers = true;
    this.#session.used(this.#ahead.clear());
    this.#setDeadline(performance.now() + this.#session.times.lingerMs);
  }

  #awaitDrain(): void {
    const session = this.#session;
    session.awaitRoom(this);
    if (this.#stalled) return;
    const nowMs = performance.now();
    this.#stalled = true;
    session.stalledStreams += 1;
    this.#bodyWait?.rest(nowMs);
    this.#answerWait ??= new AnswerWait(session.pace);
    this.#setDeadline(this.#answerWait.begin(nowMs, session.takenBytes(), session.times.stalledMs));
  }

  #flows(): void {
    if (this.#stalled) this.#session.stalledStreams -= 1;
    this.#stalled = false;
  }

  #setDeadline(atMs: number): void {
    this.#deadline ??= new Deadline(() => this.#tooLate());
    this.#deadline.set(atMs);
  }

  #tooLate(): void {
    const session = this.#session;
    // RFC 9113, 8.1: the client is told to stop, without an error.
    if (this.#lingers) return session.reset(this, "none");
    if (this.#stalled && !this.#ended) {
      const againMs = this.#answerWait!.look(performance.now(), session.takenBytes(), session.stalledStreams);
      if (againMs !== undefined) return this.#setDeadline(againMs);
    }
    if (this.#ended || this.watch === undefined) return session.reset(this, "cancel");
    this.watch.tooSlow(this.#stalled ? "response" : "request");
  }
}
