import type { Exchange } from "#gateway/pipeline/exchange.ts";
import type { Reply } from "#gateway/pipeline/reply.ts";
import type { AnswerStart, BodySink, OutboundHandler, OutboundStream, UpstreamError } from "#gateway/wire/index.ts";
import type { Target } from "./balancer.ts";
import { bodyTooLarge, noTarget, replyFor } from "./failure.ts";
import { upstreamHeaders } from "./request-headers.ts";
import { endToEndFields } from "./response-headers.ts";

/** What forwarding needs of the server that it answers through. */
export interface ForwardDeps {
  nowUs(): number;
  maxBodyBytes: number;
  /** The gateway's own answer, where the upstream gave none. */
  reply(exchange: Exchange, reply: Reply): void;
  /** Headers of the answer are complete: runs the respond steps and writes the head. */
  head(exchange: Exchange, bodiless: boolean): void;
  /** The last byte was handed over, or the exchange broke off. */
  settle(exchange: Exchange): void;
}

/** Sends the exchange to a target of its plan and streams the answer back. */
export function forwardUpstream(exchange: Exchange, deps: ForwardDeps): void {
  const target = exchange.plan!.balancer.next();
  if (!target) return deps.reply(exchange, noTarget);
  const forwarding = new Forwarding(exchange, deps);
  exchange.forwarding = forwarding;
  forwarding.send(target);
}

/** One exchange with an upstream: takes the answer's parts and the request's body, and passes each on. */
class Forwarding implements OutboundHandler, BodySink {
  readonly #exchange: Exchange;
  readonly #deps: ForwardDeps;
  readonly #fields: string[];
  readonly #tried: Target[] = [];
  #stream: OutboundStream | undefined = undefined;
  /** The client's body is being read: what was read cannot be sent again. */
  #bodyBegun = false;
  #answerBegun = false;

  constructor(exchange: Exchange, deps: ForwardDeps) {
    this.#exchange = exchange;
    this.#deps = deps;
    this.#fields = upstreamHeaders(exchange);
  }

  send(target: Target): void {
    const exchange = this.#exchange;
    const { inbound, bufferedBody, plan } = exchange;
    this.#tried.push(target);
    if (exchange.upstreamStartedAtUs === 0) exchange.upstreamStartedAtUs = this.#deps.nowUs();
    target.pool.dispatch(
      {
        method: exchange.method,
        path: (target.basePath + exchange.upstreamPath || "/") + exchange.upstreamQuery,
        authority: target.authority,
        scheme: target.scheme,
        fields: this.#fields,
        hasBody: inbound.hasBody,
        bodyLength: bufferedBody === undefined ? inbound.bodyLength : bufferedBody.length,
        acceptsTrailers: acceptsTrailers(exchange),
        upgrade: inbound.upgrade === "websocket" ? inbound.upgrade : undefined,
        headersMs: plan!.headersTimeoutMs,
        idleMs: plan!.idleTimeoutMs,
        tunnelIdleMs: TUNNEL_IDLE_MS,
      },
      this,
    );
  }

  /** The client has gone, or its body is refused. */
  abort(): void {
    this.#stream?.abort();
    this.#stream = undefined;
  }

  onStart(stream: OutboundStream): void {
    const { settled, inbound, bufferedBody } = this.#exchange;
    if (settled) return stream.abort();
    this.#stream = stream;
    if (!inbound.hasBody) return;
    if (bufferedBody === undefined) {
      this.#bodyBegun = true;
      return inbound.readBody(this);
    }
    stream.write(bufferedBody);
    stream.end();
  }

  onBodyData(chunk: Buffer): void {
    const { inbound } = this.#exchange;
    if (this.#stream === undefined) return;
    if (!this.#isTunnel && !this.#mayGrowBy(chunk.length)) return;
    if (!this.#stream.write(chunk)) inbound.pauseBody();
  }

  onBodyEnd(trailers: readonly string[] | undefined): void {
    this.#stream?.end(trailers);
  }

  onDrain(): void {
    this.#exchange.inbound.resumeBody();
  }

  onInform(status: number, fields: readonly string[]): void {
    this.#exchange.inbound.inform(status, fields);
  }

  onHead({ status, fields, connection, bodiless }: AnswerStart): void {
    const exchange = this.#exchange;
    exchange.upstreamUs = this.#deps.nowUs() - exchange.upstreamStartedAtUs;
    exchange.status = status;
    exchange.responseHeaders = endToEndFields(fields, connection);
    this.#answerBegun = true;
    this.#deps.head(exchange, bodiless);
  }

  onTunnel(fields: readonly string[]): void {
    const exchange = this.#exchange;
    exchange.upstreamUs = this.#deps.nowUs() - exchange.upstreamStartedAtUs;
    exchange.status = 101;
    this.#answerBegun = true;
    exchange.inbound.tunnel([...endToEndFields(fields, undefined), "Connection", "Upgrade", "Upgrade", "websocket"]);
    exchange.inbound.readBody(this);
  }

  onData(chunk: Buffer): void {
    const { inbound } = this.#exchange;
    this.#exchange.responseBytes += chunk.length;
    if (inbound.write(chunk)) return;
    const stream = this.#stream;
    stream?.pause();
    inbound.onDrain = () => stream?.resume();
  }

  onPause(): void {
    if (this.#answerBegun) this.#exchange.inbound.flush();
  }

  onEnd(trailers: readonly string[] | undefined): void {
    this.#stream = undefined;
    this.#exchange.inbound.end(trailers);
    this.#deps.settle(this.#exchange);
  }

  onError(error: UpstreamError): void {
    const exchange = this.#exchange;
    this.#stream = undefined;
    if (exchange.settled) return;
    const reply = replyFor(error);
    if (this.#answerBegun) return this.#breakOff(reply);
    const target = this.#nextTry(error);
    if (target) return this.send(target);
    exchange.upstreamUs = this.#deps.nowUs() - exchange.upstreamStartedAtUs;
    this.#deps.reply(exchange, reply);
  }

  get #isTunnel(): boolean {
    return this.#exchange.status === 101;
  }

  /** Counts a body without a length on its way, and cuts it off past the cap. */
  #mayGrowBy(bytes: number): boolean {
    const exchange = this.#exchange;
    exchange.requestBytes += bytes;
    if (exchange.requestBytes <= this.#deps.maxBodyBytes) return true;
    this.abort();
    if (this.#answerBegun) this.#breakOff(bodyTooLarge);
    else this.#deps.reply(exchange, bodyTooLarge);
    return false;
  }

  /** No answer was begun, so the client has seen nothing; what remains is whether the upstream may have. */
  #nextTry(error: UpstreamError): Target | undefined {
    const { method, plan, inbound, bufferedBody } = this.#exchange;
    const tried = this.#tried;
    const replayable = !inbound.hasBody || bufferedBody !== undefined || !this.#bodyBegun;
    if (!replayable) return undefined;
    // The dial failed, so no byte left: another target may be tried whatever the method.
    if (error.kind === "dial") return tried.length < MOST_TRIES ? plan!.balancer.other(tried) : undefined;
    // A kept connection that the upstream closed while our request was on its way: RFC 9112, 9.3.1.
    const isSafe = error.kind === "broken" && IDEMPOTENT.has(method) && !inbound.hasBody;
    return isSafe && tried.length < 2 ? (plan!.balancer.other(tried) ?? tried[0]) : undefined;
  }

  /** The head has gone out, so the status cannot change: cutting the connection is the only honest sign. */
  #breakOff(reply: Reply): void {
    this.#exchange.reason = reply.code;
    this.#exchange.inbound.abort();
    this.#deps.settle(this.#exchange);
  }
}

/** `TE` is of the connection; what it says about trailers holds from end to end, as far as both sides can. */
function acceptsTrailers({ fields }: Exchange): boolean {
  const te = fields.get("te");
  return te !== undefined && /(?:^|,)\s*trailers\s*(?:$|,|;)/i.test(te);
}

const MOST_TRIES = 3;
const TUNNEL_IDLE_MS = 3_600_000;
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);
