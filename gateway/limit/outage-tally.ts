import { Lru } from "#base/lru.ts";
import { nameOf, type Bucket, type Refund } from "./authority.ts";

interface Heard {
  period: number;
  used: number;
}

interface Given {
  bucket: Bucket;
  period: number;
  tokens: number;
}

/** Quotas whose last word is remembered, and quotas that an outage's tokens are remembered of; the oldest leave first. */
const CAPACITY = 20_000;

/** What a worker knows of quotas across an outage of the store: where they stood, and what was given out since. */
export class OutageTally {
  readonly #heard = new Lru<string, Heard>(CAPACITY);
  readonly #given = new Lru<string, Given>(CAPACITY);

  heard(bucket: Bucket, period: number, used: number): void {
    this.#heard.set(nameOf(bucket), { period, used });
  }

  lastHeard(bucket: Bucket): Heard | undefined {
    return this.#heard.get(nameOf(bucket));
  }

  given(bucket: Bucket, period: number, tokens: number): void {
    const name = nameOf(bucket);
    const before = this.#given.get(name);
    const same = before?.period === period ? before.tokens : 0;
    this.#given.set(name, { bucket, period, tokens: same + tokens });
  }

  /** Whether the refund's tokens are still counted here; they are not any more, then. */
  takeBack({ bucket, cell, tokens }: Refund): boolean {
    const standing = this.#given.get(nameOf(bucket));
    if (standing?.period !== cell || standing.tokens < tokens) return false;
    standing.tokens -= tokens;
    return true;
  }

  /** All that was given out, once. */
  drain(): Given[] {
    const given = [...this.#given.entries()].map(([, entry]) => entry).filter(({ tokens }) => tokens > 0);
    this.#given.clear();
    return given;
  }
}
