import { expect, test } from 'vitest';
import { parseDocument } from 'htmlparser2';
import { junitXml, playwrightCases, vitestCases, type Suite } from './junit';

test('what ran of the reports of both runners, with times and reasons', () => {
  const passed = { status: 'passed', fullName: 'a b', duration: 1500 };
  const failed = { status: 'failed', fullName: 'c', duration: null, failureMessages: ['x is 1\nat y'] };
  const cases = vitestCases({
    testResults: [
      {
        name: 'a.test.ts',
        status: 'failed',
        assertionResults: [passed, failed, { ...passed, status: 'pending' }],
      },
      { name: 'b.test.ts', status: 'failed', message: 'no module', assertionResults: [] },
    ],
  });
  expect(cases).toEqual([
    { name: 'a b', place: 'a.test.ts', seconds: 1.5, failure: null },
    { name: 'c', place: 'a.test.ts', seconds: 0, failure: 'x is 1\nat y' },
    { name: 'loads', place: 'b.test.ts', seconds: 0, failure: 'no module' },
  ]);
  const result = (duration: number, message?: string) => ({
    duration,
    ...(message === undefined ? {} : { error: { message } }),
  });
  const spec = (title: string, status: string, results: ReturnType<typeof result>[]) => ({
    title,
    tests: [{ status, results }],
  });
  expect(
    playwrightCases({
      suites: [
        {
          title: 'e.spec.ts',
          specs: [spec('one', 'expected', [result(250)]), spec('left out', 'skipped', [])],
          suites: [{ title: 'inner', specs: [spec('two', 'flaky', [result(1, 'late'), result(2)])] }],
        },
      ],
    }),
  ).toEqual([
    { name: 'one', place: 'e.spec.ts', seconds: 0.25, failure: null },
    { name: 'two', place: 'e.spec.ts > inner', seconds: 0.003, failure: 'late' },
  ]);
});

test('the document: counts, reasons, and nothing that XML cannot hold', () => {
  const suites: Suite[] = [
    {
      ...{ name: 'unit', seconds: 2, skipped: null },
      cases: [
        { name: 'a "b" <c> & d', place: 'x.ts', seconds: 0.5, failure: null },
        { name: 'e', place: 'x.ts', seconds: 0, failure: '\u001b[31mfirst\u001b[39m\u0000 <line>\nsecond' },
      ],
    },
    { name: 'real', seconds: 0, cases: [], skipped: 'no weights' },
  ];
  const text = junitXml(suites);
  expect(text).toContain('<testsuites name="mailgym" tests="3" failures="1">');
  expect(text).toContain(
    '<testcase name="a &quot;b&quot; &lt;c&gt; &amp; d" classname="x.ts" time="0.500"/>',
  );
  expect(text).toContain('<failure message="first &lt;line&gt;">first &lt;line&gt;\nsecond</failure>');
  expect(text).toContain('<skipped message="no weights"/>');
  expect(text).not.toMatch(/[\u0000-\u0008\u001b]/);
  const { children } = parseDocument(text, { xmlMode: true });
  expect(children.filter(({ type }) => type === 'tag').length).toBe(1);
});
