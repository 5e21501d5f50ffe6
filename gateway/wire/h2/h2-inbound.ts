import { randomBytes } from "node:crypto";
import { constants, type ServerHttp2Stream } from "node:http2";
import { isAuthority } from "../authority.ts";
import { AnswerWait } from "../answer-wait.ts";
import { BodyWait } from "../body-wait.ts";
import { Deadline } from "../deadline.ts";
import { Fields } from "../fields.ts";
import type { BodySink, ClientWatch, Inbound, RespondOptions } from "../inbound.ts";
import type { Pace } from "../pace.ts";
import { allowedTrailers } from "../trailers.ts";
import { appendFields, fieldsOf, objectOf } from "./fields-of.ts";

/** Milliseconds that a client may take on one stream; see `ServerTimes`. */
export interface StreamTimes {
  bodyIdleMs: number;
  stalledMs: number;
}

/** What a stream asks of the session that it came on. */
export interface StreamCarrier {
  readonly times: StreamTimes;
  readonly pace: Pace;
  /** Streams whose answers wait for the client. */
  stalledStreams: number;
  /** Bytes of answers that the client has taken, over all its streams: how many of one only its own window tells. */
  takenBytes(): number;
}

/** One stream of a client's session. */
export class H2Inbound implements Inbound {
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
  readonly #stream: ServerHttp2Stream;
  readonly #session: StreamCarrier;
  #bodyWait: BodyWait | undefined = undefined;
  #answerWait: AnswerWait | undefined = undefined;
  readonly #deadline: Deadline;
  #readsBody = false;
  #stalled = false;
  #trailers: string[] | undefined = undefined;
  #answerTrailers: readonly string[] | undefined = undefined;
  #headSent = false;
  #endsWithHead = false;
  #ended = false;

  constructor(stream: ServerHttp2Stream, raw: readonly string[], session: StreamCarrier) {
    const pseudo = pseudoOf(raw);
    const protocol = pseudo[":protocol"];
    this.#stream = stream;
    this.#session = session;
    this.#deadline = new Deadline(() => this.#tooLate());
    // Extended CONNECT (RFC 8441) is to HTTP/2 what GET with Upgrade is to HTTP/1.1.
    this.method = protocol === undefined ? (pseudo[":method"] ?? "") : "GET";
    this.target = pseudo[":path"] ?? "";
    const fields = fieldsOf(raw);
    if (protocol !== undefined) fields.push("sec-websocket-key", randomBytes(16).toString("base64"));
    this.fields = new Fields(fields);
    const host = this.fields.get("host");
    this.authority = pseudo[":authority"] ?? host;
    this.upgrade = protocol;
    this.hasBody = protocol === undefined && !stream.endAfterHeaders;
    // The session itself refuses a body of another length (RFC 9113, 8.1.1).
    const length = this.fields.get("content-length");
    this.bodyLength = this.hasBody && length !== undefined ? Number(length) : undefined;
    this.problem = this.#problemOf(pseudo, host);
    stream.on("error", () => {});
    stream.on("drain", () => this.#drained());
    stream.on("wantTrailers", () => this.#sendTrailers());
    // Registered at once: trailers may come before anybody reads the body.
    stream.on(
      "trailers",
      (_headers, _flags, rawTrailers) => (this.#trailers = allowedTrailers(fieldsOf(rawTrailers ?? []))),
    );
  }

  refuse(): void {
    const body = JSON.stringify({
      type: "urn:causeway:problem:bad_request",
      title: "Bad Request",
      status: 400,
      code: "bad_request",
      detail: this.problem,
    });
    this.respond(400, ["content-type", "application/problem+json", "content-length", String(Buffer.byteLength(body))], {
      close: false,
      bodiless: false,
    });
    this.write(Buffer.from(body));
    this.end();
  }

  readBody(sink: BodySink, atAnyPace = false): void {
    const stream = this.#stream;
    if (!this.hasBody && this.upgrade === undefined) return sink.onBodyEnd(undefined);
    if (this.fields.get("expect")?.toLowerCase() === "100-continue" && !this.#headSent)
      stream.additionalHeaders({ ":status": 100 });
    this.#bodyWait = new BodyWait(this.#session.pace);
    this.#bodyWait.begin(this.#session.times.bodyIdleMs, atAnyPace || this.#headSent);
    this.#awaitBody(true);
    stream.on("data", (chunk: Buffer) => {
      this.#awaitBody(this.#readsBody, chunk.length);
      sink.onBodyData(chunk);
    });
    stream.once("end", () => {
      this.#awaitBody(false);
      sink.onBodyEnd(this.#trailers);
    });
  }

  pauseBody(): void {
    this.#awaitBody(false);
    this.#stream.pause();
  }

  resumeBody(): void {
    this.#awaitBody(!this.#stream.readableEnded);
    this.#stream.resume();
  }

  /** A tunnel's idleness is looked at from the upstream's side. */
  #awaitBody(waiting: boolean, came = 0): void {
    this.#readsBody = waiting;
    const wait = this.#bodyWait;
    if (wait === undefined || this.#ended || this.upgrade !== undefined) return;
    const nowMs = performance.now();
    if (came > 0) wait.came(came, nowMs);
    if (!waiting || this.#stalled) wait.rest(nowMs);
    if (this.#stalled) return;
    if (waiting) this.#deadline.set(wait.wait(nowMs));
    else this.#deadline.clear();
  }

  inform(status: number, fields: readonly string[]): void {
    if (!this.#headSent && !this.#stream.destroyed)
      this.#stream.additionalHeaders({ ":status": status, ...objectOf(fields) });
  }

  respond(status: number, fields: readonly string[], { bodiless }: RespondOptions): void {
    if (this.#stream.destroyed) return;
    this.#headSent = true;
    this.#bodyWait?.free();
    this.#endsWithHead = bodiless || this.method === "HEAD";
    // To a CONNECT every 2xx is the tunnel that the upstream did not open.
    const said = this.upgrade !== undefined && status < 300 ? 502 : status;
    const block = appendFields([":status", String(said)], fields);
    this.#stream.respond(block, { endStream: this.#endsWithHead, waitForTrailers: !this.#endsWithHead });
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0 || this.#endsWithHead || this.#stream.destroyed) return true;
    if (this.#stream.write(Buffer.from(chunk))) return true;
    this.#awaitDrain();
    return false;
  }

  flush(): void {}

  end(trailers?: readonly string[]): void {
    if (this.#ended) return;
    this.#ended = true;
    this.watch = undefined;
    this.#answerTrailers = trailers;
    if (this.#endsWithHead) return;
    this.#stream.end();
    // For a client that opens no window for the rest, or that still sends.
    this.#deadline.set(performance.now() + this.#session.times.stalledMs);
    // What the client still sends has no reader (RFC 9113, 8.1): it is told to stop, without an error.
    if (!this.#stream.readableEnded) this.#stream.resume();
  }

  abort(): void {
    this.#ended = true;
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  tunnel(fields: readonly string[]): void {
    const kept: string[] = [];
    // The key was this side's own, so its answer is of no use to the client.
    for (let index = 0; index < fields.length; index += 2)
      if (fields[index]!.toLowerCase() !== "sec-websocket-accept") kept.push(fields[index]!, fields[index + 1]!);
    this.#headSent = true;
    this.#stream.respond(appendFields([":status", "200"], kept));
  }

  /** The stream has closed. */
  gone(): void {
    this.#deadline.end();
    this.#flows();
    if (this.#ended) return;
    this.#ended = true;
    this.watch?.gone();
  }

  #awaitDrain(): void {
    if (this.#stalled) return;
    const [session, nowMs] = [this.#session, performance.now()];
    this.#stalled = true;
    session.stalledStreams += 1;
    this.#bodyWait?.rest(nowMs);
    this.#answerWait ??= new AnswerWait(session.pace);
    this.#deadline.set(this.#answerWait.begin(nowMs, session.takenBytes(), session.times.stalledMs));
  }

  #flows(): void {
    if (this.#stalled) this.#session.stalledStreams -= 1;
    this.#stalled = false;
  }

  #tooLate(): void {
    const { stalledStreams } = this.#session;
    if (this.#stalled && !this.#ended) {
      const againMs = this.#answerWait!.look(performance.now(), this.#session.takenBytes(), stalledStreams);
      if (againMs !== undefined) return this.#deadline.set(againMs);
    }
    if (this.#ended || this.watch === undefined) return this.#stream.close(constants.NGHTTP2_CANCEL);
    this.watch.tooSlow(this.#stalled ? "response" : "request");
  }

  #drained(): void {
    this.#flows();
    if (!this.#ended) this.#deadline.clear();
    this.#awaitBody(this.#readsBody);
    const onDrain = this.onDrain;
    this.onDrain = undefined;
    onDrain?.();
  }

  #sendTrailers(): void {
    // Without any, an empty frame says that the body has ended.
    this.#stream.sendTrailers(objectOf(this.#answerTrailers ?? []));
  }

  #problemOf(pseudo: Record<string, string>, host: string | undefined): string | undefined {
    const method = pseudo[":method"];
    if ((method === "CONNECT" && this.upgrade === undefined) || method === "TRACE") return `${method} is not served.`;
    if (this.upgrade !== undefined && this.upgrade !== "websocket")
      return "The only protocol to change to is websocket.";
    // RFC 9113, 8.3.1: two authorities are two routes.
    if (host !== undefined && pseudo[":authority"] !== undefined && host !== pseudo[":authority"])
      return "Host and :authority differ.";
    if (this.authority === undefined || !isAuthority(this.authority))
      return "The authority is not a name or an address.";
    if (/[^\x21-\x7e]|[#\\]/.test(this.target)) return "The path holds a character that has to be percent-encoded.";
    const length = this.fields.get("content-length");
    return length !== undefined && !/^\d{1,15}$/.test(length) ? "Content-Length is not a number of bytes." : undefined;
  }
}

function pseudoOf(raw: readonly string[]): Record<string, string> {
  const pseudo: Record<string, string> = {};
  // They come first (RFC 9113, 8.3).
  for (let index = 0; index < raw.length && raw[index]!.charCodeAt(0) === 0x3a; index += 2)
    pseudo[raw[index]!] = raw[index + 1]!;
  return pseudo;
}
