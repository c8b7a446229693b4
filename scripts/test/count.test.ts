import { expect, test } from 'vitest';
import { countPlaywright, countVitest } from './count';

test('Vitest: files that do not load count as failed', () => {
  const loaded = { status: 'failed', assertionResults: [{}, {}] };
  const broken = { status: 'failed', assertionResults: [] };
  const empty = { status: 'passed', assertionResults: [] };
  expect(countVitest({ numPassedTests: 5, numFailedTests: 1, testResults: [loaded, broken, empty] })).toEqual(
    { passed: 5, failed: 2 },
  );
});

test('Playwright: flaky is failed, errors without tests are failed', () => {
  expect(countPlaywright({ stats: { expected: 3, unexpected: 1, flaky: 1 }, errors: [] })).toEqual({
    ...{ passed: 3, failed: 2 },
  });
  expect(countPlaywright({ stats: { expected: 0, unexpected: 0, flaky: 0 }, errors: [{}] }).failed).toBe(1);
});
