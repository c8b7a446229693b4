import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, errorText, MIN_RESULT_LENGTH, resultText } from './result-text';

describe('resultText', () => {
  it('keeps what fits', () => {
    expect(resultText({ a: [1, null] }, 14)).toEqual({ content: '{"a":[1,null]}', truncated: false });
    expect(resultText('{"a": 1}', 8)).toEqual({ content: '{"a": 1}', truncated: false });
  });

  it('drops items of lists, cuts the longest text of objects, replaces the rest', () => {
    expect(resultText([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 24).content).toBe('[1,2,{"truncated":true}]');
    expect(resultText({ id: 7, body: 'word '.repeat(9) }, 43).content).toBe(
      '{"id":7,"body":"word wor","truncated":true}',
    );
    expect(resultText(123456, 5).content).toBe('{}');
    expect(resultText(null, 3).content).toBe('{}');
    // A date is text once it is JSON, and no object.
    expect(resultText(new Date(0), 12).content).toBe('{}');
    expect(resultText({ n: 1234567890123456 }, 18).content).toBe('{"truncated":true}');
  });

  it('gives an error as JSON', () => {
    expect(errorText('No.', 99)).toEqual({ content: '{"error":"No."}', truncated: false });
  });

  it('never passes the budget, and what was JSON stays JSON', () => {
    const budget = fc.integer({ min: MIN_RESULT_LENGTH, max: 80 });
    fc.assert(
      fc.property(fc.jsonValue(), budget, (value, limit) => {
        const { content, truncated } = resultText(value, limit);
        expect(content.length).toBeLessThanOrEqual(limit);
        if (typeof value !== 'string') expect(() => JSON.parse(content) as unknown).not.toThrow();
        if (!truncated) expect(content).toBe(typeof value === 'string' ? value : JSON.stringify(value));
      }),
    );
  });
});

it('cutText does not leave half a character', () => {
  expect(cutText('a😀b', 2)).toBe('a');
  expect(cutText('a😀b', 3)).toBe('a😀');
});
