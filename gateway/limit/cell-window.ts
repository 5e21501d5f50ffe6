import { CELLS } from "./authority.ts";

/** A rate's sliding window: how many tokens were taken in each hundredth of it. */
export class CellWindow {
  readonly #windowMs: number;
  /** May be changed by a new configuration while tokens are out. */
  limit: number;
  readonly #counts = new Map<number, number>();
  #total = 0;
  #latest = -Infinity;

  constructor(limit: number, windowMs: number) {
    this.limit = limit;
    this.#windowMs = windowMs;
  }

  /** Tokens that may be taken now. */
  remaining(nowMs: number): number {
    this.#expire(this.cellAt(nowMs));
    return Math.max(0, this.limit - this.#total);
  }

  /** Takes exactly `tokens`; the caller asked `remaining` before. */
  take(tokens: number, nowMs: number): number {
    const cell = this.cellAt(nowMs);
    this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + tokens);
    this.#total += tokens;
    return cell;
  }

  giveBack(tokens: number, cell: number): void {
    const count = this.#counts.get(cell);
    if (count === undefined) return;
    const back = Math.min(count, tokens);
    this.#counts.set(cell, count - back);
    this.#total -= back;
  }

  /** Until the oldest taken token returns. */
  retryAfterMs(nowMs: number): number {
    this.#expire(this.cellAt(nowMs));
    for (const [cell, count] of this.#counts)
      if (count > 0) return Math.max(1, Math.ceil(((cell + CELLS + 1) * this.#windowMs) / CELLS) - nowMs);
    return 1;
  }

  isIdle(nowMs: number): boolean {
    this.#expire(this.cellAt(nowMs));
    return this.#total === 0;
  }

  /**
   * Multiplied before it is divided: whole numbers until then, so that a cell's end is the same millisecond here and above.
   * A clock that steps back must not open a second window: the cell never goes back.
   */
  cellAt(nowMs: number): number {
    this.#latest = Math.max(this.#latest, Math.floor((nowMs * CELLS) / this.#windowMs));
    return this.#latest;
  }

  #expire(current: number): void {
    for (const [cell, count] of this.#counts) {
      if (cell >= current - CELLS) return;
      this.#counts.delete(cell);
      this.#total -= count;
    }
  }
}
