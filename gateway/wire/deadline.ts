/**
 * One deadline that moves all the time and is hardly ever reached: moving it later costs two assignments, since the timer
 * that is armed looks again when it fires. Times are milliseconds of `performance.now()`.
 */
export class Deadline {
  readonly #onReached: () => void;
  #atMs = Infinity;
  #armedForMs = Infinity;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(onReached: () => void) {
    this.#onReached = onReached;
  }

  set(atMs: number): void {
    this.#atMs = atMs;
    if (atMs < this.#armedForMs) this.#arm(atMs);
  }

  clear(): void {
    this.#atMs = Infinity;
  }

  /** For good: nothing fires after it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#atMs = Infinity;
    this.#armedForMs = -Infinity;
  }

  #arm(atMs: number): void {
    clearTimeout(this.#timer);
    this.#armedForMs = atMs;
    this.#timer = setTimeout(() => this.#look(), Math.max(1, Math.ceil(atMs - performance.now())));
  }

  #look(): void {
    this.#armedForMs = Infinity;
    if (this.#atMs === Infinity) return;
    if (performance.now() < this.#atMs) return this.#arm(this.#atMs);
    this.#atMs = Infinity;
    this.#onReached();
  }
}
