import type { Health } from "#contracts/api/resilience.ts";

/**
 * What a target's checks add up to. The first one decides at once, and a target that never was up needs one success only: a
 * gateway that starts must not wait for its thresholds.
 */
export class CheckHistory {
  readonly #settings: Pick<Health, "healthyAfter" | "unhealthyAfter">;
  #inARow = 0;
  #lastOk: boolean | undefined = undefined;
  #wasUp = false;
  healthy = true;

  constructor(settings: Pick<Health, "healthyAfter" | "unhealthyAfter">) {
    this.#settings = settings;
  }

  /** True: the verdict changed. */
  add(ok: boolean): boolean {
    const isFirst = this.#lastOk === undefined;
    this.#inARow = ok === this.#lastOk ? this.#inARow + 1 : 1;
    this.#lastOk = ok;
    const before = this.healthy;
    const { healthyAfter, unhealthyAfter } = this.#settings;
    const needed = isFirst || (ok && !this.#wasUp) ? 1 : ok ? healthyAfter : unhealthyAfter;
    if (this.#inARow >= needed) this.healthy = ok;
    if (this.healthy && ok) this.#wasUp = true;
    return this.healthy !== before;
  }
}
