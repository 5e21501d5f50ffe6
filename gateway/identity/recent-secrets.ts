import type { Clock } from "#base/clock.ts";
import { Lru } from "#base/lru.ts";
import type { Secrets } from "#gateway/secrets/index.ts";

const RECENT_MS = 1_000;
const CAPACITY = 10_000;

/** Secrets as they were within the last second: a call must not read a file, and a changed secret is in use at once. */
export class RecentSecrets implements Secrets {
  readonly #secrets: Secrets;
  readonly #clock: Clock;
  readonly #known = new Lru<string, { value: string | undefined; untilMs: number }>(CAPACITY);

  constructor(secrets: Secrets, clock: Clock) {
    this.#secrets = secrets;
    this.#clock = clock;
  }

  read(reference: string): string | undefined {
    const nowMs = this.#clock.now();
    const known = this.#known.peek(reference);
    if (known !== undefined && nowMs < known.untilMs) return known.value;
    const value = this.#secrets.read(reference);
    this.#known.set(reference, { value, untilMs: nowMs + RECENT_MS });
    return value;
  }
}
