/** The results of `npm test` as JUnit XML, which CI systems show test by test. */

export interface TestCase {
  readonly name: string;
  /** File, or what else tells where the test is. */
  readonly place: string;
  readonly seconds: number;
  /** Null for a test that passed. */
  readonly failure: string | null;
}

export interface Suite {
  readonly name: string;
  readonly seconds: number;
  readonly cases: readonly TestCase[];
  /** Why the whole was not run; null where it was. */
  readonly skipped: string | null;
}

/** Tests of Vitest's JSON report that ran. A file that does not load is a failed test of its own. */
export function vitestCases(report: unknown): TestCase[] {
  const { testResults } = report as {
    testResults: readonly {
      name: string;
      status: string;
      message?: string;
      assertionResults: readonly {
        status: string;
        fullName: string;
        duration?: number | null;
        failureMessages?: readonly string[] | null;
      }[];
    }[];
  };
  return testResults.flatMap(({ name: place, status, message, assertionResults }): TestCase[] =>
    status === 'failed' && assertionResults.length === 0
      ? [{ name: 'loads', place, seconds: 0, failure: message ?? 'did not load' }]
      : assertionResults
          .filter((one) => one.status === 'passed' || one.status === 'failed')
          .map((one) => ({
            name: one.fullName,
            place,
            seconds: (one.duration ?? 0) / 1000,
            failure:
              one.status === 'passed'
                ? null
                : (one.failureMessages ?? []).join('\n') || 'failed, without a word',
          })),
  );
}

interface PlaywrightSuite {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly { duration: number; error?: { message?: string } }[];
    }[];
  }[];
}

/** Tests of Playwright's JSON report that ran. */
export function playwrightCases(report: unknown): TestCase[] {
  const casesOf = (place: string, { suites = [], specs = [] }: PlaywrightSuite): TestCase[] => [
    ...specs.flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status !== 'skipped')
        .map(({ status, results }) => ({
          name: title,
          place,
          seconds: results.reduce((sum, { duration }) => sum + duration, 0) / 1000,
          failure:
            status === 'expected'
              ? null
              : (results.find(({ error }) => error?.message !== undefined)?.error?.message ?? status),
        })),
    ),
    ...suites.flatMap((suite) => casesOf(`${place} > ${suite.title}`, suite)),
  ];
  return (report as { suites: readonly PlaywrightSuite[] }).suites.flatMap((suite) =>
    casesOf(suite.title, suite),
  );
}

/** One document; a stage is a suite. */
export function junitXml(suites: readonly Suite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="mailgym" tests="${all.length + suites.filter(isSkipped).length}" failures="${failures(all)}">`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

const isSkipped = ({ skipped }: Suite): boolean => skipped !== null;
const failures = (cases: readonly TestCase[]): number =>
  cases.filter(({ failure }) => failure !== null).length;

function suiteLines({ name, seconds, cases, skipped }: Suite): string[] {
  if (skipped !== null) {
    const one = `<testcase name="${escape(name)}" classname="${escape(name)}"><skipped message="${escape(skipped)}"/></testcase>`;
    return [
      `  <testsuite name="${escape(name)}" tests="1" failures="0" skipped="1">`,
      `    ${one}`,
      '  </testsuite>',
    ];
  }
  return [
    `  <testsuite name="${escape(name)}" tests="${cases.length}" failures="${failures(cases)}" time="${seconds.toFixed(3)}">`,
    ...cases.map(({ name: test, place, seconds: took, failure }) => {
      const head = `    <testcase name="${escape(test)}" classname="${escape(place)}" time="${took.toFixed(3)}"`;
      if (failure === null) return `${head}/>`;
      const [first = ''] = failure.split('\n');
      return `${head}><failure message="${escape(first)}">${escape(failure)}</failure></testcase>`;
    }),
    '  </testsuite>',
  ];
}

/** Escape sequences of terminals, and what else XML cannot hold, are left out. */
function escape(text: string): string {
  return text
    .replaceAll(/\u001b\[[\d;]*m|[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
