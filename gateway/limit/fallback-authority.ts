import type { Clock } from "#base/clock.ts";
import type { Authority, Bucket, ExactAnswer, LeaseAnswer, LeaseRequest, Refund } from "./authority.ts";

const RETRY_FIRST_EVERY_MS = 1_000;

/**
 * The cluster's store while it answers, this node's own counts while it does not. The limit then holds per node, which is
 * looser, but no caller is refused for a store's outage. It goes back by itself within a second of the store's return.
 */
export class FallbackAuthority implements Authority {
  readonly #first: Authority;
  readonly #second: Authority;
  readonly #clock: Clock;
  readonly #onChange: (degraded: boolean) => void;
  #askFirstAt = 0;
  degraded = false;

  constructor(first: Authority, second: Authority, clock: Clock, onChange: (degraded: boolean) => void = () => {}) {
    this.#first = first;
    this.#second = second;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  take(request: LeaseRequest): Promise<LeaseAnswer> {
    return this.#ask((authority) => authority.take(request));
  }

  takeExactly(buckets: readonly Bucket[]): Promise<ExactAnswer> {
    return this.#ask((authority) => authority.takeExactly(buckets));
  }

  giveBack(refund: Refund): void {
    // Tokens of a lease from the other authority find no such cell there, or one that is about to end anyway.
    (this.degraded ? this.#second : this.#first).giveBack(refund);
  }

  async #ask<T>(call: (authority: Authority) => Promise<T>): Promise<T> {
    if (this.degraded && this.#clock.now() < this.#askFirstAt) return call(this.#second);
    try {
      const answer = await call(this.#first);
      this.#setDegraded(false);
      return answer;
    } catch {
      // Why does not matter here: whatever keeps the store from answering, the node's own counts decide for a while.
      this.#askFirstAt = this.#clock.now() + RETRY_FIRST_EVERY_MS;
      this.#setDegraded(true);
      return call(this.#second);
    }
  }

  #setDegraded(degraded: boolean): void {
    if (degraded === this.degraded) return;
    this.degraded = degraded;
    this.#onChange(degraded);
  }
}
