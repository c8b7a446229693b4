/** Numbers of tests out of the reports of Vitest and Playwright. */

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Vitest's JSON report has the fields of Jest's. A file that does not load is a failed suite without failed tests. */
export function countVitest(report: unknown): Count {
  const { numPassedTests, numFailedTests, testResults } = report as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: readonly { status: string; assertionResults: readonly unknown[] }[];
  };
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  return { passed: numPassedTests, failed: numFailedTests + unloaded };
}

/** A test that passed only on a second try counts as failed: nothing here is retried. */
export function countPlaywright(report: unknown): Count {
  const { stats, errors } = report as {
    stats: { expected: number; unexpected: number; flaky: number };
    errors: readonly unknown[];
  };
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + (stats.expected === 0 ? errors.length : 0),
  };
}
