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
import { H2Outbound } from "./h2-outbound.ts";

/** Sessions to one origin; each carries many requests at once. */
const MAX_SESSIONS = 16;
/** Streams on a session whose server names no bound, and the most that is put on one. */
const MAX_STREAMS = 100;
const IDLE_MS = 60_000;
/** Two lines of a name that should have one go on as they came, and are no reason to throw. The types do not know it yet. */
const LENIENT: object = { strictSingleValueFields: false };

interface Session {
  http2: ClientHttp2Session;
  isUp: boolean;
  streams: number;
  /** Requests that wait for the session to come up. */
  waiting: H2Outbound[];
}

/** An upstream that speaks HTTP/2: over TLS by ALPN, or in clear text by prior knowledge. */
export class ClientSessionPool implements OutboundPool {
  readonly #dial: DialOptions;
  readonly #sessions = new Set<Session>();
  #closing = false;

  constructor(dial: DialOptions) {
    this.#dial = dial;
  }

  dispatch(request: OutboundRequest, handler: OutboundHandler): OutboundStream {
    const stream = new H2Outbound(request, handler);
    const session = this.#sessionWithRoom();
    if (session === undefined) {
      queueMicrotask(() => stream.fail(new UpstreamError("busy", "All sessions to the upstream are full.")));
      return stream;
    }
    session.streams += 1;
    stream.onClosed = () => this.#released(session);
    if (session.isUp) stream.begin(session.http2);
    else session.waiting.push(stream);
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
    const session: Session = { http2, isUp: false, streams: 0, waiting: [] };
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
    session.streams -= 1;
    if (this.#closing && session.streams === 0) session.http2.close();
  }
}
