import type { Clock } from "#base/clock.ts";

/** Decides for all who share it whether a nonce is used for the first time; of many who ask, one is told so. */
export interface NonceStore {
  isFirst(nonce: string, nowMs: number, untilMs: number): Promise<boolean>;
}

export interface FirstUsesOptions {
  /** The workers of this node. It can always be asked. */
  node: NonceStore;
  /** The nodes of the cluster. It rejects while it is away. */
  cluster?: NonceStore | undefined;
  clock: Clock;
  onChange?: (clusterIsAway: boolean) => void;
}

const ASK_AGAIN_AFTER_MS = 1_000;

/**
 * First uses, decided for the node and then for the cluster. The node is asked first and always: so it knows what was used
 * while the cluster's store was away, and one alone of a node's workers goes on to ask the cluster. A store that is away
 * refuses nobody: until it is back, a nonce that was used at this node may be used once more at each other one, for as long
 * as its signature is young enough.
 */
export class FirstUses {
  readonly #options: FirstUsesOptions;
  #askAtMs = 0;
  #isAway = false;
  /** Nonces that the node alone decided about, for want of the cluster's store. */
  unshared = 0;

  constructor(options: FirstUsesOptions) {
    this.#options = options;
  }

  async isFirst(nonce: string, nowMs: number, untilMs: number): Promise<boolean> {
    const { node, cluster } = this.#options;
    if (!(await node.isFirst(nonce, nowMs, untilMs))) return false;
    return cluster === undefined || this.#isFirstIn(cluster, nonce, nowMs, untilMs);
  }

  async #isFirstIn(cluster: NonceStore, nonce: string, nowMs: number, untilMs: number): Promise<boolean> {
    const askedAtMs = this.#options.clock.now();
    // A store that has just failed is left alone for a while: each call would wait for it to time out.
    if (askedAtMs < this.#askAtMs) return this.#alone();
    // Then one call at a time finds out, and the others do not wait for that.
    if (this.#isAway) this.#askAtMs = askedAtMs + ASK_AGAIN_AFTER_MS;
    try {
      const isFirst = await cluster.isFirst(nonce, nowMs, untilMs);
      this.#askAtMs = 0;
      this.#setAway(false);
      return isFirst;
    } catch {
      // Why does not matter here: whatever keeps the store from answering, the node's word stands.
      this.#askAtMs = this.#options.clock.now() + ASK_AGAIN_AFTER_MS;
      this.#setAway(true);
      return this.#alone();
    }
  }

  #alone(): true {
    this.unshared += 1;
    return true;
  }

  #setAway(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#options.onChange?.(isAway);
  }
}
