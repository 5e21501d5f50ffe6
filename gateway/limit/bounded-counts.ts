import { Lru } from "#base/lru.ts";
import { isCustom, nameOf, type Bucket } from "./authority.ts";

/**
 * Counts by bucket. Those of keys, policies and APIs are as many as the configuration names; those that callers name (a
 * header's value) are bounded, and the one used longest ago leaves: whoever varies a header pushes out his own like.
 */
export class BoundedCounts<T> {
  readonly #named = new Map<string, T>();
  readonly #custom: Lru<string, T>;

  constructor(customCapacity: number, known: Iterable<[string, T]> = []) {
    this.#custom = new Lru(customCapacity);
    for (const [name, value] of known) this.#setByName(name, value);
  }

  /** Counts that left to make room, since the start. */
  get dropped(): number {
    return this.#custom.evicted;
  }

  get(bucket: Bucket): T | undefined {
    return isCustom(bucket.id) ? this.#custom.get(nameOf(bucket)) : this.#named.get(nameOf(bucket));
  }

  set(bucket: Bucket, value: T): void {
    this.#setByName(nameOf(bucket), value);
  }

  delete(name: string): void {
    this.#named.delete(name);
    this.#custom.delete(name);
  }

  *entries(): IterableIterator<[string, T]> {
    yield* this.#named.entries();
    yield* this.#custom.entries();
  }

  #setByName(name: string, value: T): void {
    if (isCustom(name.slice(name.indexOf(":") + 1))) this.#custom.set(name, value);
    else this.#named.set(name, value);
  }
}
