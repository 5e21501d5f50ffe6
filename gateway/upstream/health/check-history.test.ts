import { expect, test } from "vitest";
import { CheckHistory } from "./check-history.ts";

function verdicts(checks: string): string {
  const history = new CheckHistory({ healthyAfter: 2, unhealthyAfter: 3 });
  return checks.replace(/./g, (check) => {
    history.add(check === "+");
    return history.healthy ? "+" : "-";
  });
}

test.each([
  // The first check decides.
  ["+", "+"],
  ["-", "-"],
  // A target that never was up needs one success.
  ["--+", "--+"],
  // One that was up needs its thresholds.
  ["+--+--+", "+++++++"],
  ["+---+-++", "+++----+"],
  ["+---++", "+++--+"],
])("checks %s give %s", (checks, expected) => {
  expect(verdicts(checks)).toBe(expected);
});
