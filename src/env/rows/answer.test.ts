import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAnswer, writeAnswer } from './answer';
import { ANSWER_FORMS, type AnswerForm } from './settings';

describe('findAnswer', () => {
  it.each<[AnswerForm, string, string | null]>([
    ['whole', ' 5\n', '5'],
    ['whole', '  ', null],
    ['whole', '<think>4?</think> 5', '5'],
    ['whole', 'half a thought</think>5', '5'],
    ['whole', '<think>never ended: 5', null],
    ['last-line', 'So:\n 5 \n\n', '5'],
    ['last-line', '', null],
    ['boxed', 'first \\boxed{4}, no: \\boxed{5}!', '5'],
    ['boxed', '\\boxed{\\frac{1}{2}}', '\\frac{1}{2}'],
    ['boxed', '\\boxed{a \\} b}', 'a \\} b'],
    ['boxed', '\\boxed{5', null],
    ['boxed', '\\boxed{ }', null],
    ['boxed', '5', null],
    ['boxed', '<think>\\boxed{5}</think>', null],
    ['hashes', 'a\n#### 4\n#### 5 \nb', '5'],
    ['hashes', '### 5', null],
    ['tag', '<answer>4</answer> or <answer>\n5\n</answer>', '5'],
    ['tag', '<answer>5', null],
    ['tag', '5</answer>', null],
    ['tag', '<answer>4</answer><answer>5', '4'],
  ])('%s in %j', (form, text, expected) => {
    expect(findAnswer(text, form)).toBe(expected);
  });

  it('finds what writeAnswer wrote, after any text', () => {
    const word = fc.stringMatching(/^[\p{L}\p{N}.,$%-]+( [\p{L}\p{N}.,$%-]+)*$/u);
    fc.assert(
      fc.property(fc.constantFrom(...ANSWER_FORMS), fc.string(), word, (form, before, answer) => {
        const written = writeAnswer(answer, form);
        const text =
          form === 'whole' ? written : `<think>${before}</think>${before.replace(/[<\\#]/g, '')}\n${written}`;
        expect(findAnswer(text, form)).toBe(answer);
      }),
    );
  });
});
