import { expect, test } from 'vitest';
import { mailHints } from './hints';

test('wishes of a model are optional and checked', () => {
  expect(mailHints({})).toStrictEqual({});
  expect(mailHints({ promptStyle: 'short', searchLimit: 4, other: 1 })).toEqual({
    promptStyle: 'short',
    searchLimit: 4,
  });
  expect(() => mailHints({ promptStyle: 1 })).toThrow(
    expect.objectContaining({
      code: 'agent/hint',
      params: { key: 'promptStyle', wanted: 'text', found: '1' },
    }) as Error,
  );
  expect(() => mailHints({ snippetTokens: 0 })).toThrow(/snippetTokens/);
});
