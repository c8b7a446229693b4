import { describe, expect, it } from 'vitest';
import { fakeRubric } from '../../../tests/support/mail';
import type { Outcome } from '../types';
import { mailLogFields } from './log-fields';
import type { Rubric } from './types';

const outcomeOf = (turns: number, rubric: Partial<Rubric>): Outcome => ({
  turns: Array.from({ length: turns }, () => ({ text: '', calls: [], results: [] })),
  ...{ stopCondition: 'answered', success: false, answer: null, rewards: {} },
  metrics: Object.fromEntries(
    Object.entries(fakeRubric(rubric)).map(([name, value]) => [name, Number(value)]),
  ),
});

describe('mailLogFields', () => {
  it('sums and means what the original system logged', () => {
    const outcomes = [
      outcomeOf(2, {
        ...{ attempted_answer: true, ever_found_right_email: true, ever_read_right_email: true },
        ...{ num_total_searches: 3, num_unique_searches: 2, num_repeated_searches: 1 },
      }),
      outcomeOf(3, {
        returned_i_dont_know: true,
        ever_found_right_email: true,
        num_total_searches: 4,
        num_unique_searches: 4,
      }),
      outcomeOf(4, { returned_i_dont_know: true, num_total_searches: 1, num_unique_searches: 1 }),
      outcomeOf(1, { attempted_answer: true }),
    ];
    expect(mailLogFields(outcomes)).toEqual({
      ...{ attempted_answer: 2, found_correct_email: 2, read_correct_email: 1 },
      ...{ total_repeated_searches: 1, total_unique_searches: 7, total_searches: 8 },
      ...{ avg_turns_idk: 3.5, avg_search_attempts: 2, num_idk: 2 },
    });
  });

  it('has no mean of abstentions where none abstained, and nothing of nothing', () => {
    expect(mailLogFields([outcomeOf(1, {})])).toMatchObject({ avg_turns_idk: null, num_idk: 0 });
    expect(mailLogFields([])).toMatchObject({
      avg_search_attempts: 0,
      total_searches: 0,
      avg_turns_idk: null,
    });
  });
});
