import {
  Fields,
  UpstreamError,
  type BodySink,
  type Inbound,
  type OutboundHandler,
  type OutboundRequest,
  type OutboundStream,
  type RespondOptions,
} from "#gateway/wire/index.ts";

/** One request from an API to another of the same gateway: what one side writes, the other reads, at the reader's pace. */
export class LoopInbound implements Inbound {
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly version = "1.1";
  readonly fields: Fields;
  readonly hasBody: boolean;
  readonly bodyLength: number | undefined;
  readonly upgrade = undefined;
  /** Never told of slowness: it is the outermost client that keeps waiting, and its own request is told. */
  watch: Inbound["watch"] = undefined;
  onDrain: (() => void) | undefined = undefined;
  /** The calling side. */
  readonly stream: OutboundStream;
  #handler: OutboundHandler | undefined;
  #sink: BodySink | undefined = undefined;
  #isBodyPaused = false;
  #isAnswerPaused = false;
  #headSent = false;
  #atAnyPace = false;

  constructor(request: OutboundRequest, handler: OutboundHandler, authority: string | undefined) {
    this.method = request.method;
    this.target = request.path;
    this.authority = authority;
    this.fields = new Fields(request.fields);
    this.hasBody = request.hasBody;
    this.bodyLength = request.bodyLength;
    this.#handler = handler;
    this.stream = this.#callingSide();
  }

  /** Only now does the caller send: a request that is refused first has no body to get rid of. */
  readBody(sink: BodySink, atAnyPace = false): void {
    if (!this.hasBody) return sink.onBodyEnd(undefined);
    this.#atAnyPace = atAnyPace;
    this.#sink = sink;
    this.#handler?.onStart(this.stream);
  }

  pauseBody(): void {
    this.#isBodyPaused = true;
  }

  resumeBody(): void {
    this.#isBodyPaused = false;
    this.#handler?.onDrain();
  }

  inform(status: number, fields: readonly string[]): void {
    this.#handler?.onInform(status, fields, undefined);
  }

  respond(status: number, fields: readonly string[], { bodiless }: RespondOptions): void {
    this.#headSent = true;
    const isEmpty = bodiless || this.method === "HEAD";
    this.#handler?.onHead({ status, fields, connection: undefined, bodiless: isEmpty });
  }

  write(chunk: Buffer): boolean {
    if (chunk.length > 0 && this.method !== "HEAD") this.#handler?.onData(chunk);
    return !this.#isAnswerPaused;
  }

  flush(): void {
    this.#handler?.onPause();
  }

  end(trailers?: readonly string[]): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.watch = undefined;
    handler?.onEnd(trailers);
  }

  abort(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.onError(new UpstreamError(this.#headSent ? "cut" : "broken", "The API that was called broke off."));
  }

  tunnel(): void {
    this.abort();
  }

  #callingSide(): OutboundStream {
    const takesAnyPace = () => this.#atAnyPace;
    return {
      get isShared() {
        return takesAnyPace();
      },
      write: (chunk) => {
        this.#sink?.onBodyData(chunk);
        return !this.#isBodyPaused;
      },
      end: (trailers) => this.#sink?.onBodyEnd(trailers && [...trailers]),
      pause: () => {
        this.#isAnswerPaused = true;
      },
      resume: () => {
        this.#isAnswerPaused = false;
        const onDrain = this.onDrain;
        this.onDrain = undefined;
        onDrain?.();
      },
      abort: () => {
        this.#handler = undefined;
        this.watch?.gone();
      },
    };
  }
}
