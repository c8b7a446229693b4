/** What the reports of Vitest and Playwright say: how many tests passed, and which failed. */

export interface Count {
  readonly passed: number;
  /** Names, one for each failure counted. */
  readonly failed: readonly string[];
}

/** Vitest's JSON report has the fields of Jest's. A file that does not load is a failed suite without failed tests. */
export function countVitest(report: unknown): Count {
  const { numPassedTests, testResults } = report as {
    numPassedTests: number;
    testResults: readonly {
      name: string;
      status: string;
      assertionResults: readonly { status: string; fullName: string }[];
    }[];
  };
  const failed = testResults.flatMap(({ name, status, assertionResults }) =>
    status === 'failed' && assertionResults.length === 0
      ? [`${name} did not load`]
      : assertionResults
          .filter((test) => test.status === 'failed')
          .map(({ fullName }) => `${name}: ${fullName}`),
  );
  return { passed: numPassedTests, failed };
}

interface PlaywrightSuite {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly { readonly status: string }[];
  }[];
}

/** A test that passed only on a second try counts as failed: nothing here is retried. */
export function countPlaywright(report: unknown): Count {
  const { stats, errors, suites } = report as {
    stats: { expected: number };
    errors: readonly { message?: string }[];
    suites: readonly PlaywrightSuite[];
  };
  const failedOf = (path: string, { suites, specs }: PlaywrightSuite): string[] => [
    ...(specs ?? []).flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ status }) => `${path}: ${title}${status === 'flaky' ? ' (flaky)' : ''}`),
    ),
    ...(suites ?? []).flatMap((suite) => failedOf(`${path} > ${suite.title}`, suite)),
  ];
  const failed = suites.flatMap((suite) => failedOf(suite.title, suite));
  const unrun = stats.expected === 0 ? errors.map(({ message }) => message ?? 'unknown error') : [];
  return { passed: stats.expected, failed: [...failed, ...unrun] };
}
