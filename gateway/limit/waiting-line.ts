import type { Clock } from "#base/clock.ts";
import type { Allowance, LimitRefusal } from "./allowance.ts";

/** A call that may wait for its turn, and how. */
export interface Turn {
  /** Callers take turns with each other, however many calls each of them has waiting. */
  caller: string;
  /** Calls that may wait at once; see `throttle`. */
  queue: number;
  waitUpToMs: number;
  /** Whether nobody waits for the answer any more: a token would be spent for nothing. */
  isGone(): boolean;
}

export interface Waiter {
  turn: Turn;
  allowances: readonly Allowance[];
  /** The last refusal: what it is answered when its time is over. */
  refusal: LimitRefusal;
  settled: boolean;
  /** Its token is being asked for: what comes of that decides, also when its time ends meanwhile. */
  drawing: boolean;
  expired: boolean;
  settle(refusal: LimitRefusal | undefined): void;
}

export interface LineDeps {
  clock: Clock;
  draw(allowances: readonly Allowance[]): Promise<LimitRefusal | undefined>;
  /** The waiter was refused elsewhere than here. */
  move(waiter: Waiter): void;
  /** Nobody waits any more; who comes next begins another line. */
  ended(): void;
}

/**
 * Calls that wait for tokens of one allowance. Callers take turns; where the line is full, a caller that has fewer calls in
 * it than the one with the most takes the last place of that one, so that nobody fills the line alone.
 */
export class WaitingLine {
  readonly #allowance: Allowance;
  readonly #deps: LineDeps;
  /** In the order of whose turn is next. */
  readonly #callers = new Map<string, Waiter[]>();
  /** With the one whose token is being asked for. */
  #size = 0;
  #pumping = false;

  constructor(allowance: Allowance, deps: LineDeps) {
    this.#allowance = allowance;
    this.#deps = deps;
  }

  /** Takes a place, or settles with the refusal where there is none. */
  join(waiter: Waiter): void {
    const { caller, queue } = waiter.turn;
    if (this.#size >= queue && !this.#makeRoomFor(caller)) return waiter.settle(waiter.refusal);
    const own = this.#callers.get(caller);
    if (own) own.push(waiter);
    else this.#callers.set(caller, [waiter]);
    this.#size += 1;
    if (!this.#pumping) void this.#pump();
  }

  /** Its time is over. */
  expire(waiter: Waiter): void {
    waiter.expired = true;
    if (waiter.drawing) return;
    this.#remove(waiter);
    waiter.settle(waiter.refusal);
  }

  #remove(waiter: Waiter): void {
    const own = this.#callers.get(waiter.turn.caller);
    const at = own?.indexOf(waiter) ?? -1;
    if (at === -1) return;
    own!.splice(at, 1);
    this.#size -= 1;
    if (own!.length === 0) this.#callers.delete(waiter.turn.caller);
  }

  #makeRoomFor(caller: string): boolean {
    let [longest, most] = ["", 0];
    for (const [name, waiters] of this.#callers) if (waiters.length > most) [longest, most] = [name, waiters.length];
    if ((this.#callers.get(caller)?.length ?? 0) + 1 >= most) return false;
    const last = this.#callers.get(longest)!.at(-1)!;
    this.#remove(last);
    last.settle(last.refusal);
    return true;
  }

  /** Never rejects: a draw answers, and so does a clock without a signal. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let waiter = this.#next(); waiter; waiter = this.#next()) {
      const retryAfterMs = await this.#serve(waiter);
      if (retryAfterMs > 0) await this.#deps.clock.sleep(retryAfterMs);
    }
    this.#pumping = false;
    this.#deps.ended();
  }

  /** How long this allowance has no token, where it has none. */
  async #serve(waiter: Waiter): Promise<number> {
    if (waiter.turn.isGone()) return this.#refuse(waiter);
    waiter.drawing = true;
    const refusal = await this.#deps.draw(waiter.allowances);
    waiter.drawing = false;
    if (!refusal) return this.#leave(() => waiter.settle(undefined));
    waiter.refusal = refusal;
    if (waiter.expired) return this.#refuse(waiter);
    if (refusal.allowance !== this.#allowance) return this.#leave(() => this.#deps.move(waiter));
    this.#putBack(waiter);
    return Math.max(1, refusal.retryAfterMs);
  }

  #refuse(waiter: Waiter): 0 {
    return this.#leave(() => waiter.settle(waiter.refusal));
  }

  #leave(then: () => void): 0 {
    this.#size -= 1;
    then();
    return 0;
  }

  /** The first of the caller whose turn it is; the caller is the last then. */
  #next(): Waiter | undefined {
    const first = this.#callers.entries().next();
    if (first.done) return undefined;
    const [caller, own] = first.value;
    const waiter = own.shift()!;
    this.#callers.delete(caller);
    if (own.length > 0) this.#callers.set(caller, own);
    return waiter;
  }

  /** It was its turn, and it stays so: to the front, of its own calls and of the callers. */
  #putBack(waiter: Waiter): void {
    const { caller } = waiter.turn;
    const own = this.#callers.get(caller) ?? [];
    own.unshift(waiter);
    const others = [...this.#callers].filter(([name]) => name !== caller);
    this.#callers.clear();
    this.#callers.set(caller, own);
    for (const [name, waiters] of others) this.#callers.set(name, waiters);
  }
}
