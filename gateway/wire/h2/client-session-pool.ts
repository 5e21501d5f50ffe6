import { connect as connectSession, type ClientHttp2Session } from "node:http2";
import { connect as connectPlain } from "node:net";
import { connect as connectTls } from "node:tls";
import type { DialOptions } from "../h1/client-connection.ts";
import {
  UpstreamError,
  type OutboundHandler,
  type OutboundPool,
  type OutboundRequest,
  type OutboundStream,
} from "../outbound.ts";
import { systemCodeOf } from "../system-code.ts";
import { WaitingLine } from "../waiting-line.ts";
import { H2Outbound, type StreamOwner } from "./h2-outbound.ts";

/** Sessions to one origin; each carries many requests at once. */
const MAX_SESSIONS = 16;
/** Streams on a session whose server names no bound, and the most that is put on one. */
const MAX_STREAMS = 100;
const IDLE_MS = 60_000;
/** Two lines of a name that should have one go on as they came, and are no reason to throw. The types do not know it yet. */
const LENIENT: object = { strictSingleValueFields: false };

/** One session, and the streams that have a place on it. */
class Session implements StreamOwner {
  readonly http2: ClientHttp2Session;
  readonly #line: WaitingLine<H2Outbound>;
  readonly #onReleased: (session: Session) => void;
  isUp = false;
  streams = 0;
  /** Requests that wait for the session to come up. */
  readonly waiting: H2Outbound[] = [];

  constructor(http2: ClientHttp2Session, line: WaitingLine<H2Outbound>, onReleased: (session: Session) => void) {
    this.http2 = http2;
    this.#line = line;
    this.#onReleased = onReleased;
  }

  take(stream: H2Outbound): void {
    this.streams += 1;
    stream.owner = this;
    if (this.isUp) stream.begin(this.http2);
    else this.waiting.push(stream);
  }

  paused(stream: H2Outbound, paused: boolean): void {
    if (paused) this.#line.stalled.began(stream);
    else this.#line.stalled.ended(stream);
  }

  released(stream: H2Outbound): void {
    this.#line.stalled.ended(stream);
    this.streams -= 1;
    this.#onReleased(this);
  }
}

/** An upstream that speaks HTTP/2: over TLS by ALPN, or in clear text by prior knowledge. */
export class ClientSessionPool implements OutboundPool {
  readonly #dial: DialOptions;
  readonly #sessions = new Set<Session>();
  readonly #line: WaitingLine<H2Outbound>;
  #closing = false;

  constructor(dial: DialOptions, limits: { waiting: number }) {
    this.#dial = dial;
    this.#line = new WaitingLine({ waiting: limits.waiting, waitMs: dial.connectMs });
  }

  dispatch(request: OutboundRequest, handler: OutboundHandler): OutboundStream {
    const session = this.#sessionWithRoom();
    if (session === undefined) return this.#line.wait(request, handler);
    const stream = new H2Outbound(request, handler);
    session.take(stream);
    return stream;
  }

  close(): void {
    this.#closing = true;
    for (const { http2 } of this.#sessions) http2.close();
  }

  destroy(): void {
    this.#closing = true;
    for (const { http2 } of this.#sessions) http2.destroy();
  }

  #sessionWithRoom(): Session | undefined {
    for (const session of this.#sessions) {
      const { maxConcurrentStreams = MAX_STREAMS } = session.http2.remoteSettings ?? {};
      const room = Math.min(MAX_STREAMS, maxConcurrentStreams);
      if (!session.http2.closed && !session.http2.destroyed && session.streams < room) return session;
    }
    return this.#sessions.size < MAX_SESSIONS ? this.#open() : undefined;
  }

  #open(): Session {
    const { target, tls, connectMs } = this.#dial;
    const authority = `${tls === null ? "http" : "https"}://${target.host}:${target.port}`;
    const createConnection = () =>
      tls === null
        ? connectPlain({ ...target, noDelay: true })
        : connectTls({ ...target, ...tls(), ALPNProtocols: ["h2"] });
    const http2 = connectSession(authority, { createConnection, settings: { enablePush: false }, ...LENIENT });
    const session = new Session(http2, this.#line, (released) => this.#released(released));
    this.#sessions.add(session);
    const dialling = setTimeout(
      () => http2.destroy(Object.assign(new Error("The connection took too long."), { code: "CONNECT_TIMEOUT" })),
      connectMs,
    );
    let cause: Error | undefined;
    http2.on("error", (error) => (cause = error));
    http2.once("connect", () => {
      clearTimeout(dialling);
      session.isUp = true;
      http2.setTimeout(IDLE_MS, () => session.streams === 0 && http2.close());
      for (const stream of session.waiting.splice(0)) stream.begin(http2);
    });
    http2.once("goaway", () => http2.close());
    http2.once("close", () => {
      clearTimeout(dialling);
      this.#sessions.delete(session);
      this.#serveWaiting();
      for (const stream of session.waiting.splice(0))
        stream.fail(
          new UpstreamError("dial", cause?.message ?? "The session did not come up.", {
            cause,
            code: systemCodeOf(cause),
          }),
        );
    });
    return session;
  }

  #released(session: Session): void {
    if (this.#closing && session.streams === 0) session.http2.close();
    this.#serveWaiting();
  }

  #serveWaiting(): void {
    for (let next = this.#line.first(); next !== undefined; next = this.#line.first()) {
      const session = this.#sessionWithRoom();
      if (session === undefined) return;
      const stream = new H2Outbound(next.request, next.handler);
      next.take(stream);
      session.take(stream);
    }
  }
}
