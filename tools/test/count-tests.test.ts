import { describe, expect, test } from "vitest";
import { closingLine, countPlaywright, countVitest, sum } from "./count-tests.mjs";

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});
const vitestReport = (totals: object, ...testResults: object[]) => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults,
  ...totals,
});
const playwrightReport = (stats: object) => ({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats } });

describe("Vitest's report", () => {
  test("tests are counted by how they ended, planned ones as skipped", () => {
    const report = vitestReport(
      { numPassedTests: 3, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 },
      file("failed", "passed", "failed"),
      file("passed", "passed", "passed", "skipped"),
    );
    expect(countVitest(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 3 });
  });

  test("a file whose hook failed counts as failed though none of its tests did", () => {
    const report = vitestReport(
      { numPassedTests: 1, numPendingTests: 2 },
      file("passed", "passed"),
      file("failed", "skipped"),
    );
    expect(countVitest(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 2 });
  });

  test("a failing status that no test explains is a failure", () => {
    expect(countVitest(vitestReport({ numPassedTests: 5 }, file("passed", "passed")), 1).failed).toBe(1);
  });

  test("a run that was killed is a failure", () => {
    expect(countVitest(vitestReport({ numPassedTests: 5 }, file("passed", "passed")), null).failed).toBe(1);
  });

  test("a run without a passed test is a failure", () => {
    expect(countVitest(vitestReport({ numPendingTests: 4 }, file("passed", "skipped")), 0).failed).toBe(1);
  });

  test("a missing report is a failure, whatever the status", () => {
    expect(countVitest(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("Playwright's report", () => {
  test("tests are counted by how they ended, and one that needed a second try failed", () => {
    expect(countPlaywright(playwrightReport({ expected: 7, unexpected: 1, flaky: 1, skipped: 2 }), 1)).toEqual({
      passed: 7,
      failed: 2,
      skipped: 2,
    });
  });

  test("a failed set-up, which fails no test, is a failure", () => {
    expect(countPlaywright(playwrightReport({ expected: 7 }), 1).failed).toBe(1);
    expect(countPlaywright(playwrightReport({ skipped: 7 }), 0).failed).toBe(1);
  });

  test("a missing report is a failure", () => {
    expect(countPlaywright(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

test("suites add up to one closing line, which names skipped tests only where there are some", () => {
  const unit = { passed: 10, failed: 0, skipped: 0 };
  expect(closingLine(sum([unit, { passed: 2, failed: 1, skipped: 0 }]))).toBe("12 passed, 1 failed");
  expect(closingLine(sum([unit, { passed: 0, failed: 0, skipped: 1 }]))).toBe("10 passed, 0 failed, 1 skipped");
});
