import fc from "fast-check";
import { expect, test } from "vitest";
import { CELLS } from "./authority.ts";
import { CellWindow } from "./cell-window.ts";

/** As slow and plain as it can be: every token that was taken, by its cell. */
class Model {
  #taken: number[] = [];

  remaining(limit: number, cell: number): number {
    return Math.max(0, limit - this.#taken.filter((at) => at >= cell - CELLS).length);
  }

  take(tokens: number, cell: number): void {
    for (let index = 0; index < tokens; index += 1) this.#taken.push(cell);
  }

  giveBack(tokens: number, cell: number, now: number): void {
    for (let index = 0; index < tokens; index += 1) {
      const at = this.#taken.findIndex((taken) => taken === cell && taken >= now - CELLS);
      if (at !== -1) this.#taken.splice(at, 1);
    }
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant("take" as const), tokens: fc.integer({ min: 0, max: 30 }) }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: -500, max: 2_500 }) }),
  // Any number, any cell: also what was never taken, or taken long ago.
  fc.record({
    kind: fc.constant("giveBack" as const),
    tokens: fc.integer({ min: 0, max: 40 }),
    ago: fc.integer({ min: -1, max: 150 }),
  }),
);

test("a window is what counting every token says, and giving back never makes one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
      const [window, model] = [new CellWindow(limit, 1_000), new Model()];
      let nowMs = 1_000_000;
      let cell = window.cellAt(nowMs);
      for (const action of steps) {
        if (action.kind === "pass") nowMs += action.ms;
        cell = window.cellAt(nowMs);
        if (action.kind === "take") {
          const tokens = Math.min(action.tokens, window.remaining(nowMs));
          if (tokens > 0) window.take(tokens, nowMs);
          model.take(tokens, cell);
        }
        if (action.kind === "giveBack") {
          window.remaining(nowMs);
          window.giveBack(action.tokens, cell - action.ago);
          model.giveBack(action.tokens, cell - action.ago, cell);
        }
        expect(window.remaining(nowMs)).toBe(model.remaining(limit, cell));
        expect(window.remaining(nowMs)).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test("when a token is said to come back, it comes, and not a millisecond before", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 60_000 }), fc.integer({ min: 0, max: 100_000 }), (windowMs, startMs) => {
      const window = new CellWindow(1, windowMs);
      window.take(1, startMs);
      const retryAfterMs = window.retryAfterMs(startMs);
      expect(window.remaining(startMs + retryAfterMs)).toBe(1);
      const again = new CellWindow(1, windowMs);
      again.take(1, startMs);
      expect(again.remaining(startMs + retryAfterMs - 1)).toBe(0);
      // At most a hundredth late, and the millisecond that clocks tick in.
      expect(retryAfterMs).toBeLessThanOrEqual(windowMs * 1.01 + 1);
      expect(retryAfterMs).toBeGreaterThan(windowMs - 1);
    }),
  );
});
