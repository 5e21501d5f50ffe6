import type { Retry } from "#contracts/api/resilience.ts";
import type { UpstreamErrorKind } from "#gateway/wire/index.ts";
import type { RetryBudget } from "./retry-budget.ts";

/** RFC 9110, 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** What became of a try, as far as another depends on it. */
export interface Tried {
  method: string;
  /** Tries so far, this one included. */
  tries: number;
  /** No body, or one that can be sent from its beginning. */
  isReplayable: boolean;
}

/** When a request may be sent again, decided at load as far as it can be. The answer must not have begun. */
export class RetryRule {
  readonly perTryMs: number | undefined;
  /** Whether any status is tried again: else answers need not be looked at. */
  readonly hasStatuses: boolean;
  readonly #attempts: number;
  readonly #statuses: ReadonlySet<number>;
  readonly #kinds: ReadonlySet<string>;
  readonly #budget: RetryBudget;

  constructor({ attempts, on, perTryTimeout }: Retry, budget: RetryBudget) {
    this.perTryMs = perTryTimeout;
    this.#attempts = attempts;
    this.#statuses = new Set(on.filter((entry) => typeof entry === "number"));
    this.#kinds = new Set(on.filter((entry) => typeof entry === "string"));
    this.hasStatuses = this.#statuses.size > 0 && attempts > 0;
    this.#budget = budget;
  }

  /** Once a request, before its first try. */
  countRequest(nowMs: number): void {
    this.#budget.countRequest(nowMs);
  }

  afterFailure(kind: UpstreamErrorKind, tried: Tried, nowMs: number): boolean {
    if (tried.tries > this.#attempts || !tried.isReplayable) return false;
    // The dial failed, or no connection came free: no byte left, so that a second try costs nobody anything.
    if (kind === "dial" || kind === "busy") {
      this.#budget.free += 1;
      return true;
    }
    if (kind === "malformed" || kind === "cut" || !IDEMPOTENT.has(tried.method)) return false;
    return this.#kinds.has(kind === "broken" ? "reset" : "timeout") && this.#budget.take(nowMs);
  }

  /** Whether an answer of this status, not yet passed on, would be worth another try. */
  wantsAnother(status: number, tried: Tried): boolean {
    if (!this.#statuses.has(status) || tried.tries > this.#attempts) return false;
    return tried.isReplayable && IDEMPOTENT.has(tried.method);
  }

  afterStatus(status: number, tried: Tried, nowMs: number): boolean {
    return this.wantsAnother(status, tried) && this.#budget.take(nowMs);
  }
}
