import type { Fields } from "./fields.ts";
import type { SlowSide } from "./pace.ts";

/** Takes the body of a request. A chunk is the sender's memory: who keeps it past the call copies it. */
export interface BodySink {
  onBodyData(chunk: Buffer): void;
  onBodyEnd(trailers: string[] | undefined): void;
}

/** Is told what becomes of a request's client. An object, since a function made for each request costs more (ADR 11). */
export interface ClientWatch {
  /** The connection ended before the answer did. */
  gone(): void;
  /** The client keeps this side waiting for too long: what becomes of the exchange is said here. */
  tooSlow(side: SlowSide): void;
}

/** One request as it came and the way to answer it, over HTTP/1.1 or one stream of HTTP/2. */
export interface Inbound {
  readonly method: string;
  /** Origin form or absolute form over HTTP/1.1; `:path` over HTTP/2. */
  readonly target: string;
  /** `Host`, or `:authority`; undefined only for HTTP/1.0. */
  readonly authority: string | undefined;
  readonly version: "1.0" | "1.1" | "2.0";
  readonly fields: Fields;
  readonly hasBody: boolean;
  /** What Content-Length says; undefined where there is no body or none says. */
  readonly bodyLength: number | undefined;
  /** `websocket` and its kin, in lower case, where the client asks to change the protocol. */
  readonly upgrade: string | undefined;
  /** Without one, a client that is too slow is cut. */
  watch: ClientWatch | undefined;
  /** Called once after `write` said false. */
  onDrain: (() => void) | undefined;

  /**
   * Sends the body to `sink` from now on; `100 Continue` goes out first where the client waits for it. `atAnyPace`: only the
   * time between two pieces counts, and not how few they are.
   */
  readBody(sink: BodySink, atAnyPace?: boolean): void;
  pauseBody(): void;
  resumeBody(): void;

  /** An interim answer (103). Not sent to a client that cannot take it. */
  inform(status: number, fields: readonly string[]): void;
  /** The head of the answer, `[name, value, …]` without hop-by-hop fields. It leaves with what is written next, or with `flush`. */
  respond(status: number, fields: readonly string[], options: RespondOptions): void;
  /** False: wait for `onDrain`. The chunk is copied where it is kept. */
  write(chunk: Buffer): boolean;
  /** Lets go what was gathered. Called when nothing more is known to come at once. */
  flush(): void;
  end(trailers?: readonly string[]): void;
  /** Cuts off: the client can tell that the answer is not whole. */
  abort(): void;
  /** Agrees to `upgrade`: from here on `readBody` and `write` carry bytes as they are, until either side ends. */
  tunnel(fields: readonly string[]): void;
}

export interface RespondOptions {
  /** Whether the connection is to be given up after this answer. */
  close: boolean;
  /** No body follows, whatever the fields say (an answer to HEAD, 204, 304). */
  bodiless: boolean;
}
