import { backoffMs } from "#base/backoff.ts";
import type { Exchange } from "#gateway/pipeline/exchange.ts";
import { isGrpc } from "#gateway/pipeline/index.ts";
import type { Reply } from "#gateway/pipeline/reply.ts";
import {
  type AnswerStart,
  type BodySink,
  type OutboundHandler,
  type OutboundStream,
  UpstreamError,
  type UpstreamErrorKind,
} from "#gateway/wire/index.ts";
import { Target } from "./balance/target.ts";
import { bodyTooLarge, replyFor } from "./failure.ts";
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
  const { balancer } = exchange.plan!;
  balancer.retry.countRequest(exchange.nowMs);
  const target = balancer.pick(exchange, NONE);
  if (!(target instanceof Target)) return deps.reply(exchange, target);
  const forwarding = new Forwarding(exchange, deps);
  exchange.forwarding = forwarding;
  forwarding.start(target);
}

/** One exchange with an upstream: takes the answer's parts and the request's body, and passes each on. */
class Forwarding implements OutboundHandler, BodySink {
  readonly exchange: Exchange;
  readonly #deps: ForwardDeps;
  readonly #fields: string[];
  readonly #tried: Target[] = [];
  /** Of the try under way. */
  #target: Target | undefined = undefined;
  #stream: OutboundStream | undefined = undefined;
  /** Of the try under way, or until the next one. */
  #tryTimer: NodeJS.Timeout | undefined = undefined;
  #totalTimer: NodeJS.Timeout | undefined = undefined;
  /** The client's body is being read: what was read cannot be sent again. */
  #bodyBegun = false;
  #answerBegun = false;
  #status = 0;

  constructor(exchange: Exchange, deps: ForwardDeps) {
    this.exchange = exchange;
    this.#deps = deps;
    this.#fields = upstreamHeaders(exchange);
  }

  start(target: Target): void {
    const { plan, startedAtUs } = this.exchange;
    const nowUs = this.#deps.nowUs();
    this.exchange.upstreamStartedAtUs = nowUs;
    const { totalTimeoutMs } = plan!;
    if (totalTimeoutMs !== undefined)
      this.#totalTimer = setTimeout(() => this.#tooLong(), totalTimeoutMs - (nowUs - startedAtUs) / 1_000);
    this.#send(target);
  }

  #send(target: Target): void {
    const exchange = this.exchange;
    const { inbound, bufferedBody } = exchange;
    const { balancer, headersTimeoutMs, idleTimeoutMs } = exchange.plan!;
    const tries = this.#tried.push(target);
    this.#target = target;
    exchange.target = target.origin;
    exchange.tries = tries;
    balancer.began(target, exchange);
    this.#timeTry();
    const { trace } = exchange;
    const fields =
      trace === null ? this.#fields : trace.attemptBegan(this.#fields, target.authority, this.#deps.nowUs());
    const stream = target.pool.dispatch(
      {
        method: exchange.method,
        path: (target.basePath + exchange.upstreamPath || "/") + exchange.upstreamQuery,
        authority: target.authority,
        scheme: target.scheme,
        fields,
        hasBody: inbound.hasBody,
        bodyLength: bufferedBody === undefined ? inbound.bodyLength : bufferedBody.length,
        acceptsTrailers: acceptsTrailers(exchange),
        upgrade: inbound.upgrade === "websocket" ? inbound.upgrade : undefined,
        headersMs: headersTimeoutMs,
        idleMs: idleTimeoutMs,
        tunnelIdleMs: TUNNEL_IDLE_MS,
      },
      this,
    );
    // Where the try is over already, this may be another request's connection by now.
    if (this.#target !== undefined && this.#tried.length === tries) this.#stream = stream;
  }

  /** The client has gone, or its body is refused. */
  abort(): void {
    clearTimeout(this.#totalTimer);
    this.#stream?.abort();
    const target = this.#endTry();
    if (target) this.#cancelled(target);
  }

  onStart(stream: OutboundStream): void {
    const { settled, inbound, bufferedBody } = this.exchange;
    if (settled) return stream.abort();
    this.#stream = stream;
    if (!inbound.hasBody) return;
    if (bufferedBody === undefined) {
      this.#bodyBegun = true;
      // How long an upload takes is the client's; the try is timed again from its last byte.
      clearTimeout(this.#tryTimer);
      return inbound.readBody(this, stream.isShared && isGrpc(this.exchange));
    }
    stream.write(bufferedBody);
    stream.end();
  }

  onBodyData(chunk: Buffer): void {
    const { inbound } = this.exchange;
    if (this.#stream === undefined) return;
    // A length that was announced is counted and was judged already.
    if (!this.#isTunnel && inbound.bodyLength === undefined && !this.#mayGrowBy(chunk.length)) return;
    if (!this.#stream.write(chunk)) inbound.pauseBody();
  }

  onBodyEnd(trailers: readonly string[] | undefined): void {
    if (!this.#answerBegun && this.#stream !== undefined) this.#timeTry();
    this.#stream?.end(trailers);
  }

  onDrain(): void {
    this.exchange.inbound.resumeBody();
  }

  onInform(status: number, fields: readonly string[], connection: string | undefined): void {
    this.exchange.inbound.inform(status, endToEndFields(fields, connection));
  }

  onHead({ status, fields, connection, bodiless }: AnswerStart): void {
    const exchange = this.exchange;
    if (exchange.plan!.balancer.retry.hasStatuses && this.#triedAgainFor(status)) return;
    clearTimeout(this.#tryTimer);
    exchange.upstreamUs = this.#deps.nowUs() - exchange.upstreamStartedAtUs;
    exchange.status = status;
    exchange.responseHeaders = endToEndFields(fields, connection);
    this.#status = status;
    this.#answerBegun = true;
    this.#deps.head(exchange, bodiless);
  }

  onTunnel(fields: readonly string[]): void {
    const exchange = this.exchange;
    clearTimeout(this.#tryTimer);
    // A tunnel is no exchange that could take too long.
    clearTimeout(this.#totalTimer);
    exchange.upstreamUs = this.#deps.nowUs() - exchange.upstreamStartedAtUs;
    exchange.status = 101;
    this.#status = 101;
    this.#answerBegun = true;
    exchange.inbound.tunnel([...endToEndFields(fields, undefined), "Connection", "Upgrade", "Upgrade", "websocket"]);
    exchange.inbound.readBody(this);
  }

  onData(chunk: Buffer): void {
    const { inbound } = this.exchange;
    this.exchange.responseBytes += chunk.length;
    if (inbound.write(chunk)) return;
    const stream = this.#stream;
    stream?.pause();
    inbound.onDrain = () => stream?.resume();
  }

  onPause(): void {
    if (this.#answerBegun) this.exchange.inbound.flush();
  }

  onEnd(trailers: readonly string[] | undefined): void {
    const exchange = this.exchange;
    clearTimeout(this.#totalTimer);
    this.#judged(this.#endTry()!, this.#status);
    exchange.inbound.end(trailers);
    this.#deps.settle(exchange);
  }

  /** The client is too slow for as many as want to be served. */
  onWanted(): void {
    this.exchange.inbound.watch?.tooSlow("response");
  }

  onError(error: UpstreamError): void {
    const exchange = this.exchange;
    const { balancer } = exchange.plan!;
    const target = this.#endTry();
    if (target === undefined) return;
    this.#failed(target, error.kind);
    if (exchange.settled) return;
    if (this.#answerBegun) return this.#breakOff(replyFor(error));
    const next = this.#nextTarget(error.kind === "broken");
    if (next && balancer.retry.afterFailure(error.kind, this.#triedSoFar, Date.now())) return this.#send(next);
    this.#answerInstead(replyFor(error));
  }

  get #isTunnel(): boolean {
    return this.#status === 101;
  }

  get #triedSoFar() {
    const { method, inbound, bufferedBody } = this.exchange;
    const isReplayable = !inbound.hasBody || bufferedBody !== undefined || !this.#bodyBegun;
    return { method, tries: this.#tried.length, isReplayable };
  }

  /** Another target; the last one once more where there is no other and what happened may have been its connection's. */
  #nextTarget(mayRepeat: boolean): Target | undefined {
    const next = this.exchange.plan!.balancer.pick(this.exchange, this.#tried);
    if (next instanceof Target) return next;
    return mayRepeat && next.code !== "circuit_open" ? this.#tried.at(-1) : undefined;
  }

  /** The answer is not passed on: the request goes elsewhere, or, after a moment, to the same target. */
  #triedAgainFor(status: number): boolean {
    const exchange = this.exchange;
    const { balancer } = exchange.plan!;
    if (!balancer.retry.wantsAnother(status, this.#triedSoFar)) return false;
    const next = this.#nextTarget(true);
    if (!next || !balancer.retry.afterStatus(status, this.#triedSoFar, Date.now())) return false;
    this.#stream?.abort();
    this.#judged(this.#endTry()!, status);
    if (!this.#tried.includes(next)) this.#send(next);
    else this.#tryTimer = setTimeout(() => this.#send(next), backoffMs(this.#tried.length, REPEAT));
    return true;
  }

  #timeTry(): void {
    const { perTryMs } = this.exchange.plan!.balancer.retry;
    if (perTryMs !== undefined) this.#tryTimer = setTimeout(() => this.#giveUp(), perTryMs);
  }

  /** One try had its time. */
  #giveUp(): void {
    this.#stream?.abort();
    this.onError(new UpstreamError("timeout", "One try took too long."));
  }

  /** The whole exchange had its time. */
  #tooLong(): void {
    const exchange = this.exchange;
    if (exchange.settled) return;
    this.#stream?.abort();
    const target = this.#endTry();
    if (target) this.#failed(target, "timeout");
    const reply = replyFor(new UpstreamError("timeout", "The exchange took too long."));
    if (this.#answerBegun) this.#breakOff(reply);
    else this.#answerInstead(reply);
  }

  /** Nothing of the try is waited for any more. */
  #endTry(): Target | undefined {
    const target = this.#target;
    clearTimeout(this.#tryTimer);
    this.#target = undefined;
    this.#stream = undefined;
    return target;
  }

  #judged(target: Target, status: number): void {
    this.exchange.plan!.balancer.answered(target, this.exchange, status);
    this.exchange.trace?.attemptEnded({ status }, this.#deps.nowUs());
  }

  #failed(target: Target, kind: UpstreamErrorKind): void {
    this.exchange.plan!.balancer.failed(target, this.exchange, kind);
    this.exchange.trace?.attemptEnded({ error: kind }, this.#deps.nowUs());
  }

  #cancelled(target: Target): void {
    this.exchange.plan!.balancer.cancelled(target, this.exchange);
    this.exchange.trace?.attemptEnded({ error: "cancelled" }, this.#deps.nowUs());
  }

  #answerInstead(reply: Reply): void {
    const exchange = this.exchange;
    clearTimeout(this.#totalTimer);
    exchange.upstreamUs = this.#deps.nowUs() - exchange.upstreamStartedAtUs;
    this.#deps.reply(exchange, reply);
  }

  /** Counts a body without a length on its way, and cuts it off past the cap. */
  #mayGrowBy(bytes: number): boolean {
    const exchange = this.exchange;
    exchange.requestBytes += bytes;
    if (exchange.requestBytes <= this.#deps.maxBodyBytes) return true;
    this.abort();
    if (this.#answerBegun) this.#breakOff(bodyTooLarge);
    else this.#deps.reply(exchange, bodyTooLarge);
    return false;
  }

  /** The head has gone out, so the status cannot change: cutting the connection is the only honest sign. */
  #breakOff(reply: Reply): void {
    clearTimeout(this.#totalTimer);
    this.exchange.reason = reply.code;
    this.exchange.inbound.abort();
    this.#deps.settle(this.exchange);
  }
}

/** `TE` is of the connection; what it says about trailers holds from end to end, as far as both sides can. */
function acceptsTrailers({ fields }: Exchange): boolean {
  const te = fields.get("te");
  return te !== undefined && /(?:^|,)\s*trailers\s*(?:$|,|;)/i.test(te);
}

const NONE: readonly Target[] = Object.freeze([]);
const TUNNEL_IDLE_MS = 3_600_000;
/** Before the same target is asked again. */
const REPEAT = { baseMs: 25, maxMs: 250 };
