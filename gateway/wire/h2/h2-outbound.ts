import { createHash } from "node:crypto";
import { constants, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { Deadline } from "../deadline.ts";
import { Fields } from "../fields.ts";
import { UpstreamError, type OutboundHandler, type OutboundRequest, type OutboundStream } from "../outbound.ts";
import { allowedTrailers } from "../trailers.ts";
import { writablePath } from "../written-fields.ts";
import { appendFields, fieldsOf, objectOf } from "./fields-of.ts";

/** Each one goes on to the client at once, so many of them are a flood. */
const MAX_INTERIM = 32;
/** Those beyond have no meaning (RFC 9110, 15). */
const MAX_STATUS = 599;

/** Whoever gave a stream its place. */
export interface StreamOwner {
  /** Its reader waits, or no more. */
  paused(stream: H2Outbound, paused: boolean): void;
  /** The place is free. */
  released(stream: H2Outbound): void;
}

/** One request on a session to an upstream. */
export class H2Outbound implements OutboundStream {
  readonly isShared = true;
  readonly #request: OutboundRequest;
  readonly #deadline: Deadline;
  #handler: OutboundHandler | undefined;
  #stream: ClientHttp2Stream | undefined = undefined;
  #trailers: string[] | undefined = undefined;
  #requestTrailers: readonly string[] | undefined = undefined;
  #headSeen = false;
  #interim = 0;
  #bodyEnded = false;
  /** The session that it has a place on; an object, since a function made for each stream costs more (ADR 11). */
  owner: StreamOwner | undefined = undefined;

  constructor(request: OutboundRequest, handler: OutboundHandler) {
    this.#request = request;
    this.#handler = handler;
    this.#deadline = new Deadline(() => this.#cut(new UpstreamError("timeout", "The answer took too long.")));
  }

  begin(session: ClientHttp2Session): void {
    if (this.#handler === undefined) return this.#closed();
    const { path, authority, scheme, fields, hasBody, bodyLength, acceptsTrailers, upgrade } = this.#request;
    if (upgrade !== undefined && !session.remoteSettings.enableConnectProtocol)
      return this.fail(new UpstreamError("malformed", "The upstream's HTTP/2 carries no other protocols (RFC 8441)."));
    const method = upgrade === undefined ? this.#request.method : "CONNECT";
    const pseudo = [":method", method, ":path", writablePath(path), ":scheme", scheme, ":authority", authority];
    if (upgrade !== undefined) pseudo.push(":protocol", upgrade);
    const block = appendFields(pseudo, fields);
    if (acceptsTrailers) block.push("te", "trailers");
    if (bodyLength !== undefined) block.push("content-length", String(bodyLength));
    const isOpen = hasBody || upgrade !== undefined;
    const stream = session.request(block, { endStream: !isOpen, waitForTrailers: hasBody });
    this.#stream = stream;
    this.#listen(stream);
    if (!hasBody) this.#deadline.set(performance.now() + this.#request.headersMs);
    this.#handler.onStart(this);
  }

  write(chunk: Buffer): boolean {
    if (this.#stream!.write(Buffer.from(chunk))) return true;
    // An upstream that opens no window is waited for as long as for one that does not write.
    if (!this.#headSeen) this.#deadline.set(performance.now() + this.#request.idleMs);
    return false;
  }

  end(trailers?: readonly string[]): void {
    this.#requestTrailers = trailers;
    this.#stream!.end();
    if (!this.#headSeen) this.#deadline.set(performance.now() + this.#request.headersMs);
  }

  pause(): void {
    this.#deadline.clear();
    this.#stream?.pause();
    this.owner?.paused(this, true);
  }

  resume(): void {
    this.#awaitBody();
    this.#stream?.resume();
    this.owner?.paused(this, false);
  }

  giveUp(): void {
    this.#handler?.onWanted();
  }

  abort(): void {
    this.#handler = undefined;
    this.#deadline.end();
    if (this.#stream === undefined) return;
    this.#stream.close(constants.NGHTTP2_CANCEL);
    // Its reset goes before whatever takes its place.
    this.#closed();
  }

  /** Before it began. */
  fail(error: UpstreamError): void {
    this.#cut(error);
    this.#closed();
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on("headers", (headers) => {
      const status = headers[":status"] ?? 0;
      this.#interim += 1;
      if (this.#interim > MAX_INTERIM)
        return this.#cut(new UpstreamError("malformed", "The answer is announced without end."));
      if (status > 101) this.#handler?.onInform(status, flat(headers), undefined);
    });
    stream.once("response", (headers, flags, raw) => this.#begun(headers[":status"] ?? 0, flags, raw ?? []));
    stream.on("trailers", (_headers, _flags, raw) => (this.#trailers = allowedTrailers(fieldsOf(raw ?? []))));
    stream.on("wantTrailers", () => stream.sendTrailers(objectOf(this.#requestTrailers ?? [])));
    stream.on("drain", () => {
      if (!this.#headSeen && !stream.writableEnded) this.#deadline.clear();
      this.#handler?.onDrain();
    });
    let cause: Error | undefined;
    stream.on("error", (error) => (cause = error));
    stream.once("close", () => this.#over(stream, cause));
  }

  #begun(status: number, flags: number, raw: readonly string[]): void {
    const stream = this.#stream!;
    this.#headSeen = true;
    if (status > MAX_STATUS) return this.#cut(new UpstreamError("malformed", "The answer's status is none."));
    const isTunnel = this.#request.upgrade !== undefined && status === 200;
    const bodiless = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    if (isTunnel) this.#handler?.onTunnel([...fieldsOf(raw), "sec-websocket-accept", this.#accept()]);
    else this.#handler?.onHead({ status, fields: fieldsOf(raw), connection: undefined, bodiless });
    this.#awaitBody();
    stream.on("data", (chunk: Buffer) => {
      this.#awaitBody();
      this.#handler?.onData(chunk);
      this.#handler?.onPause();
    });
    stream.once("end", () => (this.#bodyEnded = true));
    this.#handler?.onPause();
  }

  #awaitBody(): void {
    const { idleMs, tunnelIdleMs, upgrade } = this.#request;
    if (this.#headSeen && !this.#bodyEnded)
      this.#deadline.set(performance.now() + (upgrade === undefined ? idleMs : tunnelIdleMs));
  }

  /** What an HTTP/1.1 server would answer to the client's key (RFC 6455, 4.2.2). */
  #accept(): string {
    const key = new Fields(this.#request.fields).get("sec-websocket-key") ?? "";
    return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  }

  #over(stream: ClientHttp2Stream, cause: Error | undefined): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#deadline.end();
    this.#closed();
    if (handler === undefined) return;
    const { rstCode } = stream;
    if (this.#headSeen && this.#bodyEnded && (rstCode === constants.NGHTTP2_NO_ERROR || rstCode === undefined))
      return handler.onEnd(this.#trailers);
    // Nothing of a refused stream was processed (RFC 9113, 8.7).
    const kind = rstCode === constants.NGHTTP2_REFUSED_STREAM ? "dial" : this.#headSeen ? "cut" : "broken";
    handler.onError(
      new UpstreamError(kind, cause?.message ?? `The upstream reset the stream (${rstCode}).`, { cause }),
    );
  }

  #cut(error: UpstreamError): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#deadline.end();
    this.#stream?.close(constants.NGHTTP2_CANCEL);
    handler?.onError(error);
  }

  #closed(): void {
    const { owner } = this;
    this.owner = undefined;
    owner?.released(this);
  }
}

function flat(headers: NodeJS.Dict<string | string[] | number>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(":") || value === undefined ? [] : [value].flat().flatMap((one) => [name, String(one)]),
  );
}
