import { describe, expect, test } from "vitest";
import { retry } from "#contracts/api/resilience.ts";
import type { UpstreamErrorKind } from "#gateway/wire/index.ts";
import { RetryBudget } from "./retry-budget.ts";
import { RetryRule } from "./retry-rule.ts";

function ruleOf(settings: Parameters<typeof retry.parse>[0] = {}) {
  const parsed = retry.parse(settings);
  return new RetryRule(parsed, new RetryBudget(parsed.budget));
}
const all = { on: ["connect", "reset", "timeout", 502, 503, 504] };
const first = (method: string, isReplayable = true) => ({ method, tries: 1, isReplayable });

describe("a request is sent again", () => {
  test.each<[UpstreamErrorKind, string, boolean, boolean]>([
    // No byte had left: whatever the method.
    ["dial", "POST", true, true],
    ["busy", "POST", true, true],
    ["dial", "POST", false, false],
    ["broken", "GET", true, true],
    ["broken", "PUT", true, true],
    ["broken", "PUT", false, false],
    ["broken", "POST", true, false],
    ["broken", "PATCH", true, false],
    ["timeout", "GET", true, true],
    ["timeout", "POST", true, false],
    ["malformed", "GET", true, false],
    ["cut", "GET", true, false],
  ])("after %s of %s (body can be sent again: %j): %j", (kind, method, isReplayable, expected) => {
    expect(ruleOf(all).afterFailure(kind, first(method, isReplayable), 0)).toBe(expected);
  });

  test.each([
    [503, "GET", true, true],
    [503, "DELETE", true, true],
    [503, "POST", true, false],
    [503, "GET", false, false],
    [500, "GET", true, false],
  ])("after %i to %s (body can be sent again: %j): %j", (status, method, isReplayable, expected) => {
    expect(ruleOf(all).afterStatus(status, first(method, isReplayable), 0)).toBe(expected);
  });

  test("by default after a broken connection, not after a timeout or a status", () => {
    const rule = ruleOf();
    expect(rule.afterFailure("broken", first("GET"), 0)).toBe(true);
    expect(rule.afterFailure("timeout", first("GET"), 0)).toBe(false);
    expect(rule.afterStatus(503, first("GET"), 0)).toBe(false);
    expect(rule.hasStatuses).toBe(false);
  });

  test("as often as it may, and not at all where attempts is 0", () => {
    expect(ruleOf({ attempts: 2 }).afterFailure("dial", { ...first("GET"), tries: 2 }, 0)).toBe(true);
    expect(ruleOf({ attempts: 2 }).afterFailure("dial", { ...first("GET"), tries: 3 }, 0)).toBe(false);
    expect(ruleOf({ attempts: 0 }).afterFailure("dial", first("GET"), 0)).toBe(false);
  });

  test("within the budget, which a failed dial does not touch", () => {
    const rule = ruleOf({ budget: { share: 0, minPerSecond: 0.1 } });
    for (let time = 0; time < 5; time += 1) expect(rule.afterFailure("dial", first("POST"), 0)).toBe(true);
    expect(rule.afterFailure("broken", first("GET"), 0)).toBe(true);
    expect(rule.afterFailure("broken", first("GET"), 0)).toBe(false);
  });
});
