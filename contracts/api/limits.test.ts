import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { policy } from "../policy/policy.ts";
import { customLimit, spikeArrest, throttle } from "./limits.ts";

describe("a spike arrest", () => {
  test.each([
    ["10/s", 1],
    ["30/m", 1],
    ["1000/s", 50],
    ["25/s", 2],
  ])("of %s lets %i calls come at once: those of 50 ms, at least one", (text, burst) => {
    expect(spikeArrest.parse(text).burst).toBe(burst);
  });

  test("has the burst that it was given", () => {
    expect(spikeArrest.parse({ rate: "1000/s", burst: 3 }).burst).toBe(3);
  });

  test("parsed again is the same value", () => {
    const rate = fc.record({ limit: fc.integer({ min: 1 }), windowMs: fc.integer({ min: 1 }) });
    fc.assert(
      fc.property(rate, fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }), (of, burst) => {
        const parsed = spikeArrest.parse({ rate: of, burst });
        expect(spikeArrest.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
      }),
    );
  });
});

describe("a limit by what callers carry", () => {
  test.each([
    [{ rate: "1/s", by: "address" }],
    [{ quota: "1/d", by: { header: "X-Tenant" }, whenAbsent: "refuse" }],
    [{ rate: "1/s", quota: "9/d", by: { claim: "org.id" } }],
    [{ rate: "1/s", by: { metadata: "plan" } }],
    [{ rate: "1/s", by: { query: "tenant" } }],
  ])(
    "%j parsed again is the same value, and counts those without it by address where nothing else is said",
    (input) => {
      const parsed = customLimit.parse(input);
      expect(customLimit.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
      expect(parsed.whenAbsent).toBe("whenAbsent" in input ? input.whenAbsent : "address");
    },
  );

  test.each([
    ["a limit of nothing", { by: "key" }, "expected a rate, a quota or both"],
    ["a limit by nothing known", { rate: "1/s", by: { cookie: "a" } }, "expected key, address, { header }"],
    ["a limit by two things", { rate: "1/s", by: { header: "A", claim: "b" } }, "expected key, address, { header }"],
  ])("%s says what was expected", (_name, input, message) => {
    expect(customLimit.safeParse(input).error!.issues[0]!.message).toContain(message);
  });
});

test("a throttle that only is asked for has a hundred places and five seconds", () => {
  expect(throttle.parse({})).toEqual({ queue: 100, waitUpTo: 5_000 });
});

describe("a policy", () => {
  test.each([
    ["short", { id: "a", apis: ["orders"] }],
    [
      "full",
      {
        id: "b",
        scope: "policy",
        partitions: ["quota"],
        apis: { orders: { paths: [{ path: "/a/{rest*}" }], operations: ["x"], quota: "1/d" } },
        spikeArrest: "5/s",
        throttle: { queue: 1 },
      },
    ],
  ])("%s, parsed again, is the same value", (_name, input) => {
    const parsed = policy.parse(input);
    expect(policy.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  });

  test.each(["orders", "/a?b", "/a/{rest*}/b"])("does not open the path %s", (path) => {
    expect(policy.safeParse({ id: "a", apis: { orders: { paths: [{ path }] } } }).success).toBe(false);
  });
});
