/**
 * What a runner's JSON report and its exit status amount to. No report, no test and a status that no test explains each
 * count as one failure: a suite that did not run must not look green.
 */

/** A report of Vitest's `json` reporter, or `undefined` when it wrote none. */
export function countVitest(report, status) {
  if (!report) return failure;
  // A suite whose hook failed has no failed test of its own, and still failed.
  const failedFiles = report.testResults.filter(
    ({ status: state, assertionResults }) => state === "failed" && !assertionResults.some(isFailed),
  );
  const failed = report.numFailedTests + failedFiles.length;
  return settle(
    { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests },
    status,
  );
}

/** A report of Playwright's `json` reporter. A test that passed on a second try failed once: it counts as failed. */
export function countPlaywright(report, status) {
  if (!report) return failure;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return settle({ passed: expected, failed: unexpected + flaky, skipped }, status);
}

export function sum(counts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const count of counts) for (const key of Object.keys(total)) total[key] += count[key];
  return total;
}

export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;
}

const failure = { passed: 0, failed: 1, skipped: 0 };
const isFailed = ({ status }) => status === "failed";

function settle(count, status) {
  const unexplained = count.failed === 0 && (status !== 0 || count.passed === 0);
  return unexplained ? { ...count, failed: 1 } : count;
}
