/** A request as it goes to an upstream. Everything in it is checked: nothing here may hold a line end. */
export interface OutboundRequest {
  method: string;
  /** Path and query. */
  path: string;
  /** The Host field, or `:authority`. */
  authority: string;
  scheme: "http" | "https";
  /** `[name, value, …]`, end-to-end fields alone. */
  fields: readonly string[];
  hasBody: boolean;
  /** Undefined: not known before its end. */
  bodyLength: number | undefined;
  /** The client can take fields after the body (`TE: trailers`), which gRPC insists on. */
  acceptsTrailers: boolean;
  /** Protocol to change to, by the client's wish. */
  upgrade: string | undefined;
  /** From the request's last byte to the answer's head. */
  headersMs: number;
  /** Between two pieces of the answer's body, and for an upstream to take a piece of the request's. */
  idleMs: number;
  /** Between two pieces, either way, once the protocol was changed. */
  tunnelIdleMs: number;
}

export interface AnswerStart {
  status: number;
  fields: readonly string[];
  /** What `Connection` named, in lower case: fields that go no further. */
  connection: string | undefined;
  /** No body follows. */
  bodiless: boolean;
}

/** What becomes of one request. After `onEnd` or `onError` nothing is called any more. */
export interface OutboundHandler {
  /** The connection stands and the head is on its way. A request whose body is sent gets it from here on. */
  onStart(stream: OutboundStream): void;
  /** An interim answer's fields as they came; `connection` as with `AnswerStart`. */
  onInform(status: number, fields: readonly string[], connection: string | undefined): void;
  onHead(start: AnswerStart): void;
  /** The reader's memory, overwritten by the next read: who keeps it past the call copies it. */
  onData(chunk: Buffer): void;
  /** What had come at once is through. */
  onPause(): void;
  onEnd(trailers: readonly string[] | undefined): void;
  /** The upstream agreed to `upgrade`: data and writes are bytes as they are from here on. */
  onTunnel(fields: readonly string[]): void;
  /** The request's side takes more again, after `write` said false. */
  onDrain(): void;
  /** A request waits for a connection, and this one has not been read for a while, since the client does not take the answer. */
  onWanted(): void;
  onError(error: UpstreamError): void;
}

/** The request's side of an exchange. */
export interface OutboundStream {
  /** Its connection serves others meanwhile, so that one which is long holds nobody up. */
  readonly isShared: boolean;
  /** False: wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  end(trailers?: readonly string[]): void;
  pause(): void;
  resume(): void;
  /** Gives the exchange up; nothing is called any more. */
  abort(): void;
}

export interface OutboundPool {
  dispatch(request: OutboundRequest, handler: OutboundHandler): OutboundStream;
  /** Requests under way end first. */
  close(): void;
  destroy(): void;
}

/** `dial`: no byte left. `broken`: the connection ended before the answer's head. The rest speaks for itself. */
export type UpstreamErrorKind = "dial" | "broken" | "timeout" | "malformed" | "cut" | "busy";

export class UpstreamError extends Error {
  readonly kind: UpstreamErrorKind;
  /** The system's or TLS's code where there was one. */
  readonly code: string | undefined;

  constructor(kind: UpstreamErrorKind, message: string, options: { cause?: unknown; code?: string | undefined } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.code = options.code;
  }
}
