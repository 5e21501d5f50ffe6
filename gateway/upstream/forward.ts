import type { Dispatcher } from "undici";
import type { Exchange } from "#gateway/pipeline/exchange.ts";
import type { Reply } from "#gateway/pipeline/reply.ts";
import type { Target } from "./balancer.ts";
import { failureOf, noTarget } from "./failure.ts";
import { bodyOf } from "./request-body.ts";
import { upstreamHeaders } from "./request-headers.ts";
import { responseHeadersOf } from "./response-headers.ts";

/** What forwarding needs of the server that it answers through. */
export interface ForwardDeps {
  nowUs(): number;
  maxBodyBytes: number;
  /** The gateway's own answer, where the upstream gave none. */
  reply(exchange: Exchange, reply: Reply): void;
  /** Headers of the answer are complete: runs the respond steps and writes the head. False: the client is gone. */
  head(exchange: Exchange): boolean;
  /** The last byte was handed over, or the exchange broke off. */
  settle(exchange: Exchange): void;
}

/** Sends the exchange to a target of its plan and streams the answer back. */
export function forwardUpstream(exchange: Exchange, deps: ForwardDeps): void {
  const target = exchange.plan!.balancer.next();
  if (!target) return deps.reply(exchange, noTarget);
  new Forwarding(exchange, deps).send(target);
}

/** One exchange with an upstream, as undici's dispatch calls it. */
class Forwarding implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #deps: ForwardDeps;
  readonly #headers: string[];
  readonly #body: ReturnType<typeof bodyOf>;
  readonly #tried: Target[] = [];
  #resume: (() => void) | undefined = undefined;
  #held: Buffer | undefined = undefined;
  /** What the answer's Content-Length says; undefined without one. */
  #length: number | undefined = undefined;
  #started = false;

  constructor(exchange: Exchange, deps: ForwardDeps) {
    this.#exchange = exchange;
    this.#deps = deps;
    this.#headers = upstreamHeaders(exchange, "http");
    this.#body = bodyOf(exchange, deps.maxBodyBytes);
  }

  send(target: Target): void {
    const exchange = this.#exchange;
    const plan = exchange.plan!;
    this.#tried.push(target);
    if (exchange.upstreamStartedAtUs === 0) exchange.upstreamStartedAtUs = this.#deps.nowUs();
    target.pool.dispatch(
      {
        origin: target.origin,
        path: (target.basePath + exchange.upstreamPath || "/") + exchange.upstreamQuery,
        method: exchange.method,
        headers: this.#headers,
        body: this.#body,
        headersTimeout: plan.headersTimeoutMs,
        bodyTimeout: plan.idleTimeoutMs,
      },
      this,
    );
  }

  onConnect(abort: (cause?: Error) => void): void {
    if (this.#exchange.settled) return abort();
    this.#exchange.abortUpstream = abort;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    // Interim answers (100, 103) are between the upstream and us.
    if (status < 200) return true;
    const exchange = this.#exchange;
    exchange.upstreamUs = this.#deps.nowUs() - exchange.upstreamStartedAtUs;
    exchange.status = status;
    const { headers, length } = responseHeadersOf(raw);
    exchange.responseHeaders = headers;
    this.#length = length;
    this.#resume = resume;
    const goOn = this.#deps.head(exchange);
    // Only now: a head that cannot be written (a control character in a value) is still answered with a problem.
    this.#started = true;
    return goOn;
  }

  /**
   * The first chunk is held: most answers are one chunk, and head and body then leave in one write. Where more may come, it
   * is held for a microtask only, since a stream's next chunk may be a long time away.
   */
  onData(chunk: Buffer): boolean {
    const exchange = this.#exchange;
    exchange.responseBytes += chunk.length;
    if (this.#held === undefined && exchange.responseBytes === chunk.length) {
      this.#held = chunk;
      if (chunk.length !== this.#length) queueMicrotask(() => this.#flush());
      return true;
    }
    this.#flush();
    return this.#write(chunk);
  }

  onComplete(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#exchange.abortUpstream = undefined;
    endWith(this.#exchange.res, held);
    this.#deps.settle(this.#exchange);
  }

  onError(error: Error): void {
    const exchange = this.#exchange;
    exchange.abortUpstream = undefined;
    if (exchange.settled) return;
    const { reply, kind } = failureOf(error);
    if (this.#started) return this.#breakOff(reply);
    const target = this.#nextTry(kind);
    if (target) return this.send(target);
    exchange.upstreamUs = this.#deps.nowUs() - exchange.upstreamStartedAtUs;
    this.#deps.reply(exchange, reply);
  }

  /** No answer was begun, so the client has seen nothing; what remains is whether the upstream may have. */
  #nextTry(kind: "dial" | "broken" | "final"): Target | undefined {
    const { method, plan } = this.#exchange;
    const tried = this.#tried;
    if (kind === "dial")
      return tried.length < MOST_TRIES && isUntouched(this.#body) ? plan!.balancer.other(tried) : undefined;
    // A kept-alive connection that the upstream closed while our request was on its way: RFC 9112, 9.3.1.
    const isSafe = kind === "broken" && this.#body === null && IDEMPOTENT.has(method);
    return isSafe && tried.length < 2 ? (plan!.balancer.other(tried) ?? tried[0]) : undefined;
  }

  /** The head has gone out, so the status cannot change: cutting the connection is the only honest sign. */
  #breakOff(reply: Reply): void {
    this.#held = undefined;
    this.#exchange.reason = reply.code;
    this.#exchange.res.destroy();
    this.#deps.settle(this.#exchange);
  }

  #flush(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    // Too late to return false to undici for this chunk; the next one is held back by `#write`.
    this.#exchange.res.write(held);
  }

  #write(chunk: Buffer): boolean {
    const { res } = this.#exchange;
    if (res.write(chunk)) return true;
    res.once("drain", this.#resume!);
    return false;
  }
}

/** Up to here copying a body beside its head costs less than handing the kernel two pieces (writev). */
const ONE_PIECE_BYTES = 8_192;

/** Latin-1 is bytes as they are: node:http puts such a text and the head into one piece, and never a buffer. */
function endWith(res: Exchange["res"], held: Buffer | undefined): void {
  if (held === undefined) res.end();
  else if (held.length <= ONE_PIECE_BYTES) res.end(held.toString("latin1"), "latin1");
  else res.end(held);
}

const MOST_TRIES = 3;
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** A body of which nothing was read yet can be sent again. */
function isUntouched(body: ReturnType<typeof bodyOf>): boolean {
  return body === null || (!body.readableDidRead && !body.destroyed);
}
