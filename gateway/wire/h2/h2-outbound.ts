import { constants, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { Deadline } from "../deadline.ts";
import { UpstreamError, type OutboundHandler, type OutboundRequest, type OutboundStream } from "../outbound.ts";
import { appendFields, fieldsOf, trailersOf } from "./fields-of.ts";

/** One request on a session to an upstream. */
export class H2Outbound implements OutboundStream {
  readonly #request: OutboundRequest;
  readonly #deadline: Deadline;
  #handler: OutboundHandler | undefined;
  #stream: ClientHttp2Stream | undefined = undefined;
  #trailers: string[] | undefined = undefined;
  #requestTrailers: readonly string[] | undefined = undefined;
  #headSeen = false;
  #bodyEnded = false;
  onClosed: (() => void) | undefined = undefined;

  constructor(request: OutboundRequest, handler: OutboundHandler) {
    this.#request = request;
    this.#handler = handler;
    this.#deadline = new Deadline(() => this.#cut(new UpstreamError("timeout", "The answer took too long.")));
  }

  begin(session: ClientHttp2Session): void {
    if (this.#handler === undefined) return this.#closed();
    const { method, path, authority, scheme, fields, hasBody, bodyLength, acceptsTrailers } = this.#request;
    const block = appendFields([":method", method, ":path", path, ":scheme", scheme, ":authority", authority], fields);
    if (acceptsTrailers) block.push("te", "trailers");
    if (bodyLength !== undefined) block.push("content-length", String(bodyLength));
    const stream = session.request(block, { endStream: !hasBody, waitForTrailers: hasBody });
    this.#stream = stream;
    this.#listen(stream);
    if (!hasBody) this.#deadline.set(performance.now() + this.#request.headersMs);
    this.#handler.onStart(this);
  }

  write(chunk: Buffer): boolean {
    return this.#stream!.write(Buffer.from(chunk));
  }

  end(trailers?: readonly string[]): void {
    this.#requestTrailers = trailers;
    this.#stream!.end();
    if (!this.#headSeen) this.#deadline.set(performance.now() + this.#request.headersMs);
  }

  pause(): void {
    this.#deadline.clear();
    this.#stream?.pause();
  }

  resume(): void {
    this.#awaitBody();
    this.#stream?.resume();
  }

  abort(): void {
    this.#handler = undefined;
    this.#deadline.end();
    if (this.#stream === undefined) return;
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  /** Before it began. */
  fail(error: UpstreamError): void {
    this.#cut(error);
    this.#closed();
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on("headers", (headers) => {
      const status = headers[":status"] ?? 0;
      if (status > 100) this.#handler?.onInform(status, flat(headers));
    });
    stream.once("response", (headers, flags, raw) => this.#begun(headers[":status"] ?? 0, flags, raw ?? []));
    stream.on("trailers", (_headers, _flags, raw) => (this.#trailers = fieldsOf(raw ?? [])));
    stream.on("wantTrailers", () => stream.sendTrailers(trailersOf(this.#requestTrailers ?? [])));
    stream.on("drain", () => this.#handler?.onDrain());
    let cause: Error | undefined;
    stream.on("error", (error) => (cause = error));
    stream.once("close", () => this.#over(stream, cause));
  }

  #begun(status: number, flags: number, raw: readonly string[]): void {
    const stream = this.#stream!;
    this.#headSeen = true;
    const bodiless = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    this.#handler?.onHead({ status, fields: fieldsOf(raw), connection: undefined, bodiless });
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
    if (this.#headSeen && !this.#bodyEnded) this.#deadline.set(performance.now() + this.#request.idleMs);
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
    const onClosed = this.onClosed;
    this.onClosed = undefined;
    onClosed?.();
  }
}

function flat(headers: NodeJS.Dict<string | string[] | number>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(":") || value === undefined ? [] : [value].flat().flatMap((one) => [name, String(one)]),
  );
}
