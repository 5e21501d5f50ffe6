import type { AddressInfo, ListenOptions, Socket } from "node:net";
import type { GatewaySettings } from "#contracts/config/file.ts";
import type { Certificate, Listener } from "#contracts/config/listener.ts";
import { background, type Logger } from "#base/log.ts";
import { messageOf } from "#base/errors.ts";
import {
  Exchange,
  isGrpc,
  reject,
  runSteps,
  type CompiledApi,
  type Conclude,
  type Connection,
  type Reply,
  type ReplyStep,
} from "#gateway/pipeline/index.ts";
import { normalisePath } from "#gateway/route/index.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import {
  forwardUpstream,
  inRanges,
  type ForwardDeps,
  type GuardOptions,
  type Ranges,
  type LoopInbound,
} from "#gateway/upstream/index.ts";
import type { Aggregator } from "#gateway/record/index.ts";
import { Trace, type Tracer } from "#gateway/trace/index.ts";
import type { ClientWatch, Inbound, SlowSide } from "#gateway/wire/index.ts";
import type { ClientFigures } from "./client-figures.ts";
import { Clients } from "./clients.ts";
import { grpcFields } from "./grpc-reply.ts";
import { Listeners } from "./listeners.ts";
import { Port, type PortHooks } from "./port.ts";
import { proxyStream } from "./stream-proxy.ts";
import { splitTarget } from "./split-target.ts";
import { emptyRoutes, type Routes } from "./routes.ts";

export interface TrafficServerOptions {
  recorder: Pick<Aggregator, "record">;
  log: Logger;
  /** Peers whose X-Forwarded-* fields are believed. */
  trustedProxies: Ranges;
  /** Undefined where nobody asked for traces. */
  tracer: Tracer | undefined;
  reusePort: boolean;
  secrets: Secrets;
  guard: GuardOptions;
}

type ClientBounds = Pick<GatewaySettings, "maxConnections" | "minBytesPerSecond">;

const noApi = reject(404, "no_api", "No API listens on this host and path.");
const badPath = reject(400, "bad_request_target", "The request's path cannot be served.");
const internal = reject(500, "internal", "The gateway failed. The request's id finds the reason in its log.");
const notReady = reject(503, "not_ready", "This gateway has no configuration yet.", ["Retry-After", "1"]);

const requestTooSlow = reject(408, "request_too_slow", "The request's body came too slowly.");

/** APIs that one request may come through. */
const MAX_DEPTH = 10;
const tooDeep = reject(508, "loop_detected", `A request may come through ${MAX_DEPTH} APIs of this gateway.`);
const noSuchApi = reject(502, "api_unavailable", "The API that is called here is not served by this gateway.");

/** One worker's HTTP server. */
export class TrafficServer {
  readonly #options: TrafficServerOptions;
  readonly #port: Port;
  readonly #listeners: Listeners;
  readonly #clients: Clients;
  readonly #conclude: Conclude;
  readonly #fates: Fates;
  readonly #forwardDeps: ForwardDeps;
  #routes: Routes = emptyRoutes();
  #ready = false;
  #draining = false;
  inFlight = 0;

  constructor(options: TrafficServerOptions) {
    this.#options = options;
    this.#clients = new Clients((inbound, connection) => this.#handle(inbound, connection));
    const hooks: PortHooks = {
      trusts: (address) => inRanges(options.trustedProxies, address),
      admits: (socket) => this.#clients.admits(socket),
      onHttp: (socket, connection, protocol) => this.#clients.serve(socket, connection, protocol),
      onStream: (socket, targets) => this.#passStream(socket, targets),
    };
    this.#listeners = new Listeners(hooks, options);
    this.#port = new Port({ proxyProtocol: false }, this.#listeners.book, hooks);
    this.#conclude = {
      reply: (exchange, reply) => this.#reply(exchange, reply),
      forward: (exchange) => forwardUpstream(exchange, this.#forwardDeps),
      failed: (exchange, error) => this.#failed(exchange, error),
    };
    this.#fates = {
      gone: (exchange) => this.#clientGone(exchange),
      tooSlow: (exchange, side) => this.#clientSlow(exchange, side),
    };
    this.#forwardDeps = {
      nowUs,
      maxBodyBytes: 0,
      reply: (exchange, reply) => this.#reply(exchange, reply),
      head: (exchange, bodiless) => this.#head(exchange, bodiless),
      settle: (exchange) => this.#settle(exchange),
    };
  }

  /** Resolves to the address once connections are taken; rejects with the system's error (EADDRINUSE and its kin). */
  listen(options: ListenOptions): Promise<AddressInfo> {
    return this.#port.listen(options);
  }

  /** The ports beside the one of `listen`, as they are wanted from now on. */
  useListeners(listeners: readonly Listener[], certificates: readonly Certificate[]): Promise<void> {
    return this.#listeners.use(listeners, certificates);
  }

  /** 48 bytes that the node's workers share, for whoever comes back to resume a TLS session. */
  useTicketKeys(keys: Buffer): void {
    this.#listeners.useTicketKeys(keys);
  }

  /** From the next request on; those in flight end with what they began with. */
  use(routes: Routes): void {
    this.#routes = routes;
    this.#forwardDeps.maxBodyBytes = routes.maxBodyBytes;
    this.#ready = true;
  }

  /** Connections that are open already stay, and are expected to keep the pace. */
  boundClients({ maxConnections, minBytesPerSecond }: ClientBounds): void {
    this.#clients.maxConnections = maxConnections;
    this.#clients.expectPace(minBytesPerSecond);
  }

  /** Of connections; counts start anew each time. */
  figures(): ClientFigures {
    return this.#clients.counts.take();
  }

  /** Answers from now on say `Connection: close`, so that clients move away by themselves. */
  announceDrain(): void {
    this.#draining = true;
  }

  /** Stops taking connections and resolves when the last request has ended, or after `limitMs` at the latest. */
  async drain(limitMs: number): Promise<{ cutOff: number }> {
    this.#draining = true;
    await Promise.all([this.#port.close(), this.#listeners.close()]);
    return new Promise((resolve) => {
      const limit = setTimeout(() => {
        const cutOff = this.inFlight;
        this.#clients.cutAll();
        resolve({ cutOff });
      }, limitMs);
      const emptied = this.#clients.finish().then(() => {
        clearTimeout(limit);
        resolve({ cutOff: 0 });
      });
      background(emptied, this.#options.log, "draining");
    });
  }

  #passStream(socket: Socket, targets: Readonly<Record<string, string>>): void {
    const { guard, log } = this.#options;
    this.#clients.keepStream(socket);
    proxyStream(socket, { targets, guard, log });
  }

  /** A request that an API sends to another one of this gateway. */
  enter(api: string, inbound: LoopInbound, from: Exchange): void {
    const target = splitTarget(inbound.target);
    const path = normalisePath(target?.path ?? "");
    const called = this.#routes.byId.get(api);
    const inner = called && path !== undefined ? `${called.listenPath}${path === "/" ? "" : path}` : "/";
    const exchange = this.#begin(inbound, from.connection, inner || "/", target?.query);
    exchange.depth = from.depth + 1;
    if (exchange.depth > MAX_DEPTH) return this.#reply(exchange, tooDeep);
    if (called === undefined || path === undefined) return this.#reply(exchange, noSuchApi);
    this.#run(exchange, called);
  }

  #handle(inbound: Inbound, connection: Connection): void {
    const target = splitTarget(inbound.target);
    const path = target && normalisePath(target.path);
    const exchange = this.#begin(inbound, connection, path ?? "/", target?.query);
    const { tracer } = this.#options;
    if (tracer !== undefined) exchange.trace = tracer.begin(exchange);
    if (path === undefined) return this.#reply(exchange, badPath);
    const place = this.#routes.router.find(target!.host ?? inbound.authority, path);
    if (!place) return this.#reply(exchange, this.#ready ? noApi : notReady);
    this.#run(exchange, place.value);
  }

  #begin(inbound: Inbound, connection: Connection, path: string, query = ""): Exchange {
    const exchange = new Exchange(inbound, connection, path, query, nowUs(), Date.now());
    this.inFlight += 1;
    inbound.watch = new ExchangeWatch(exchange, this.#fates);
    return exchange;
  }

  #run(exchange: Exchange, placed: CompiledApi): void {
    exchange.api = placed;
    if (placed.choose === null) return this.#runOne(exchange, placed, placed.listenPath);
    // Its own plan says how the refusal looks.
    exchange.plan = placed.fallback;
    const chosen = placed.choose(exchange);
    if (!("api" in chosen)) return this.#reply(exchange, chosen);
    this.#runOne(exchange, chosen.api, chosen.listenPath);
  }

  #runOne(exchange: Exchange, api: CompiledApi, listenPath: string): void {
    exchange.api = api;
    const inner = exchange.path.slice(listenPath.length);
    exchange.innerPath = inner === "" ? "/" : inner;
    exchange.upstreamPath = api.strip ? inner : exchange.path;
    exchange.plan = api.fallback;
    if (api.operations !== null) {
      const match = api.operations.find(methodFor(exchange, api), exchange.innerPath);
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

  #head(exchange: Exchange, bodiless: boolean): void {
    const { plan, inbound } = exchange;
    try {
      if (plan!.respond !== null) for (const step of plan!.respond) void step(exchange);
    } catch (error) {
      // Thrown on, it would end the worker, since nothing but the upstream's socket is above.
      exchange.status = 0;
      return this.#failed(exchange, error);
    }
    const headers = exchange.responseHeaders;
    if (exchange.limitFields !== undefined) for (const part of exchange.limitFields) headers.push(part);
    inbound.respond(exchange.status, headers, { close: this.#draining, bodiless });
  }

  #reply(exchange: Exchange, reply: Reply): void {
    if (exchange.settled) return;
    const { inbound } = exchange;
    if (isGrpc(exchange)) return this.#replyGrpc(exchange, reply);
    const steps = exchange.plan === undefined ? this.#routes.replies : exchange.plan.replies;
    const { status, code, headers, contentType, body } = steps === null ? reply : changed(exchange, reply, steps);
    const [head, tail] = body;
    exchange.status = status;
    exchange.reason = code;
    // An answer without a body says nothing of one (RFC 9110, 8.6).
    if (contentType === "") inbound.respond(status, headers, { close: this.#draining, bodiless: true });
    else {
      const bytes = Buffer.from(tail === "" ? head : `${head}${exchange.requestId}${tail}`);
      exchange.responseBytes = bytes.length;
      const fields = ["Content-Type", contentType, "Content-Length", String(bytes.length), ...headers];
      inbound.respond(status, fields, { close: this.#draining, bodiless: false });
      inbound.write(bytes);
    }
    inbound.end();
    this.#settle(exchange);
  }

  #replyGrpc(exchange: Exchange, reply: Reply): void {
    exchange.status = reply.status;
    exchange.reason = reply.code;
    exchange.inbound.respond(200, [...grpcFields(reply), ...reply.headers], { close: this.#draining, bodiless: true });
    exchange.inbound.end();
    this.#settle(exchange);
  }

  #failed(exchange: Exchange, error: unknown): void {
    this.#options.log.error({ err: error, requestId: exchange.requestId }, `request failed: ${messageOf(error)}`);
    exchange.forwarding?.abort();
    if (exchange.status === 0) return this.#reply(exchange, internal);
    exchange.inbound.abort();
    this.#settle(exchange);
  }

  #clientGone(exchange: Exchange): void {
    if (exchange.settled) return;
    exchange.reason = "client_closed";
    // nginx's 499; the client sees nothing of it.
    if (exchange.status === 0) exchange.status = 499;
    this.#settle(exchange);
    exchange.forwarding?.abort();
  }

  #clientSlow(exchange: Exchange, side: SlowSide): void {
    if (exchange.settled) return;
    exchange.forwarding?.abort();
    if (exchange.status === 0) return this.#reply(exchange, requestTooSlow);
    exchange.reason = side === "request" ? requestTooSlow.code : "response_too_slow";
    exchange.inbound.abort();
    this.#settle(exchange);
  }

  #settle(exchange: Exchange): void {
    if (exchange.settled) return;
    exchange.settled = true;
    this.inFlight -= 1;
    const endedAtUs = nowUs();
    this.#options.recorder.record(exchange, endedAtUs);
    if (exchange.trace instanceof Trace) this.#options.tracer?.end(exchange, exchange.trace, endedAtUs);
  }
}

/** What may become of an exchange's client. */
interface Fates {
  gone(exchange: Exchange): void;
  tooSlow(exchange: Exchange, side: SlowSide): void;
}

class ExchangeWatch implements ClientWatch {
  readonly #exchange: Exchange;
  readonly #fates: Fates;

  constructor(exchange: Exchange, fates: Fates) {
    this.#exchange = exchange;
    this.#fates = fates;
  }

  gone(): void {
    this.#fates.gone(this.#exchange);
  }

  tooSlow(side: SlowSide): void {
    this.#fates.tooSlow(this.#exchange, side);
  }
}

/** A preflight goes where the request goes that it asks for, so that it is answered by that operation's rules. */
function methodFor({ method, fields }: Exchange, api: CompiledApi): string {
  if (!api.hasPreflights || method !== "OPTIONS") return method;
  return fields.get("access-control-request-method") ?? method;
}

function changed(exchange: Exchange, reply: Reply, steps: readonly ReplyStep[]): Reply {
  return steps.reduce((before, step) => step(exchange, before), reply);
}

function nowUs(): number {
  return performance.now() * 1_000;
}
