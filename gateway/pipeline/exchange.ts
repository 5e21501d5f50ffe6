import type { TLSSocket } from "node:tls";
import type { Session } from "#gateway/session/index.ts";
import type { Fields, Inbound } from "#gateway/wire/index.ts";
import { collectBody } from "./collect-body.ts";
import { requestIdOf } from "./request-id.ts";
import type { HeaderEdit } from "./header-edit.ts";
import type { CompiledApi, Plan } from "./compile-api.ts";

/** What is known of a client's connection, decided once and not per request. */
export interface Connection {
  address: string;
  /** Whether the peer is a proxy whose X-Forwarded-* fields are believed. */
  trusted: boolean;
  /** Null over a plain connection. */
  tls: TLSSocket | null;
}

/** What goes on with an upstream for an exchange. */
export interface Underway {
  abort(): void;
}

/** An exchange's place in a trace, as the parts that make up the exchange tell it what happens. */
export interface ExchangeTrace {
  readonly traceId: string;
  /** A try begins; gives the fields that it sends. */
  attemptBegan(fields: readonly string[], target: string, atUs: number): readonly string[];
  attemptEnded(outcome: { status: number } | { error: string }, atUs: number): void;
}

/** One request and its answer. A class because it is the hot shape: every member is set here, in this order. */
export class Exchange {
  /** The request and the way to its answer; a recording may stand before it. */
  inbound: Inbound;
  readonly connection: Connection;
  readonly method: string;
  readonly fields: Fields;
  /** Normalised path, as the client sent it otherwise. */
  readonly path: string;
  /** With its question mark, byte for byte; empty when there is none. */
  readonly query: string;
  readonly startedAtUs: number;
  readonly nowMs: number;
  api: CompiledApi | undefined = undefined;
  plan: Plan | undefined = undefined;
  /** The operation's path: what follows the listen path, at least `/`. */
  innerPath = "/";
  principal: Session | null = null;
  /** Lower-case name of the header that carried the credential: it must not go upstream. */
  credentialHeader: string | undefined = undefined;
  /** Query without the credential, where it came there. */
  upstreamQuery: string;
  /** Path below the target's base path that goes upstream. */
  upstreamPath = "/";
  requestEdit: HeaderEdit | undefined = undefined;
  status = 0;
  /** Upstream's response headers as `[name, value, …]`, ready to be written; respond steps change them in place. */
  responseHeaders: string[] = [];
  /** What the limits found, for the answer's RateLimit fields. */
  limitFields: string[] | undefined = undefined;
  reason: string | null = null;
  upstreamStartedAtUs = 0;
  upstreamUs = -1;
  /** Origin of the target that was asked last; null where none was. */
  target: string | null = null;
  tries = 0;
  requestBytes = 0;
  responseBytes = 0;
  settled = false;
  /** The request's body, where a plugin asked for its bytes; it is then sent from here. */
  bufferedBody: Buffer | undefined = undefined;
  forwarding: Underway | undefined = undefined;
  /** How many APIs of this gateway it came through. */
  depth = 0;
  /** Null where nobody asked for traces. */
  trace: ExchangeTrace | null = null;
  #requestId: string | undefined = undefined;

  constructor(
    inbound: Inbound,
    connection: Connection,
    path: string,
    query: string,
    startedAtUs: number,
    nowMs: number,
  ) {
    this.inbound = inbound;
    this.connection = connection;
    this.method = inbound.method;
    this.fields = inbound.fields;
    this.path = path;
    this.query = query;
    this.upstreamQuery = query;
    this.startedAtUs = startedAtUs;
    this.nowMs = nowMs;
    if (inbound.bodyLength !== undefined) this.requestBytes = inbound.bodyLength;
  }

  /** The client's `X-Request-Id` where it is plausible, else one of ours. Made only when something needs to be named. */
  get requestId(): string {
    return (this.#requestId ??= requestIdOf(this.fields));
  }

  /** All of the request's body; undefined where it is larger than `capBytes`. */
  async bufferBody(capBytes: number): Promise<Buffer | undefined> {
    if (this.bufferedBody === undefined && this.inbound.hasBody)
      this.bufferedBody = await collectBody(this.inbound, capBytes);
    if (!this.inbound.hasBody) return NO_BYTES;
    if (this.bufferedBody !== undefined) this.requestBytes = this.bufferedBody.length;
    return this.bufferedBody;
  }
}

const NO_BYTES = Buffer.alloc(0);

/** What steps see before anyone is known: no principal. */
export type Admitted = Omit<Exchange, "principal">;
/** After authenticate: the session, or null where the API asks for no credential. */
export type Identified = Exchange;
export type Responding = Exchange;
