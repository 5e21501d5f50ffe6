/** How often something that harms may happen: so many times in a burst, and so many a second. */
export class Patience {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #atMs = 0;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
  }

  /** False: it has happened too often. */
  spend(nowMs: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#atMs) * this.#perSecond) / 1_000) - 1;
    this.#atMs = nowMs;
    return this.#left >= 0;
  }

  /** There was a reason for so many more. */
  earn(times: number): void {
    this.#left = Math.min(this.#burst, this.#left + times);
  }
}
