import type { BodySink, Fields, Inbound, RespondOptions } from "#gateway/wire/index.ts";
import type { BodyTape } from "./body-tape.ts";

/**
 * Stands before the request of an exchange that is recorded, and copies what passes. The exchanges that are not recorded
 * have none, so they pay nothing for those that are.
 */
export class RecordedInbound implements Inbound {
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly version: "1.0" | "1.1" | "2.0";
  readonly fields: Fields;
  readonly hasBody: boolean;
  readonly bodyLength: number | undefined;
  readonly upgrade: string | undefined;
  readonly request: BodyTape;
  readonly response: BodyTape;
  answerFields: readonly string[] = [];
  isTunnel = false;
  readonly #inner: Inbound;
  #onEnd: (() => void) | undefined;

  constructor(inner: Inbound, tapes: { request: BodyTape; response: BodyTape }, onEnd: () => void) {
    this.method = inner.method;
    this.target = inner.target;
    this.authority = inner.authority;
    this.version = inner.version;
    this.fields = inner.fields;
    this.hasBody = inner.hasBody;
    this.bodyLength = inner.bodyLength;
    this.upgrade = inner.upgrade;
    this.request = tapes.request;
    this.response = tapes.response;
    this.#inner = inner;
    this.#onEnd = onEnd;
    const before = inner.watch;
    inner.watch = {
      gone: () => {
        before?.gone();
        this.#end();
      },
      tooSlow: (side) => before?.tooSlow(side),
    };
  }

  get watch(): Inbound["watch"] {
    return this.#inner.watch;
  }

  set watch(watch: Inbound["watch"]) {
    this.#inner.watch = watch;
  }

  get onDrain(): (() => void) | undefined {
    return this.#inner.onDrain;
  }

  set onDrain(listener: (() => void) | undefined) {
    this.#inner.onDrain = listener;
  }

  readBody(sink: BodySink, atAnyPace?: boolean): void {
    if (this.isTunnel) return this.#inner.readBody(sink, atAnyPace);
    const { request } = this;
    request.begun = true;
    const copying: BodySink = {
      onBodyData(chunk) {
        request.take(chunk);
        sink.onBodyData(chunk);
      },
      onBodyEnd: (trailers) => sink.onBodyEnd(trailers),
    };
    this.#inner.readBody(copying, atAnyPace);
  }

  pauseBody(): void {
    this.#inner.pauseBody();
  }

  resumeBody(): void {
    this.#inner.resumeBody();
  }

  inform(status: number, fields: readonly string[]): void {
    this.#inner.inform(status, fields);
  }

  respond(status: number, fields: readonly string[], options: RespondOptions): void {
    this.answerFields = fields;
    this.response.begun = true;
    this.#inner.respond(status, fields, options);
  }

  write(chunk: Buffer): boolean {
    if (!this.isTunnel && this.method !== "HEAD") this.response.take(chunk);
    return this.#inner.write(chunk);
  }

  flush(): void {
    this.#inner.flush();
  }

  end(trailers?: readonly string[]): void {
    this.#inner.end(trailers);
    this.#end();
  }

  abort(): void {
    this.#inner.abort();
    this.#end();
  }

  tunnel(fields: readonly string[]): void {
    this.isTunnel = true;
    this.answerFields = fields;
    this.#inner.tunnel(fields);
  }

  /** Once, whoever ended it: the gateway, the upstream, or the client that went. */
  #end(): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.();
  }
}
