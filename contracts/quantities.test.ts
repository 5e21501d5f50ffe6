import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { durationMs, parseRate, rate } from "./quantities.ts";

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const unit = fc.constantFrom(...(Object.keys(unitsMs) as (keyof typeof unitsMs)[]));
const amount = fc.integer({ min: 1, max: 999_999_999 });

describe("a duration", () => {
  test("is its amount times its unit, whatever both are", () => {
    fc.assert(
      fc.property(amount, unit, (n, of) => {
        expect(durationMs.parse(`${n}${of}`)).toBe(n * unitsMs[of]);
      }),
    );
  });

  test.each(["", "5", "s", "-1s", "1.5s", "1 s", "1s ", "1w", "1e3ms", "9999999999s"])(
    "is not read from %j",
    (text) => {
      expect(durationMs.safeParse(text).success).toBe(false);
    },
  );
});

describe("a rate", () => {
  test("is a limit over a window, whatever both are", () => {
    fc.assert(
      fc.property(amount, amount, unit, (limit, n, of) => {
        expect(rate.parse(`${limit}/${n}${of}`)).toEqual({ limit, windowMs: n * unitsMs[of] });
      }),
    );
  });

  test("without an amount has a window of one unit", () => {
    expect(parseRate("100/s")).toEqual({ limit: 100, windowMs: 1_000 });
  });

  test.each(["", "100", "/s", "100/", "0/s", "10/0s", "-1/s", "100/w", "1.5/s", "100 / s"])(
    "is not read from %j",
    (text) => {
      expect(rate.safeParse(text).success).toBe(false);
    },
  );
});
