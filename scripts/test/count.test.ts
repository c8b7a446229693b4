import { expect, test } from 'vitest';
import { countPlaywright, countVitest } from './count';

test('Vitest: failed tests by name, and files that do not load', () => {
  const loaded = {
    ...{ name: 'a.test.ts', status: 'failed' },
    assertionResults: [
      { status: 'passed', fullName: 'one' },
      { status: 'failed', fullName: 'group two' },
    ],
  };
  const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] };
  const empty = { name: 'c.test.ts', status: 'passed', assertionResults: [] };
  expect(countVitest({ numPassedTests: 5, testResults: [loaded, broken, empty] })).toEqual({
    passed: 5,
    failed: ['a.test.ts: group two', 'b.test.ts did not load'],
  });
});

test('Playwright: flaky is failed, at any depth; errors without tests are failed', () => {
  const spec = (title: string, status: string) => ({ title, tests: [{ status }] });
  const suites = [
    {
      title: 'a.spec.ts',
      specs: [spec('one', 'expected'), spec('two', 'unexpected')],
      suites: [{ title: 'group', specs: [spec('three', 'flaky'), spec('four', 'skipped')] }],
    },
  ];
  expect(countPlaywright({ stats: { expected: 3 }, errors: [], suites })).toEqual({
    passed: 3,
    failed: ['a.spec.ts: two', 'a.spec.ts > group: three (flaky)'],
  });
  const nothing = { stats: { expected: 0 }, errors: [{ message: 'no browser' }], suites: [] };
  expect(countPlaywright(nothing)).toEqual({ passed: 0, failed: ['no browser'] });
});
