import type { Pace } from "./pace.ts";

/**
 * How long a request's body is waited for. Each piece may take its time, and all of them together no more than a grace and
 * what their bytes are worth: who sends steadily is never cut, and who drips is. Only waiting counts, so that an upstream
 * that is not ready for more is not held against the client.
 */
export class BodyWait {
  readonly #pace: Pace;
  #creditMs = Infinity;
  #mostMs = 0;
  /** Of the wait under way. */
  #sinceMs: number | undefined = undefined;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** `mostMs`: for one piece, however many bytes came before it. */
  begin(mostMs: number, atAnyPace: boolean): void {
    this.#mostMs = mostMs;
    this.#sinceMs = undefined;
    this.#creditMs = atAnyPace || this.#pace.bytesPerSecond === 0 ? Infinity : this.#pace.graceMs;
  }

  /** From here on only a piece's own time counts: both sides talk, and one may have nothing to say. */
  free(): void {
    this.#creditMs = Infinity;
  }

  came(bytes: number, nowMs: number): void {
    this.rest(nowMs);
    // Infinity stays what it is; a rate of 0 came with it.
    if (this.#creditMs === Infinity) return;
    // A timer that is late is not the client's debt.
    const left = Math.max(0, this.#creditMs) + (bytes * 1_000) / this.#pace.bytesPerSecond;
    this.#creditMs = Math.min(this.#mostMs, left);
  }

  /** Waits from now on, or still: until when at the latest. */
  wait(nowMs: number): number {
    if (this.#sinceMs === undefined) this.#sinceMs = nowMs;
    return this.#sinceMs + Math.min(this.#mostMs, this.#creditMs);
  }

  /** Does not wait. */
  rest(nowMs: number): void {
    if (this.#sinceMs !== undefined) this.#creditMs -= nowMs - this.#sinceMs;
    this.#sinceMs = undefined;
  }
}
