/** Refreshes in a row that an issuer is asked for, and how often from then on. */
const BURST = 5;
export const REFRESH_EVERY_MS = 10_000;
/** After a failure the issuer is left alone for so long: those who come meanwhile are answered at once. */
const AFTER_FAILURE_MS = 1_000;

/** How often an issuer may be asked: once in ten seconds, and a few times in a row, so that a rotation is seen at once. */
export class RefreshBudget {
  #tokens = BURST;
  #filledAtMs = 0;
  #failedAtMs = -Infinity;
  lastFailed = false;

  take(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < 1 || nowMs < this.#failedAtMs + AFTER_FAILURE_MS) return false;
    this.#tokens -= 1;
    return true;
  }

  settle(isAnswered: boolean, nowMs: number): void {
    this.lastFailed = !isAnswered;
    if (isAnswered) return;
    this.#failedAtMs = nowMs;
    // What failed told nothing, so it does not count: an issuer that comes back is seen within a second.
    this.#tokens = Math.min(BURST, this.#tokens + 1);
  }

  #fill(nowMs: number): void {
    const earned = Math.floor((nowMs - this.#filledAtMs) / REFRESH_EVERY_MS);
    if (earned <= 0) return;
    this.#tokens = Math.min(BURST, this.#tokens + earned);
    this.#filledAtMs += earned * REFRESH_EVERY_MS;
  }
}
