import type { Breaker as BreakerSettings } from "#contracts/api/resilience.ts";
import type { Exchange } from "#gateway/pipeline/exchange.ts";
import type { Reply } from "#gateway/pipeline/reply.ts";
import type { UpstreamErrorKind } from "#gateway/wire/index.ts";
import { Breaker } from "../breaker.ts";
import { circuitOpen, noTarget } from "../failure.ts";
import type { RetryRule } from "../retry-rule.ts";
import type { Target } from "./target.ts";
import type { TargetGroup } from "./target-group.ts";

/** Statuses that somebody gives in the place of a service which does not answer. */
const ABSENT: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * How an operation, or the rest of an API, chooses targets and judges them. Every attempt is told three things: that it is
 * wanted (`pick`), that it began, and how it ended.
 */
export class Balancer {
  readonly retry: RetryRule;
  readonly #group: TargetGroup;
  readonly #breakerSettings: BreakerSettings | undefined;
  /** Null where no breaker is asked for. */
  readonly #breakers: Map<Target, Breaker> | null;
  readonly #now: () => number;

  constructor(group: TargetGroup, retry: RetryRule, breaker: BreakerSettings | undefined, now: () => number) {
    this.#group = group;
    this.retry = retry;
    this.#breakerSettings = breaker;
    this.#breakers = breaker ? new Map() : null;
    this.#now = now;
  }

  /** A target that takes requests, never one of `tried`; a reply where there is none. */
  pick(exchange: Exchange, tried: readonly Target[]): Target | Reply {
    const nowMs = tried.length === 0 ? exchange.nowMs : this.#now();
    const chooser = this.#group.chooser(nowMs);
    if (tried.length === 0) {
      const first = chooser.first(exchange);
      if (first === undefined) return noTarget;
      if (this.#breakers === null || this.#breakerOf(first).admits(nowMs)) return first;
    }
    this.#group.isNoted = true;
    const other = chooser.other(exchange, (target) => tried.includes(target) || !this.#admits(target, nowMs));
    return other ?? this.#nothingLeft(chooser.targets, nowMs);
  }

  began(target: Target, exchange: Exchange): void {
    target.inFlight += 1;
    if (this.#breakers !== null) this.#breakerOf(target).began(exchange, this.#now());
  }

  /** To its last byte. */
  answered(target: Target, exchange: Exchange, status: number): void {
    target.inFlight -= 1;
    if (ABSENT.has(status)) this.#group.failed(target, this.#now());
    else if (target.failures !== 0) this.#group.succeeded(target);
    if (this.#breakers !== null) this.#judge(target, exchange, status);
  }

  failed(target: Target, exchange: Exchange, kind: UpstreamErrorKind): void {
    target.inFlight -= 1;
    // Our own want of connections says nothing about the target.
    if (kind !== "busy") this.#group.failed(target, this.#now());
    if (this.#breakers !== null) this.#breakerOf(target).failed(exchange, kind, this.#now());
  }

  /** The client went away, or its request was refused on its way. */
  cancelled(target: Target, exchange: Exchange): void {
    target.inFlight -= 1;
    if (this.#breakers !== null) this.#breakerOf(target).cancelled(exchange);
  }

  /** Breakers of targets that are there still, for figures. */
  *breakers(): Iterable<{ target: Target; breaker: Breaker }> {
    for (const target of this.#group.targets) {
      const breaker = this.#breakers?.get(target);
      if (breaker) yield { target, breaker };
    }
  }

  /** Targets come and go: what is kept about those that went goes too. */
  forgetGone(): void {
    const there = new Set(this.#group.targets);
    for (const target of this.#breakers?.keys() ?? []) if (!there.has(target)) this.#breakers!.delete(target);
  }

  #judge(target: Target, exchange: Exchange, status: number): void {
    const breaker = this.#breakerOf(target);
    breaker.answered(exchange, status, this.#now());
    // It opened, or an answer may have closed it.
    if (!breaker.isClosed || breaker.opened > 0) this.#group.isNoted = true;
  }

  #admits(target: Target, nowMs: number): boolean {
    return this.#breakers === null || this.#breakerOf(target).admits(nowMs);
  }

  #breakerOf(target: Target): Breaker {
    const known = this.#breakers!.get(target);
    if (known) return known;
    // Only asked for where there are settings.
    const breaker = new Breaker(this.#breakerSettings!);
    this.#breakers!.set(target, breaker);
    return breaker;
  }

  #nothingLeft(targets: readonly Target[], nowMs: number): Reply {
    if (this.#breakers === null) return noTarget;
    const waits = targets.map((target) => this.#breakerOf(target).retryAfterMs(nowMs)).filter((ms) => ms > 0);
    return waits.length === 0 ? noTarget : circuitOpen(Math.min(...waits));
  }
}
