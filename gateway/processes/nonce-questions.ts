import type { NonceStore } from "#gateway/identity/index.ts";

/** A nonce that a worker sees for the first time, and until when it counts as used. */
export interface NonceUse {
  nonce: string;
  nowMs: number;
  untilMs: number;
}

interface Waiting {
  use: NonceUse;
  resolve: (isFirst: boolean) => void;
}

/**
 * The primary's memory of nonces, which all workers of a node share. What comes in one turn of the loop is asked at once: a
 * message costs the primary forty microseconds whatever it holds, and there is one primary for all workers.
 */
export class NonceQuestions implements NonceStore {
  readonly #ask: (uses: NonceUse[]) => Promise<readonly boolean[]>;
  #waiting: Waiting[] = [];

  constructor(ask: (uses: NonceUse[]) => Promise<readonly boolean[]>) {
    this.#ask = ask;
  }

  isFirst(nonce: string, nowMs: number, untilMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) setImmediate(() => void this.#askAll());
      this.#waiting.push({ use: { nonce, nowMs, untilMs }, resolve });
    });
  }

  async #askAll(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    const answers = await this.#ask(asked.map(({ use }) => use));
    // One answer for each, in their order.
    for (const [index, { resolve }] of asked.entries()) resolve(answers[index]!);
  }
}
