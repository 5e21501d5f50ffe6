import type { OutboundPool } from "#gateway/wire/index.ts";
import type { Upstream } from "#contracts/api/upstream.ts";
import { chooserFor, type Chooser, type ChooserDeps } from "./chooser.ts";
import { targetsInService } from "./in-service.ts";
import { nameOfTarget, Target, type TargetFact } from "./target.ts";

/** Ejections in a row lengthen up to so many times the first. */
const LONGEST = 10;

/** All of an upstream that a connection depends on. */
export interface Dial extends Pick<Upstream, "protocol" | "tls"> {
  connectMs: number;
}

export interface GroupDeps extends ChooserDeps {
  /** Counted: each is released once. */
  poolFor(fact: TargetFact, dial: Dial): OutboundPool;
  release(pool: OutboundPool): void;
}

/**
 * The targets of one API in this worker, and what is known of them. Lives over reloads: a target that stays keeps its
 * ejection, its slow start and its requests in flight. Time comes with each request; there are no timers.
 */
export class TargetGroup {
  readonly #deps: GroupDeps;
  #upstream: Upstream;
  #targets = new Map<string, Target>();
  #chooser: Chooser;
  #nextChangeMs = -Infinity;
  #isPanic = false;
  panics = 0;
  /** Something happened that figures tell of. */
  isNoted = false;

  constructor(upstream: Upstream, deps: GroupDeps) {
    this.#upstream = upstream;
    this.#deps = deps;
    this.#chooser = chooserFor("round-robin", [], deps);
  }

  get targets(): Iterable<Target> {
    return this.#targets.values();
  }

  get isPanic(): boolean {
    return this.#isPanic;
  }

  /** Other settings or other targets: from the next request on. */
  use(upstream: Upstream, facts: readonly TargetFact[], nowMs: number): void {
    const isFirst = this.#targets.size === 0;
    const dial = dialOf(upstream);
    const isOtherDial = JSON.stringify(dial) !== JSON.stringify(dialOf(this.#upstream));
    this.#upstream = upstream;
    const before = this.#targets;
    this.#targets = new Map();
    for (const fact of facts) {
      const name = nameOfTarget(fact);
      const known = isOtherDial ? undefined : before.get(name);
      const target = known ?? new Target(fact, this.#deps.poolFor(fact, dial));
      // Among targets that are all new there is nobody to spare the new ones.
      if ((!known && !isFirst && !isOtherDial) || (fact.healthy && !target.healthy)) target.warmingSinceMs = nowMs;
      target.weight = fact.weight;
      target.priority = fact.priority;
      target.healthy = fact.healthy;
      this.#targets.set(name, target);
      if (known) before.delete(name);
    }
    for (const gone of before.values()) this.#deps.release(gone.pool);
    this.#nextChangeMs = -Infinity;
  }

  /** The API is gone: requests in flight end with what they have. */
  close(): void {
    for (const { pool } of this.#targets.values()) this.#deps.release(pool);
    this.#targets.clear();
    this.#nextChangeMs = -Infinity;
  }

  /** How to choose among those in service now. */
  chooser(nowMs: number): Chooser {
    if (nowMs >= this.#nextChangeMs) this.#lay(nowMs);
    return this.#chooser;
  }

  succeeded(target: Target): void {
    target.failures = 0;
  }

  failed(target: Target, nowMs: number): void {
    const { ejection } = this.#upstream;
    this.isNoted = true;
    target.failures += 1;
    if (ejection === false || target.failures < ejection.consecutiveFailures || target.ejectedUntilMs > 0) return;
    const lastMs = ejection.for * Math.min(LONGEST, 2 ** (target.ejections - 1));
    // It held out for longer than it was away: what was before is forgotten.
    target.ejections = nowMs - target.backAtMs > lastMs ? 1 : target.ejections + 1;
    target.ejectedUntilMs = nowMs + ejection.for * Math.min(LONGEST, 2 ** (target.ejections - 1));
    target.failures = 0;
    target.ejected += 1;
    this.#nextChangeMs = -Infinity;
  }

  #lay(nowMs: number): void {
    const { slowStart, ejection, balancing } = this.#upstream;
    const rules = { slowStartMs: slowStart, maxShare: ejection === false ? null : ejection.maxShare };
    const { targets, nextChangeMs, isPanic } = targetsInService([...this.#targets.values()], rules, nowMs);
    if (isPanic && !this.#isPanic) this.panics += 1;
    this.#isPanic = isPanic;
    this.#nextChangeMs = nextChangeMs;
    this.#chooser = chooserFor(balancing, targets, this.#deps);
  }
}

/** Of an upstream. */
export function dialOf({ protocol, tls, timeouts }: Upstream): Dial {
  return { protocol, tls, connectMs: timeouts.connectMs };
}
