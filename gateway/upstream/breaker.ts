import type { Breaker as BreakerSettings } from "#contracts/api/resilience.ts";
import type { UpstreamErrorKind } from "#gateway/wire/index.ts";
import { RollingCounts } from "./rolling-counts.ts";

/**
 * A circuit breaker (Nygard, "Release It!"): closed, it counts; open, it lets nothing through; after the cool-down the first
 * attempt is a probe, and what becomes of it decides. Attempts that began before it opened decide nothing: they tell of the
 * time before.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #is5xxFailure: boolean;
  readonly #statuses: ReadonlySet<number>;
  readonly #kinds: ReadonlySet<string>;
  /** Attempts, and those that failed. */
  readonly #counts: RollingCounts;
  #openedAtMs: number | undefined = undefined;
  /** Whoever makes the probe. */
  #probe: object | undefined = undefined;
  #probeAtMs = 0;
  opened = 0;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
    this.#is5xxFailure = settings.on.includes("5xx");
    this.#statuses = new Set(settings.on.filter((entry) => typeof entry === "number"));
    this.#kinds = new Set(settings.on.filter((entry) => typeof entry === "string"));
    this.#counts = new RollingCounts(settings.window);
  }

  get isClosed(): boolean {
    return this.#openedAtMs === undefined;
  }

  /** Whether an attempt may be made now; see `began`. */
  admits(nowMs: number): boolean {
    return this.#openedAtMs === undefined || this.retryAfterMs(nowMs) === 0;
  }

  /** Until an attempt may be made; 0: now. */
  retryAfterMs(nowMs: number): number {
    if (this.#openedAtMs === undefined) return 0;
    // A probe of which nothing is heard for a whole cool-down keeps no other away.
    const since = this.#probe === undefined ? this.#openedAtMs : this.#probeAtMs;
    return Math.max(0, since + this.#settings.coolDown - nowMs);
  }

  /** An attempt by `who`, after `admits` said yes. */
  began(who: object, nowMs: number): void {
    if (this.#openedAtMs === undefined) return;
    this.#probe = who;
    this.#probeAtMs = nowMs;
  }

  answered(who: object, status: number, nowMs: number): void {
    this.#judge(who, this.#statuses.has(status) || (this.#is5xxFailure && status >= 500), nowMs);
  }

  failed(who: object, kind: UpstreamErrorKind, nowMs: number): void {
    // Our own want of connections says nothing about the target.
    if (kind === "busy") return this.cancelled(who);
    this.#judge(who, this.#kinds.has(NAMES[kind]), nowMs);
  }

  /** The client went away: nothing is known of the target. */
  cancelled(who: object): void {
    if (this.#probe === who) this.#probe = undefined;
  }

  #judge(who: object, isFailure: boolean, nowMs: number): void {
    if (this.#openedAtMs === undefined) return this.#count(isFailure, nowMs);
    if (this.#probe !== who) return;
    this.#probe = undefined;
    if (isFailure) this.#open(nowMs);
    else {
      this.#openedAtMs = undefined;
      this.#counts.reset();
    }
  }

  #count(isFailure: boolean, nowMs: number): void {
    this.#counts.add(nowMs, 1, isFailure ? 1 : 0);
    if (!isFailure) return;
    const { first: attempts, second: failures } = this.#counts;
    const { sample, errorShare } = this.#settings;
    if (attempts >= sample && failures >= errorShare * attempts) this.#open(nowMs);
  }

  #open(nowMs: number): void {
    this.#openedAtMs = nowMs;
    this.opened += 1;
  }
}

/** What people call them. */
const NAMES: Record<Exclude<UpstreamErrorKind, "busy">, string> = {
  dial: "connect",
  broken: "reset",
  cut: "reset",
  malformed: "reset",
  timeout: "timeout",
};
