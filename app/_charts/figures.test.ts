import { expect, it } from "vitest";
import { bytes, count, milliseconds, perSecond, share } from "#app/_charts/figures.ts";

it.each([
  [count(0), "0"],
  [count(9_999), "9,999"],
  [count(12_400), "12k"],
  [count(3_140_000), "3.1M"],
  [share(0, 0), "–"],
  [share(0, 10), "0 %"],
  [share(1, 250), "0.4 %"],
  [share(1, 100_000), "< 0.1 %"],
  [share(1, 8), "13 %"],
  [milliseconds(null), "–"],
  [milliseconds(0.83), "0.8 ms"],
  [milliseconds(42.4), "42 ms"],
  [milliseconds(1_340), "1.3 s"],
  [perSecond(0), "0"],
  [perSecond(0.02), "< 0.1"],
  [perSecond(4.26), "4.3"],
  [perSecond(123.4), "123"],
  [perSecond(null), "–"],
  [bytes(0), "0 B"],
  [bytes(2_400), "2.4 kB"],
  [bytes(31_000_000), "31 MB"],
])("%s is written %s", (written, expected) => expect(written).toBe(expected));
