import type { Clock } from "#base/clock.ts";
import type { Authority, Bucket, ExactAnswer, LeaseAnswer } from "./authority.ts";
import type { LeaseRequest, Outage, Refund } from "./authority.ts";
import { OutageTally } from "./outage-tally.ts";

const RETRY_FIRST_EVERY_MS = 1_000;

/** The cluster's store, which many nodes count in. */
export interface SharedAuthority extends Authority {
  /** Workers that draw on it, over all nodes, as of the last answer. */
  holders: number;
  /** Resolves while it answers. */
  ping(): Promise<void>;
  /** Counts tokens of a quota that were given out elsewhere; past the limit too. */
  charge(bucket: Bucket, period: number, tokens: number): Promise<void>;
}

export interface FallbackOptions {
  store: SharedAuthority;
  node: Authority;
  clock: Clock;
  /** Workers of this node: with the holders of the store it says how many nodes there are. */
  workers: number;
  onChange?: (degraded: boolean) => void;
}

/**
 * The cluster's store while it answers, this node's own counts while it does not; no caller is refused for a store's
 * outage. Each limit is then divided by the nodes that were last seen, a quota from where the store had it, and what was
 * given out meanwhile is counted in the store when it is back, within a second of its return.
 */
export class FallbackAuthority implements Authority {
  readonly #options: FallbackOptions;
  readonly #tally = new OutageTally();
  #askStoreAt = 0;
  degraded = false;

  constructor(options: FallbackOptions) {
    this.#options = options;
  }

  async take(request: LeaseRequest): Promise<LeaseAnswer> {
    const { store, node } = this.#options;
    const isQuota = request.bucket.kind === "quota";
    const answer = await this.#askStore(() => store.take(request));
    if (answer) {
      if (isQuota) this.#tally.heard(request.bucket, answer.cell, request.bucket.limit - answer.remaining);
      return { ...answer, origin: "store" };
    }
    const outage = { share: this.#share, quota: isQuota ? this.#tally.lastHeard(request.bucket) : undefined };
    const given = await node.take({ ...request, outage });
    if (isQuota && given.granted > 0) this.#count(request.bucket, given.cell, given.granted);
    return { ...given, origin: "node" };
  }

  async takeExactly(buckets: readonly Bucket[]): Promise<ExactAnswer> {
    const { store, node } = this.#options;
    return (await this.#askStore(() => store.takeExactly(buckets))) ?? node.takeExactly(buckets, this.#outage());
  }

  /** Never to the other one: cells have the same numbers in both, and a token would be made of nothing. */
  giveBack(refund: Refund): void {
    const { store, node } = this.#options;
    if (refund.origin !== "node") return store.giveBack(refund);
    if (refund.bucket.kind === "rate") return node.giveBack(refund);
    // Tokens of an outage that were counted in the store since then are the store's now.
    if (this.#tally.takeBack(refund)) return node.giveBack(refund);
    store.giveBack(refund);
  }

  /** Called now and then: a worker without traffic notices the store's return too. */
  async probe(): Promise<void> {
    if (this.degraded) await this.#isBack();
  }

  get #share(): number {
    const { store, workers } = this.#options;
    return 1 / Math.max(1, Math.round(store.holders / workers));
  }

  #outage(): Outage {
    return { share: this.#share };
  }

  /** Undefined: the store is away. */
  async #askStore<T>(call: () => Promise<T>): Promise<T | undefined> {
    if (this.degraded && !(await this.#isBack())) return undefined;
    try {
      return await call();
    } catch {
      // Why does not matter here: whatever keeps the store from answering, the node's own counts decide for a while.
      this.#askStoreAt = this.#options.clock.now() + RETRY_FIRST_EVERY_MS;
      this.#setDegraded(true);
      return undefined;
    }
  }

  /** One call at a time finds out; the others do not wait for that. */
  async #isBack(): Promise<boolean> {
    const nowMs = this.#options.clock.now();
    if (nowMs < this.#askStoreAt) return false;
    this.#askStoreAt = nowMs + RETRY_FIRST_EVERY_MS;
    try {
      await this.#options.store.ping();
    } catch {
      // Still away: the next second asks again.
      return false;
    }
    // Sent before anything is asked for, and taken in that order: what was given out is counted first.
    for (const { bucket, period, tokens } of this.#tally.drain()) this.#charge(bucket, period, tokens);
    this.#setDegraded(false);
    return true;
  }

  /** The store may have come back while the node was asked. */
  #count(bucket: Bucket, period: number, tokens: number): void {
    if (this.degraded) this.#tally.given(bucket, period, tokens);
    else this.#charge(bucket, period, tokens);
  }

  #charge(bucket: Bucket, period: number, tokens: number): void {
    const { store, node } = this.#options;
    store.charge(bucket, period, tokens).then(
      () => node.giveBack({ bucket, cell: period, tokens }),
      // Away again: counted at its next return.
      () => this.#tally.given(bucket, period, tokens),
    );
  }

  #setDegraded(degraded: boolean): void {
    if (degraded === this.degraded) return;
    this.degraded = degraded;
    this.#options.onChange?.(degraded);
  }
}
