const CELLS = 10;

/**
 * How often two things happened within a window: ten cells, the oldest of which is forgotten at once. A clock that steps
 * back adds to the cell it was in.
 */
export class RollingCounts {
  readonly #cellMs: number;
  /** Made when there is something to count: most APIs of many are quiet. */
  #cells: { first: number[]; second: number[] } | undefined = undefined;
  #current = -Infinity;
  first = 0;
  second = 0;

  constructor(windowMs: number) {
    this.#cellMs = windowMs / CELLS;
  }

  add(nowMs: number, first: number, second: number): void {
    this.forget(nowMs);
    this.#cells ??= { first: emptyCells(), second: emptyCells() };
    const at = this.#current % CELLS;
    this.#cells.first[at]! += first;
    this.#cells.second[at]! += second;
    this.first += first;
    this.second += second;
  }

  /** Takes what is older than the window out of the sums. */
  forget(nowMs: number): void {
    const cell = Math.floor(nowMs / this.#cellMs);
    if (cell <= this.#current) return;
    const cells = this.#cells;
    if (cells !== undefined && (this.first > 0 || this.second > 0))
      for (let old = Math.max(this.#current + 1, cell - CELLS + 1); old <= cell; old += 1)
        this.#clear(cells, old % CELLS);
    this.#current = cell;
  }

  reset(): void {
    this.#cells = undefined;
    this.first = 0;
    this.second = 0;
  }

  #clear(cells: { first: number[]; second: number[] }, at: number): void {
    this.first -= cells.first[at]!;
    this.second -= cells.second[at]!;
    cells.first[at] = 0;
    cells.second[at] = 0;
  }
}

function emptyCells(): number[] {
  return Array.from({ length: CELLS }, () => 0);
}
