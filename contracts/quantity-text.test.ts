import { expect, it } from "vitest";
import { durationText, rateText } from "#contracts/quantity-text.ts";
import { parseDurationMs, parseRate } from "#contracts/quantities.ts";

it.each(["100/s", "10/30s", "1000000/30d", "5/250ms", "60/m", "3/11s"])("%s survives reading and writing", (text) => {
  expect(rateText(parseRate(text)!)).toBe(text);
});

it.each(["250ms", "90s", "5m", "1h", "30d"])("%s survives reading and writing", (text) => {
  expect(durationText(parseDurationMs(text)!)).toBe(text);
});
