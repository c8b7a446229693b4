/** What `npm run test:fuzz` found: turns on which reading took the square, or worse, of their length. */
import { expect, test } from 'vitest';
import { CALL_FORMS, type ToolCallForm } from './registry';

/** With every mark looked at anew these took minutes; the test's own time limit is the bound. */
test.each<readonly [ToolCallForm, string]>([
  ['hermes', '<tool_call>{'],
  ['llama', '<tool_call>{'],
  ['mistral', '[TOOL_CALLS]'],
])('%s: thousands of beginnings (%s) are read to their end', { timeout: 30_000 }, (form, unit) => {
  const calls = CALL_FORMS[form].parse(unit.repeat(2000));
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.every(({ broken }) => broken === true)).toBe(true);
});
