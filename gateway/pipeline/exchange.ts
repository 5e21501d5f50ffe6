import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Session } from "#gateway/session/index.ts";
import { Fields } from "#gateway/wire/index.ts";
import type { CompiledApi, Plan } from "./compile-api.ts";

/** Changes to the headers that go upstream, decided at load. */
export interface HeaderEdit {
  /** Lower-case names that do not pass. */
  drop: ReadonlySet<string>;
  /** `[name, value, …]` that is added. */
  add: readonly string[];
}

/** What is known of a client's connection, decided once and not per request. */
export interface Connection {
  address: string;
  /** Whether the peer is a proxy whose X-Forwarded-* fields are believed. */
  trusted: boolean;
  /** Null over a plain connection. */
  tls: TLSSocket | null;
  /** Exchanges in flight, newest first. */
  inFlight: Exchange | undefined;
}

/** One request and its answer. A class because it is the hot shape: every member is set here, in this order. */
export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
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
  requestBytes = 0;
  responseBytes = 0;
  settled = false;
  /** Stops the upstream's side when the client goes away. */
  abortUpstream: ((cause: Error) => void) | undefined = undefined;
  connection: Connection | undefined = undefined;
  /** Exchanges of one connection that are in flight (HTTP/1.1 pipelining) form a list. */
  sibling: Exchange | undefined = undefined;

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    path: string,
    query: string,
    startedAtUs: number,
    nowMs: number,
  ) {
    this.req = req;
    this.res = res;
    this.method = req.method!;
    this.fields = new Fields(req.rawHeaders);
    this.path = path;
    this.query = query;
    this.upstreamQuery = query;
    this.startedAtUs = startedAtUs;
    this.nowMs = nowMs;
  }
}

/** What steps see before anyone is known: no principal. */
export type Admitted = Omit<Exchange, "principal">;
/** After authenticate: the session, or null where the API asks for no credential. */
export type Identified = Exchange;
export type Responding = Exchange;
