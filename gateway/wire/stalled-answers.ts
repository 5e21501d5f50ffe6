/** What a client may take nothing for, where its upstream's connection is wanted by somebody else. */
const PATIENCE_MS = 500;

/** An answer on its way from an upstream, whose reading waits for the client. */
export interface Stallable {
  /** Its connection is wanted: whoever reads the answer is told, and lets go of it. */
  giveUp(): void;
}

/**
 * Answers that wait for their clients to take them, the one that waits longest first. Where all connections to an upstream are in use
 * and a request waits for one, the least useful one is that of a client that does not read.
 */
export class StalledAnswers<T extends Stallable> {
  readonly #sinceMs = new Map<T, number>();

  began(answer: T): void {
    if (!this.#sinceMs.has(answer)) this.#sinceMs.set(answer, performance.now());
  }

  ended(answer: T): void {
    this.#sinceMs.delete(answer);
  }

  /** Gives up the one that waits longest, if it has waited long enough. */
  giveUpOne(nowMs: number): boolean {
    const oldest = this.#sinceMs.entries().next().value;
    if (oldest === undefined || nowMs - oldest[1] < PATIENCE_MS) return false;
    this.#sinceMs.delete(oldest[0]);
    oldest[0].giveUp();
    return true;
  }

  /** Milliseconds until one will have waited long enough; undefined: none waits. */
  nextInMs(nowMs: number): number | undefined {
    const oldest = this.#sinceMs.values().next().value;
    return oldest === undefined ? undefined : Math.max(0, oldest + PATIENCE_MS - nowMs);
  }
}
