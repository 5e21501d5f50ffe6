import { expect, it } from "vitest";
import { rateText } from "#app/_ui/rate-text.ts";
import { parseRate } from "#contracts/quantities.ts";

it.each(["100/s", "10/30s", "1000000/30d", "5/250ms", "60/m"])("%s survives reading and writing", (text) => {
  expect(rateText(parseRate(text)!)).toBe(text);
});
