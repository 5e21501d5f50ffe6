import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RetryBudget } from "./retry-budget.ts";

describe("a retry budget", () => {
  test("lets through a share of the requests and the reserve, and counts what it refuses", () => {
    const budget = new RetryBudget({ share: 0.2, minPerSecond: 1 });
    for (let sent = 0; sent < 100; sent += 1) budget.countRequest(1_000);
    const granted = Array.from({ length: 50 }, () => budget.take(1_000)).filter(Boolean).length;
    expect(granted).toBe(20 + 10);
    expect(budget).toMatchObject({ spent: 30, exhausted: 20 });
  });

  test("without requests the reserve is all there is, and it comes back with time", () => {
    const budget = new RetryBudget({ share: 0.5, minPerSecond: 0.1 });
    expect(budget.take(0)).toBe(true);
    expect(budget.take(9_999)).toBe(false);
    expect(budget.take(10_000)).toBe(true);
  });

  test("never gives more than the model that remembers every event", () => {
    const event = fc.record({ waitMs: fc.nat(3_000), isRetry: fc.boolean() });
    const property = fc.property(fc.array(event, { maxLength: 300 }), fc.double({ min: 0, max: 1, noNaN: true }), run);
    fc.assert(property);

    function run(events: { waitMs: number; isRetry: boolean }[], share: number) {
      const budget = new RetryBudget({ share, minPerSecond: 0.2 });
      const past: { cell: number; isRetry: boolean }[] = [];
      let nowMs = 0;
      for (const { waitMs, isRetry } of events) {
        nowMs += waitMs;
        const cell = Math.floor(nowMs / 1_000);
        const recent = past.filter((entry) => entry.cell > cell - 10);
        const retries = recent.filter((entry) => entry.isRetry).length;
        const may = retries + 1 <= share * (recent.length - retries) + 2;
        if (isRetry) expect(budget.take(nowMs)).toBe(may);
        else budget.countRequest(nowMs);
        if (!isRetry || may) past.push({ cell, isRetry });
      }
    }
  });
});
