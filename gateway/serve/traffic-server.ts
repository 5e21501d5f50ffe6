import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, ListenOptions } from "node:net";
import type { Logger } from "#base/log.ts";
import { messageOf } from "#base/errors.ts";
import { Exchange, reject, runSteps, type Conclude, type Reply } from "#gateway/pipeline/index.ts";
import { normalisePath } from "#gateway/route/index.ts";
import { forwardUpstream, hasBody, type ForwardDeps } from "#gateway/upstream/index.ts";
import type { Aggregator } from "#gateway/record/index.ts";
import { Connections, type Ranges } from "./connections.ts";
import { answerBadRequest } from "./bad-request.ts";
import { requestIdOf } from "./request-id.ts";
import { splitTarget } from "./split-target.ts";
import { emptyRoutes, type Routes } from "./routes.ts";

export interface TrafficServerOptions {
  recorder: Pick<Aggregator, "record">;
  log: Logger;
  /** Peers whose X-Forwarded-* fields are believed. */
  trustedProxies: Ranges;
}

const noApi = reject(404, "no_api", "No API listens on this host and path.");
const badPath = reject(400, "bad_request_target", "The request's path cannot be served.");
const internal = reject(500, "internal", "The gateway failed. The request's id finds the reason in its log.");
const notReady = reject(503, "not_ready", "This gateway has no configuration yet.", ["Retry-After", "1"]);
const noUpgrade = reject(501, "upgrade_unsupported", "This gateway does not pass WebSocket upgrades on.");

/** One worker's HTTP server. */
export class TrafficServer {
  readonly #options: TrafficServerOptions;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #conclude: Conclude;
  readonly #forwardDeps: ForwardDeps;
  #routes: Routes = emptyRoutes();
  #ready = false;
  #draining = false;
  inFlight = 0;

  constructor(options: TrafficServerOptions) {
    this.#options = options;
    this.#connections = new Connections(options.trustedProxies, (exchange) => this.#clientGone(exchange));
    this.#server = createServer(
      {
        keepAliveTimeout: 75_000,
        headersTimeout: 30_000,
        requestTimeout: 300_000,
        maxHeaderSize: 32 * 1_024,
        insecureHTTPParser: false,
      },
      (req, res) => this.#handle(req, res),
    );
    this.#server.on("connection", (socket) => this.#connections.open(socket));
    this.#server.on("clientError", answerBadRequest);
    this.#conclude = {
      reply: (exchange, reply) => this.#reply(exchange, reply),
      forward: (exchange) => forwardUpstream(exchange, this.#forwardDeps),
      failed: (exchange, error) => this.#failed(exchange, error),
    };
    this.#forwardDeps = {
      nowUs,
      maxBodyBytes: 0,
      reply: (exchange, reply) => this.#reply(exchange, reply),
      head: (exchange) => this.#head(exchange),
      settle: (exchange) => this.#settle(exchange),
    };
  }

  /** Resolves to the address once connections are taken; rejects with the system's error (EADDRINUSE and its kin). */
  listen(options: ListenOptions): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(options, () => {
        this.#server.off("error", reject);
        // A TCP server's address is an AddressInfo; strings are for pipes.
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** From the next request on; those in flight end with what they began with. */
  use(routes: Routes): void {
    this.#routes = routes;
    this.#forwardDeps.maxBodyBytes = routes.maxBodyBytes;
    this.#ready = true;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Answers from now on say `Connection: close`, so that clients move away by themselves. */
  announceDrain(): void {
    this.#draining = true;
  }

  /** Stops taking connections and resolves when the last request has ended, or after `limitMs` at the latest. */
  drain(limitMs: number): Promise<{ cutOff: number }> {
    this.#draining = true;
    return new Promise((resolve) => {
      const limit = setTimeout(() => {
        const cutOff = this.inFlight;
        this.#server.closeAllConnections();
        resolve({ cutOff });
      }, limitMs);
      this.#server.close(() => {
        clearTimeout(limit);
        resolve({ cutOff: 0 });
      });
      this.#server.closeIdleConnections();
    });
  }

  #handle(req: IncomingMessage, res: ServerResponse): void {
    const target = splitTarget(req.url!);
    const path = target && normalisePath(target.path);
    const exchange = new Exchange(req, res, path ?? "/", target?.query ?? "", nowUs(), Date.now());
    this.inFlight += 1;
    this.#connections.enter(req.socket, exchange);
    if (path === undefined) return this.#reply(exchange, badPath);
    if (req.headers.upgrade?.toLowerCase() === "websocket") return this.#reply(exchange, noUpgrade);
    const place = this.#routes.router.find(target!.host ?? req.headers.host, path);
    if (!place) return this.#reply(exchange, this.#ready ? noApi : notReady);
    this.#run(exchange, place.value);
  }

  #run(exchange: Exchange, api: NonNullable<Exchange["api"]>): void {
    exchange.api = api;
    const inner = exchange.path.slice(api.listenPath.length);
    exchange.innerPath = inner === "" ? "/" : inner;
    exchange.upstreamPath = api.strip ? inner : exchange.path;
    exchange.plan = api.fallback;
    if (api.operations !== null) {
      const match = api.operations.find(exchange.method, exchange.innerPath);
      if (match.kind === "found") exchange.plan = match.value;
      else if (api.unknownOperation !== null) return this.#unknown(exchange, api.unknownOperation, match);
    }
    runSteps(exchange, exchange.plan.steps, 0, this.#conclude);
  }

  #unknown(exchange: Exchange, reply: Reply, match: { kind: "known"; allow: string[] } | { kind: "none" }): void {
    if (match.kind === "none") return this.#reply(exchange, reply);
    const allow = match.allow.join(", ");
    this.#reply(exchange, reject(405, "method_not_allowed", `This path takes ${allow}.`, ["Allow", allow]));
  }

  #head(exchange: Exchange): boolean {
    const { plan, res } = exchange;
    if (plan!.respond !== null) for (const step of plan!.respond) void step(exchange);
    const headers = exchange.responseHeaders;
    if (exchange.limitFields !== undefined) for (const part of exchange.limitFields) headers.push(part);
    if (this.#draining) headers.push("Connection", "close");
    res.writeHead(exchange.status, headers);
    return true;
  }

  #reply(exchange: Exchange, reply: Reply): void {
    if (exchange.settled) return;
    const { req, res } = exchange;
    const [head, tail] = reply.body;
    const body = tail === "" ? head : `${head}${requestIdOf(req)}${tail}`;
    exchange.status = reply.status;
    exchange.reason = reply.code;
    exchange.responseBytes = Buffer.byteLength(body);
    const headers = [
      "Content-Type",
      reply.contentType,
      "Content-Length",
      String(exchange.responseBytes),
      ...reply.headers,
    ];
    if (this.#draining) headers.push("Connection", "close");
    if (hasBody(req) && !req.complete) swallowRest(req);
    res.writeHead(reply.status, headers);
    res.end(body);
    this.#settle(exchange);
  }

  #failed(exchange: Exchange, error: unknown): void {
    this.#options.log.error(
      { err: error, requestId: requestIdOf(exchange.req) },
      `request failed: ${messageOf(error)}`,
    );
    if (!exchange.res.headersSent) return this.#reply(exchange, internal);
    exchange.res.destroy();
    this.#settle(exchange);
  }

  #clientGone(exchange: Exchange): void {
    if (exchange.settled) return;
    exchange.reason = "client_closed";
    // nginx's 499; the client sees nothing of it.
    if (exchange.status === 0) exchange.status = 499;
    this.#settle(exchange);
    exchange.abortUpstream?.(new Error("the client went away"));
  }

  #settle(exchange: Exchange): void {
    if (exchange.settled) return;
    exchange.settled = true;
    this.inFlight -= 1;
    this.#connections.leave(exchange);
    this.#options.recorder.record(exchange, nowUs());
  }
}

/** For so long a client whose request was refused may go on sending before its connection is cut. */
const SWALLOW_MS = 5_000;

/**
 * A connection that is closed while bytes come is reset, and the client, still sending, never sees the answer. So what
 * comes is read and thrown away for a while (nginx: lingering_close).
 */
function swallowRest(req: IncomingMessage): void {
  const timer = setTimeout(() => req.socket.destroy(), SWALLOW_MS);
  for (const over of ["end", "close"]) req.once(over, () => clearTimeout(timer));
  // node:http reads on by itself only where nobody has begun to read the body.
  req.unpipe();
  req.resume();
}

function nowUs(): number {
  return performance.now() * 1_000;
}
