import type { Redis } from "ioredis";
import type { NonceStore } from "./first-uses.ts";

/** Nonces of all nodes in the cluster's Redis, which lets each go when its time is over. Rejects while Redis is away. */
export class RedisNonces implements NonceStore {
  readonly #redis: Redis;
  readonly #prefix: string;

  /** `prefix` keeps clusters apart. */
  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async isFirst(nonce: string, nowMs: number, untilMs: number): Promise<boolean> {
    const forMs = Math.max(1, untilMs - nowMs);
    const answer = await this.#redis.set(`${this.#prefix}nonce:${nonce}`, "1", "PX", forMs, "NX");
    return answer === "OK";
  }
}
