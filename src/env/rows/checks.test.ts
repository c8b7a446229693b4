import { describe, expect, it } from 'vitest';
import { answerTask, openRecords, type Changes } from '../../../tests/support/rows';
import { lastNumber, numberOf } from './number';

const isRight = async (answer: unknown, given: string, changes: Changes): Promise<boolean | null> => {
  const opened = await openRecords([{ prompt: 'a', answer }], changes);
  return (await answerTask(opened, opened.tasks.test[0], given)).success;
};

describe('check', () => {
  it.each<[string, unknown, string, boolean, Changes]>([
    ['exact', 'New York', ' new\n york ', true, {}],
    ['exact', 'New York', 'new york', false, { ignoreCase: false }],
    ['exact', 'New York', 'New York City', false, {}],
    ['exact', 'e\u0301', '\u00e9', true, {}],
    ['exact', 42, '42', true, {}],
    ['exact', 42, '42.0', false, {}],
    ['number', 1234.5, 'That makes $1,234.50.', true, {}],
    ['number', '1,000', '1000', true, {}],
    ['number', 5, 'first 5, then 6', false, {}],
    ['number', 5, 'five', false, {}],
    ['number', 5, '-5', false, {}],
    ['number', 0.3, `${0.1 + 0.2}`, true, {}],
    ['number', 100, '101', false, {}],
    ['number', 100, '101', true, { tolerance: 1 }],
    ['number', 100, '101.1', false, { tolerance: 1 }],
    ['number', -100, '-101', true, { tolerance: 1 }],
    ['number', 0.75, '3/4', true, {}],
    ['contains', 'Paris', 'It is paris, of course.', true, {}],
    ['contains', 'Paris', 'It is paris.', false, { ignoreCase: false }],
    ['contains', 'Paris', 'Comparison', false, {}],
    ['contains', 'new york', 'in New\nYork City', true, {}],
    ['contains', 4, 'It is 4.', true, {}],
    ['contains', 4, 'It is 14', false, {}],
    ['contains', 4, 'It is 4.5', false, {}],
    ['contains', 4, 'It is 1,4', false, {}],
    ['contains', 4, 'It is -4', false, {}],
    ['contains', 'a.c', 'abc', false, {}],
    ['contains', '(x+1)', 'so (x+1)^2', true, {}],
    ['contains', '北京', '答案是北京市', true, {}],
    ['one-of', ['Ann', 'A. Lee'], 'a. lee', true, {}],
    ['one-of', ['Ann', 'A. Lee'], 'Lee', false, {}],
    ['one-of', '["Ann"]', 'ann', true, {}],
    ['one-of', [1, 2], '2', true, {}],
    ['one-of', [' Ann\n'], 'ann', true, {}],
    ['pattern', '^(five|5)\\.?$', 'Five.', true, {}],
    ['pattern', '^(five|5)\\.?$', 'Five.', false, { ignoreCase: false }],
    ['pattern', '\\d{3}', 'room 12', false, {}],
    ['pattern', '1+1', 'It is 1+1!', true, { pattern: '^It is {answer}!$' }],
    ['pattern', '1+1', 'It is 11!', false, { pattern: '^It is {answer}!$' }],
    ['pattern', '$&', 'It is $&!', true, { pattern: '^It is {answer}!$' }],
  ])('%s: %j and %j is %j', async (check, answer, given, expected, changes) => {
    expect(await isRight(answer, given, { check, ...changes })).toBe(expected);
  });

  it.each(['number', 'one-of'])('%s refuses an answer with its first 80 characters', async (check) => {
    const answer = 'w'.repeat(81);
    await expect(openRecords([{ prompt: 'a', answer }], { check })).rejects.toMatchObject({
      code: check === 'number' ? 'environment/answer-no-number' : 'environment/answer-no-list',
      params: { found: 'w'.repeat(80) },
    });
  });

  it('reads a number out of a worked solution', async () => {
    const changes = { check: 'number', rowAnswerForm: 'hashes', answerForm: 'hashes' };
    expect(await isRight('2 + 3 = 5\n#### 5', 'So #### 5', changes)).toBe(true);
    expect(await isRight('2 + 3 = 5\n#### 5', 'So #### 6', changes)).toBe(false);
  });

  // JavaScript's own engine would need about 2^20000 steps.
  it('answers for a pattern that backtracking engines hang on', async () => {
    expect(await isRight('^(a+)+$', `${'a'.repeat(20_000)}b`, { check: 'pattern' })).toBe(false);
    expect(await isRight('^(a+)+$', 'a'.repeat(20_000), { check: 'pattern' })).toBe(true);
  });
});

describe('numberOf', () => {
  it.each<[string, number | null]>([
    ['42', 42],
    [' -1,234,567.25 ', -1234567.25],
    ['$3.50', 3.5],
    ['-$3.50', -3.5],
    ['3 €', 3],
    ['15%', 15],
    ['1e3', 1000],
    ['.5', 0.5],
    ['−7', -7],
    ['+7', 7],
    ['1/4', 0.25],
    ['7.', 7],
    ['1/0', null],
    ['12 apples', null],
    ['2024-02-03', null],
    ['1 2', null],
    ['', null],
    ['1e999', null],
  ])('%j', (text, expected) => {
    expect(numberOf(text)).toBe(expected);
  });
});

describe('lastNumber', () => {
  it.each<[string, number | null]>([
    ['3 + 4 = 7.', 7],
    ['between 5-7', 7],
    ['x-3', 3],
    ['minus: -3', -3],
    ['1,234', 1234],
    ['1, 234', 234],
    ['1,2345', 2345],
    ['none', null],
    ['10 / 4 apples', 2.5],
  ])('%j', (text, expected) => {
    expect(lastNumber(text)).toBe(expected);
  });
});
