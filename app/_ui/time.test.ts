import { describe, expect, it } from "vitest";
import { durationText, exactTime, relativeTime } from "#app/_ui/time.ts";

const now = Date.parse("2026-11-24T12:00:00Z");

describe("relativeTime", () => {
  it.each([
    ["2026-11-24T11:59:55Z", "just now"],
    ["2026-11-24T11:59:20Z", "40 seconds ago"],
    ["2026-11-24T11:57:00Z", "3 minutes ago"],
    ["2026-11-24T14:00:00Z", "in 2 hours"],
    ["2026-11-23T11:00:00Z", "yesterday"],
    ["2024-11-23T11:00:00Z", "2 years ago"],
  ])("%s reads %s", (iso, text) => expect(relativeTime(iso, now)).toBe(text));
});

it("the exact time is in UTC, whatever the browser's zone", () => {
  expect(exactTime("2026-11-04T04:50:13.123Z")).toBe("4 Nov 2026, 04:50:13 UTC");
});

it.each([
  [12, "12 ms"],
  [4_240, "4.2 s"],
  [42_000, "42 s"],
  [60_000, "1 min"],
  [80_000, "1 min 20 s"],
])("%d ms reads %s", (ms, text) => expect(durationText(ms)).toBe(text));
