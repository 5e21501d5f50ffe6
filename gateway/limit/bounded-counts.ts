import { Lru } from "#base/lru.ts";
import { nameOf, namerOf, type Bucket, type Namer } from "./authority.ts";

/**
 * Counts by bucket. Those of keys, policies and APIs are as many as the configuration names; those that issuers or callers
 * name are bounded, each for themselves, and the one used longest ago leaves: whoever varies a header pushes out his own
 * like and nobody else.
 */
export class BoundedCounts<T> {
  readonly #configured = new Map<string, T>();
  readonly #named: Record<Exclude<Namer, "configuration">, Lru<string, T>>;

  constructor(capacity: number, known: Iterable<[string, T]> = []) {
    this.#named = { issuer: new Lru(capacity), caller: new Lru(capacity) };
    for (const [name, value] of known) this.#placeOf(name.slice(name.indexOf(":") + 1)).set(name, value);
  }

  /** Counts that left to make room, since the start. */
  get dropped(): number {
    return this.#named.issuer.evicted + this.#named.caller.evicted;
  }

  get(bucket: Bucket): T | undefined {
    return this.#placeOf(bucket.id).get(nameOf(bucket));
  }

  set(bucket: Bucket, value: T): void {
    this.#placeOf(bucket.id).set(nameOf(bucket), value);
  }

  delete(name: string): void {
    for (const place of [this.#configured, this.#named.issuer, this.#named.caller]) place.delete(name);
  }

  *entries(): IterableIterator<[string, T]> {
    yield* this.#configured.entries();
    yield* this.#named.issuer.entries();
    yield* this.#named.caller.entries();
  }

  #placeOf(id: string): Map<string, T> | Lru<string, T> {
    const namer = namerOf(id);
    return namer === "configuration" ? this.#configured : this.#named[namer];
  }
}
