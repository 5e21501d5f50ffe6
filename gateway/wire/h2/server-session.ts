import type { Socket } from "node:net";
import { AnswerWait, takenBytes } from "../answer-wait.ts";
import { Deadline } from "../deadline.ts";
import { Malformed } from "../h1/malformed.ts";
import type { Pace } from "../pace.ts";
import {
  DEFAULT_WINDOW,
  FLAG,
  FRAME,
  frameHead,
  goawayFrame,
  MAX_WINDOW,
  resetFrame,
  SessionError,
  StreamError,
  windowFrame,
  type ErrorName,
} from "./frames.ts";
import { EndedStreams } from "./ended-streams.ts";
import { FrameBudget } from "./frame-budget.ts";
import { H2Inbound, type StreamCarrier } from "./h2-inbound.ts";
import { BlockReader } from "./hpack/block-reader.ts";
import { BlockWriter } from "./hpack/block-writer.ts";
import { Patience } from "./patience.ts";
import { ReceiveWindow } from "./receive-window.ts";
import { RequestFields } from "./request-fields.ts";
import { greeting, MAX_STREAMS, readSettings, SESSION_WINDOW, type PeerSettings } from "./settings.ts";
import type { SessionHooks, SessionTimes } from "./session-hooks.ts";
import { SessionInput, type SessionEvents } from "./session-input.ts";
import { SessionOutput } from "./session-output.ts";

/** Resets in a burst and a second (CVE-2023-44487, rapid reset; CVE-2025-8671, the client makes this side reset). */
const RESETS = [200, 33] as const;
/** Streams past the most; a client that has not read the settings yet may not know better. */
const REFUSALS = [1_000, 100] as const;
/** Answers to PING and SETTINGS that a client has not taken. */
const MAX_UNREAD_ACKS = 1_000;
/** What waits in the socket for a client that does not read, before nothing more is read of it. */
const MAX_UNREAD_BYTES = 256 * 1_024;
const MANY_FRAMES = 1_000;
/** A header block may be coded worse than its fields are long. */
const BLOCK_FACTOR = 2;

/** A client's HTTP/2 connection: many requests at once (RFC 9113). */
export class ServerSession implements StreamCarrier, SessionEvents, PeerSettings {
  readonly socket: Socket;
  readonly times: SessionTimes;
  readonly pace: Pace;
  readonly output: SessionOutput;
  readonly blocks = new BlockWriter();
  readonly budget = new FrameBudget();
  reads = 0;
  stalledStreams = 0;
  readonly #hooks: SessionHooks;
  readonly #input: SessionInput;
  readonly #blockReader = new BlockReader();
  readonly #streams = new Map<number, H2Inbound>();
  readonly #cut = new EndedStreams();
  readonly #crumbs: H2Inbound[] = [];
  /** Answers that have something to send, and no room. */
  #waiting = new Set<H2Inbound>();
  readonly #deadline: Deadline;
  readonly #resets = new Patience(...RESETS);
  readonly #refusals = new Patience(...REFUSALS);
  readonly #beganAtMs = performance.now();
  #lastStream = 0;
  /** Bytes that the client takes now, and what it gives a new stream. */
  #window = DEFAULT_WINDOW;
  #streamWindow = DEFAULT_WINDOW;
  readonly #room = new ReceiveWindow(SESSION_WINDOW);
  #unreadAcks = 0;
  /** The client does not read, so nothing is read of it. */
  #blocked: AnswerWait | undefined = undefined;
  /** `leaving`: it was told that no more are wanted, and may not have heard it; `last`: no stream after those that came. */
  #phase: "open" | "leaving" | "last" | "over" = "open";
  /** To be told to finish with the first stream. */
  #oneMore = false;

  constructor(socket: Socket, hooks: SessionHooks) {
    this.socket = socket;
    this.times = hooks.times;
    this.pace = hooks.pace;
    this.#hooks = hooks;
    this.output = new SessionOutput(socket);
    this.#input = new SessionInput(this, hooks.maxHeadBytes * BLOCK_FACTOR);
    this.#deadline = new Deadline(() => this.#tooLate());
    this.#awaitStream();
    this.output.frame(greeting(hooks.maxHeadBytes));
    socket.on("data", (data: Buffer) => this.#read(data));
    socket.on("end", () => this.#clientEnded());
    socket.on("drain", () => this.#drained());
    socket.once("close", () => this.#over());
    socket.resume();
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  takenBytes(): number {
    return takenBytes(this.socket) - this.output.controlBytes;
  }

  /** Says GOAWAY; streams under way end first, and a client that has just connected has the time for one. */
  finish(): void {
    if (this.#phase !== "open" || this.#oneMore) return;
    const untilMs = this.#beganAtMs + this.times.firstMs;
    if (this.#lastStream === 0 && performance.now() < untilMs) {
      this.#oneMore = true;
      return this.#deadline.set(untilMs);
    }
    // The client answers a PING once it knows; what it sent before that is served (RFC 9113, 6.8).
    this.#phase = "leaving";
    this.output.frame(goawayFrame(MAX_WINDOW, "none") + frameHead(8, FRAME.ping, 0, 0) + "causeway");
    this.#deadline.set(performance.now() + this.times.firstMs);
  }

  // What streams ask.

  spend(wanted: number): number {
    const bytes = Math.max(0, Math.min(wanted, this.#window));
    this.#window -= bytes;
    return bytes;
  }

  used(bytes: number): void {
    const told = this.#room.free(bytes);
    if (told > 0 && this.#phase !== "over") this.output.frame(windowFrame(0, told));
  }

  awaitRead(inbound: H2Inbound): void {
    this.#crumbs.push(inbound);
  }

  awaitRoom(inbound: H2Inbound): void {
    this.#waiting.add(inbound);
  }

  answered(inbound: H2Inbound, requestDone: boolean): void {
    if (requestDone) this.#close(inbound);
  }

  reset(inbound: H2Inbound, code: ErrorName): void {
    if (this.#streams.get(inbound.id) !== inbound) return;
    this.#sayReset(inbound.id, code);
    this.#close(inbound);
  }

  // What the client sends.

  onBlock(stream: number, data: Buffer, start: number, end: number, endStream: boolean): void {
    const request = new RequestFields(this.#hooks.maxHeadBytes);
    this.#blockReader.read(data, start, end, request.take);
    if (stream > this.#lastStream) return this.#begin(stream, request, endStream);
    const inbound = this.#streamOf(stream);
    if (inbound === undefined) return;
    if (inbound.requestDone) throw new StreamError(stream, "streamClosed", "Fields came after the request's end.");
    const problem = endStream ? request.trailerProblem() : "Fields came in the middle of a body.";
    if (problem !== undefined || request.isTooLarge)
      throw new StreamError(stream, "protocol", problem ?? "The trailers are too large.");
    inbound.endRequest(request.allowedTrailers());
  }

  onData(stream: number, data: Buffer, start: number, end: number, counted: number, endStream: boolean): void {
    if (!this.#room.take(counted))
      throw new SessionError("flowControl", "More came than the session's window has room for.");
    const inbound = this.#streamOf(stream);
    if (inbound === undefined) return this.used(counted);
    if (inbound.requestDone) {
      this.used(counted);
      throw new StreamError(stream, "streamClosed", "Data came after the request's end.");
    }
    inbound.takeData(data, start, end, counted, endStream);
  }

  onReset(stream: number): void {
    const inbound = this.#streamOf(stream);
    if (inbound === undefined) return;
    this.#spendReset();
    this.#close(inbound);
  }

  onWindow(stream: number, bytes: number): void {
    if (stream === 0) {
      if (bytes === 0) throw new SessionError("protocol", "WINDOW_UPDATE adds nothing.");
      this.#window += bytes;
      if (this.#window > MAX_WINDOW) throw new SessionError("flowControl", "The session's window is too large.");
      return this.#pump();
    }
    const inbound = this.#streamOf(stream, true);
    if (inbound === undefined) return;
    if (bytes === 0) throw new StreamError(stream, "protocol", "WINDOW_UPDATE adds nothing.");
    inbound.window += bytes;
    if (inbound.window > MAX_WINDOW) throw new StreamError(stream, "flowControl", "The stream's window is too large.");
    if (this.#waiting.delete(inbound)) inbound.pump();
  }

  onSettings(data: Buffer, start: number, end: number): void {
    readSettings(data, start, end, this);
    this.#acknowledge(frameHead(0, FRAME.settings, FLAG.ack, 0));
    this.#pump();
  }

  onTableBytes(bytes: number): void {
    this.blocks.limitTable(bytes);
  }

  /** Streams that are open already get the difference, which may be less than nothing (RFC 9113, 6.9.2). */
  onInitialWindow(bytes: number): void {
    for (const inbound of this.#streams.values()) {
      inbound.window += bytes - this.#streamWindow;
      if (inbound.window > MAX_WINDOW) throw new SessionError("flowControl", "A stream's window is too large.");
    }
    this.#streamWindow = bytes;
  }

  onOverhead(): void {
    this.budget.spend();
  }

  onPing(payload: string): void {
    this.#acknowledge(frameHead(8, FRAME.ping, FLAG.ack, 0) + payload);
  }

  onPingAnswered(): void {
    if (this.#phase === "leaving") this.#last();
  }

  /** It opens no more streams; those that are open are answered. */
  onGoaway(): void {
    if (this.#phase === "open" || this.#phase === "leaving") this.#last();
  }

  onStreamError(error: StreamError): void {
    this.#hooks.onMalformed(new Malformed("bad_request", error.message));
    const inbound = this.#streams.get(error.stream);
    if (inbound !== undefined) this.reset(inbound, error.code);
    else this.#sayReset(error.stream, error.code);
    this.#spendReset();
  }

  #begin(stream: number, request: RequestFields, endStream: boolean): void {
    if (stream % 2 === 0) throw new SessionError("protocol", "A client's streams have odd numbers.");
    this.#lastStream = stream;
    // Sent before it knew; it may be asked again elsewhere, since GOAWAY named it as not served.
    if (this.#phase === "last") return this.#cut.add(stream);
    if (this.#streams.size >= MAX_STREAMS) return this.#refuse(stream);
    const problem = request.isTooLarge ? undefined : request.headProblem();
    if (problem !== undefined) throw new StreamError(stream, "protocol", problem);
    const inbound = new H2Inbound(stream, request, endStream, this, this.#streamWindow);
    this.#streams.set(stream, inbound);
    this.budget.earn(0);
    if (this.#blocked === undefined) this.#deadline.clear();
    if (this.#oneMore) this.#last();
    if (request.isTooLarge) this.#refuseHead(inbound, "headers_too_large", "A request's head is too large.", 431);
    else if (inbound.problem !== undefined) this.#refuseHead(inbound, "bad_request", inbound.problem, 400);
    else this.#hooks.onRequest(inbound);
  }

  #refuseHead(inbound: H2Inbound, code: "bad_request" | "headers_too_large", detail: string, status: number): void {
    this.#hooks.onMalformed(new Malformed(code, detail));
    inbound.refuse(status, code, detail);
  }

  #refuse(stream: number): void {
    if (!this.#refusals.spend(performance.now())) throw new SessionError("calm", "Too many streams at once.");
    this.#sayReset(stream, "refused");
  }

  /** Undefined: it has ended, and what comes on it means nothing any more. `late`: may come after both sides have ended. */
  #streamOf(stream: number, late = false): H2Inbound | undefined {
    const inbound = this.#streams.get(stream);
    if (inbound !== undefined) return inbound;
    if (stream > this.#lastStream || stream % 2 === 0) throw new SessionError("protocol", "A frame names no stream.");
    if (late || this.#cut.has(stream)) return undefined;
    throw new SessionError("streamClosed", "A frame names a stream that has ended.");
  }

  #sayReset(stream: number, code: ErrorName): void {
    this.output.frame(resetFrame(stream, code));
    this.#cut.add(stream);
  }

  #spendReset(): void {
    if (!this.#resets.spend(performance.now())) throw new SessionError("calm", "Too many streams are reset.");
  }

  #acknowledge(frame: string): void {
    this.output.frame(frame);
    if (!this.output.isFull) this.#unreadAcks = 0;
    else if (++this.#unreadAcks > MAX_UNREAD_ACKS)
      throw new SessionError("calm", "Answers to PING and SETTINGS are not taken.");
  }

  #close(inbound: H2Inbound): void {
    this.#streams.delete(inbound.id);
    this.#waiting.delete(inbound);
    inbound.gone();
    if (this.isIdle && this.#phase !== "over") this.#awaitStream();
  }

  #read(data: Buffer): void {
    if (this.#phase === "over") return;
    const before = this.#input.frames;
    this.reads += 1;
    try {
      this.#input.read(data);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      return this.#fail(error);
    }
    if (this.#crumbs.length > 0) for (const inbound of this.#crumbs.splice(0)) inbound.giveCrumbs();
    // Much work for little: others have their turn.
    if (this.#input.frames - before > MANY_FRAMES) {
      this.socket.pause();
      setImmediate(() => this.#blocked === undefined && this.socket.resume());
    }
    if (this.output.isFull && this.socket.writableLength > MAX_UNREAD_BYTES) this.#block();
  }

  #block(): void {
    if (this.#blocked !== undefined) return;
    this.socket.pause();
    this.#blocked = new AnswerWait(this.pace);
    this.#deadline.set(this.#blocked.begin(performance.now(), this.takenBytes(), this.times.stalledMs));
  }

  #drained(): void {
    if (this.#phase === "over") return;
    this.#unreadAcks = 0;
    if (this.#blocked !== undefined) {
      this.#blocked = undefined;
      this.#deadline.clear();
      if (this.isIdle) this.#awaitStream();
      this.socket.resume();
    }
    this.#pump();
  }

  #pump(): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const inbound of waiting) inbound.pump();
  }

  #last(): void {
    this.#phase = "last";
    this.#oneMore = false;
    this.output.frame(goawayFrame(this.#lastStream, "none"));
    if (this.isIdle) this.#awaitStream();
  }

  /** Measured from the last stream's end: a client that only pings does nothing here. */
  #awaitStream(): void {
    const nowMs = performance.now();
    if (this.#phase === "last") {
      this.output.flush();
      this.socket.destroySoon();
      this.#deadline.set(nowMs + this.times.lingerMs);
    } else if (this.#phase === "leaving") this.#deadline.set(nowMs + this.times.firstMs);
    else if (this.#blocked === undefined) this.#deadline.set(nowMs + this.times.idleMs);
  }

  #tooLate(): void {
    if (this.#blocked !== undefined && this.#phase !== "over") {
      const againMs = this.#blocked.look(performance.now(), this.takenBytes());
      if (againMs !== undefined) return this.#deadline.set(againMs);
      return void this.socket.destroy();
    }
    if (this.#phase === "over" || (this.#phase === "last" && this.isIdle)) return void this.socket.destroy();
    if (this.#phase !== "last") this.#last();
  }

  /** Whoever sends no more acknowledges no answer either, and has left. */
  #clientEnded(): void {
    if (this.#phase === "over") return;
    this.#over();
    this.socket.destroy();
  }

  #fail({ code, message }: SessionError): void {
    this.#hooks.onMalformed(new Malformed("bad_request", message));
    this.output.frame(goawayFrame(this.#lastStream, code, message));
    this.#over();
    this.output.flush();
    this.#deadline.set(performance.now() + this.times.lingerMs);
    this.socket.destroySoon();
  }

  #over(): void {
    this.#phase = "over";
    this.#deadline.clear();
    for (const inbound of this.#streams.values()) inbound.gone();
    this.#streams.clear();
    this.#waiting.clear();
    if (this.socket.destroyed) this.#deadline.end();
  }
}
