import { randomBytes } from "node:crypto";
import { constants, type ServerHttp2Stream } from "node:http2";
import { Fields } from "../fields.ts";
import type { BodySink, Inbound, RespondOptions } from "../inbound.ts";
import { appendFields, fieldsOf, trailersOf } from "./fields-of.ts";

const HOST = /^[^\s@/?#\\]*$/;

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
  onGone: (() => void) | undefined = undefined;
  onDrain: (() => void) | undefined = undefined;
  readonly #stream: ServerHttp2Stream;
  #trailers: string[] | undefined = undefined;
  #answerTrailers: readonly string[] | undefined = undefined;
  #headSent = false;
  #endsWithHead = false;
  #ended = false;

  constructor(stream: ServerHttp2Stream, raw: readonly string[]) {
    const pseudo = pseudoOf(raw);
    const protocol = pseudo[":protocol"];
    this.#stream = stream;
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
    stream.on("trailers", (_headers, _flags, rawTrailers) => (this.#trailers = fieldsOf(rawTrailers ?? [])));
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

  readBody(sink: BodySink): void {
    const stream = this.#stream;
    if (!this.hasBody && this.upgrade === undefined) return sink.onBodyEnd(undefined);
    if (this.fields.get("expect")?.toLowerCase() === "100-continue" && !this.#headSent)
      stream.additionalHeaders({ ":status": 100 });
    stream.on("data", (chunk: Buffer) => sink.onBodyData(chunk));
    stream.once("end", () => sink.onBodyEnd(this.#trailers));
  }

  pauseBody(): void {
    this.#stream.pause();
  }

  resumeBody(): void {
    this.#stream.resume();
  }

  inform(status: number, fields: readonly string[]): void {
    if (!this.#headSent && !this.#stream.destroyed)
      this.#stream.additionalHeaders({ ":status": status, ...trailersOf(appendFields([], fields)) });
  }

  respond(status: number, fields: readonly string[], { bodiless }: RespondOptions): void {
    if (this.#stream.destroyed) return;
    this.#headSent = true;
    this.#endsWithHead = bodiless || this.method === "HEAD";
    const block = appendFields([":status", String(status)], fields);
    this.#stream.respond(block, { endStream: this.#endsWithHead, waitForTrailers: !this.#endsWithHead });
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0 || this.#endsWithHead || this.#stream.destroyed) return true;
    return this.#stream.write(Buffer.from(chunk));
  }

  flush(): void {}

  end(trailers?: readonly string[]): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onGone = undefined;
    this.#answerTrailers = trailers;
    if (this.#endsWithHead) return;
    this.#stream.end();
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

  gone(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onGone?.();
  }

  #drained(): void {
    const onDrain = this.onDrain;
    this.onDrain = undefined;
    onDrain?.();
  }

  #sendTrailers(): void {
    if (this.#answerTrailers === undefined || this.#answerTrailers.length === 0) return this.#stream.close();
    this.#stream.sendTrailers(trailersOf(this.#answerTrailers));
  }

  #problemOf(pseudo: Record<string, string>, host: string | undefined): string | undefined {
    if (pseudo[":method"] === "CONNECT" && this.upgrade === undefined) return "CONNECT is not served.";
    // RFC 9113, 8.3.1: two authorities are two routes.
    if (host !== undefined && pseudo[":authority"] !== undefined && host !== pseudo[":authority"])
      return "Host and :authority differ.";
    if (this.authority === undefined || !HOST.test(this.authority)) return "The authority is not a name or an address.";
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
