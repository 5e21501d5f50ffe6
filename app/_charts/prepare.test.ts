import { describe, expect, it } from "vitest";
import { prepareCalls, prepareTimes, roundUp } from "#app/_charts/prepare-calls.ts";
import { prepareLatency } from "#app/_charts/prepare-latency.ts";

const point = (minute: number, s2: number, s5 = 0, p50Ms: number | null = null) => ({
  at: `2026-11-24T12:0${minute}:00.000Z`,
  calls: s2 + s5,
  status: { s2, s3: 0, s4: 0, s5 },
  p50Ms,
  p95Ms: null,
  p99Ms: null,
});

describe("prepareCalls", () => {
  const { bars, levels } = prepareCalls({ stepSeconds: 60, series: [point(0, 0), point(1, 6, 2)] });

  it("stacks the classes from the axis up, without a part for what did not happen", () => {
    expect(bars[0]?.parts).toEqual([]);
    expect(bars[1]?.parts).toEqual([
      { class: "s2", y: 0.25, height: 0.75 },
      { class: "s5", y: 0, height: 0.25 },
    ]);
  });
  it("ends at a round figure, and bars fill their slots but for a gap", () => {
    expect(levels.map(({ label }) => label)).toEqual(["8", "4", "0"]);
    expect(bars[1]?.x).toBeGreaterThan(0.5);
    expect(bars[1]!.x + bars[1]!.width).toBeLessThan(1);
  });
  it("an empty span has an axis all the same", () => {
    expect(prepareCalls({ stepSeconds: 60, series: [point(0, 0)] }).levels).toHaveLength(3);
  });
});

it.each([
  [1, 2],
  [2, 2],
  [3, 4],
  [9, 10],
  [11, 20],
  [61, 80],
  [101, 200],
  [4_100, 6_000],
])("%d fits under %d", (value, top) => expect(roundUp(value)).toBe(top));

it.each([
  ["a quarter of an hour", 10, 90, ["11:45", "11:50", "11:55"]],
  ["an hour", 60, 60, ["11:00", "11:15", "11:30", "11:45"]],
  ["six hours", 300, 72, ["06:00", "07:00", "08:00", "09:00", "10:00", "11:00"]],
  ["a day", 900, 96, ["12:00", "18:00", "00:00", "06:00"]],
  ["a week", 7_200, 84, ["19 Nov", "21 Nov", "23 Nov"]],
])("labels %s at round times, where there is room to write", (_span, stepSeconds, points, labels) => {
  const from = Date.parse("2026-11-24T12:00:00.000Z") - stepSeconds * points * 1_000;
  const series = Array.from({ length: points }, (_, index) => ({
    at: new Date(from + index * stepSeconds * 1_000).toISOString(),
  }));
  expect(prepareTimes(series, stepSeconds).map(({ label }) => label)).toEqual(labels);
});

describe("prepareLatency", () => {
  it("leaves a gap where nothing was called", () => {
    const prepared = prepareLatency({
      stepSeconds: 60,
      series: [point(0, 1, 0, 2), point(1, 1, 0, 4), point(2, 0), point(3, 1, 0, 4)],
    });
    expect(prepared?.lines[0]?.path).toBe("M0.125 0.5L0.375 0M0.875 0h0.125");
  });
  it("says nothing of a span in which nothing was measured", () => {
    expect(prepareLatency({ stepSeconds: 60, series: [point(0, 0)] })).toBeNull();
  });
});
