import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewardFor } from './reward';
import golden from './reward/seed-golden.json';
import { succeeded } from './reward/success';
import { fakeOutcome } from '../../../tests/support/mail';
import type { EndReason, EpisodeOutcome, Rubric } from './types';
import type { Question } from './corpus/types';

const seed = rewardFor('seed');
const reward = rewardFor('default');
const UNANSWERABLE: Partial<Question> = { answer: "I don't know", emailIds: [] };

describe('seed', () => {
  it.each(golden)('$name: $reward', ({ rubric, maxTurns, reward }) => {
    expect(seed(fakeOutcome(rubric), maxTurns)).toBeCloseTo(reward, 12);
  });

  // Rules of the original which its recorded values do not reach.
  it.each<[string, Partial<Rubric>, number]>([
    ['bad name after a repeat', { bad_tool_call_name: true, num_repeated_searches: 1 }, -1.95],
    ['bad arguments, invalid id', { bad_tool_call_args: true, ever_tried_to_read_invalid_email: true }, -1.8],
    ['parse failure goes before bad name', { cant_parse_tool_call: true, bad_tool_call_name: true }, -1.9],
    ['5 unique searches', { ran_out_of_turns: true, num_unique_searches: 5 }, 0.4],
    ['abstained on the last turn', { ran_out_of_turns: true, returned_i_dont_know: true }, 0.1],
    ['out of context', { num_repeated_searches: 2 }, -0.3],
    [
      'correct with two sources',
      { attempted_answer: true, answer_correct: true, num_sources: 2, num_turns: 5 },
      1.1,
    ],
    [
      'correct, zero search repeated',
      {
        attempted_answer: true,
        answer_correct: true,
        num_turns: 10,
        num_repeated_searches: 1,
        repeated_zero_result_search: true,
      },
      0.7,
    ],
  ])('%s', (_what, rubric, value) => {
    expect(seed(fakeOutcome(rubric), 10)).toBeCloseTo(value, 12);
  });
});

describe('seed, by hand', () => {
  const perfect: Partial<Rubric> = {
    ...{ num_turns: 3, attempted_answer: true, answer_correct: true, sources_correct: true, num_sources: 1 },
    ...{ ever_found_right_email: true, ever_read_right_email: true },
    ...{ num_unique_searches: 1, num_total_searches: 1 },
  };

  it.each<[string, Partial<Rubric>, number]>([
    ['perfect', {}, 2],
    ['a turn more', { num_turns: 4 }, 1.46],
    ['a turn less', { num_turns: 2 }, 1.48],
    ['not found', { ever_found_right_email: false }, 1.47],
    ['not read', { ever_read_right_email: false }, 1.47],
    ['not cited', { sources_correct: false }, 1.17],
    ['a search repeated', { num_repeated_searches: 1 }, 1.32],
    ['an empty search', { num_zero_result_searches: 1 }, 1.47],
  ])('only what is perfect in all is worth 2: %s', (_, changes, value) => {
    expect(seed(fakeOutcome({ ...perfect, ...changes }), 10)).toBeCloseTo(value, 12);
  });
});

describe('simple', () => {
  it('is 1 for success and 0 else', () => {
    const simple = rewardFor('simple');
    expect(simple(fakeOutcome({ attempted_answer: true, answer_correct: true }), 4)).toBe(1);
    expect(simple(fakeOutcome({ attempted_answer: true }), 4)).toBe(0);
    expect(simple(fakeOutcome({ returned_i_dont_know: true }, { question: UNANSWERABLE }), 4)).toBe(1);
    expect(simple(fakeOutcome({ returned_i_dont_know: true }), 4)).toBe(0);
  });
});

describe('default, by hand', () => {
  const perfect: Partial<Rubric> = {
    num_turns: 3,
    attempted_answer: true,
    answer_correct: true,
    sources_correct: true,
    num_sources: 1,
    ever_found_right_email: true,
    ever_read_right_email: true,
    num_unique_searches: 1,
    num_total_searches: 1,
  };
  const { ever_read_right_email: read, ...unread } = perfect;

  it.each<[string, Partial<Rubric>, number]>([
    ['perfect', perfect, 2],
    ['perfect but for the last of four turns', { ...perfect, num_turns: 4 }, 1.8],
    ['cited without reading', { ...unread }, 1.5],
    ['cited without reading, in 1 turn', { ...unread, num_turns: 1 }, 1.5],
    ['right guess', { attempted_answer: true, answer_correct: true }, 1.4],
    ['wrong guess', { attempted_answer: true }, -0.7],
    ['wrong after reading', { ...perfect, answer_correct: false }, -0.4],
    ['abstained at once', { returned_i_dont_know: true }, -0.95],
    ['abstained after a search', { returned_i_dont_know: true, num_unique_searches: 1 }, -0.85],
    ['out of turns', { ran_out_of_turns: true, num_turns: 4 }, -0.85],
    [
      'ten empty searches',
      {
        ran_out_of_turns: true,
        num_unique_searches: 10,
        num_retry_after_zero: 9,
        num_zero_result_searches: 10,
      },
      -0.85,
    ],
    ['malformed at once', { cant_parse_tool_call: true }, -1.75],
    ['unknown tool', { bad_tool_call_name: true }, -1.7],
    ['bad arguments', { bad_tool_call_args: true }, -1.65],
    ['bad arguments, forgiven, then right', { ...perfect, bad_tool_call_args: true }, 1.9],
    ['two repeats', { ...perfect, num_repeated_searches: 2 }, 1.9],
    ['a hundred repeats', { ...perfect, num_repeated_searches: 100 }, 1.85],
  ])('%s', (_what, rubric, value) => {
    expect(read).toBe(true);
    expect(reward(fakeOutcome(rubric), 4)).toBeCloseTo(value, 12);
  });

  it('bad call on the last turn is a format failure, not running out', () => {
    const rubric = { bad_tool_call_args: true, ran_out_of_turns: true };
    expect(reward(fakeOutcome(rubric, { endReason: 'bad-call' }), 4)).toBeCloseTo(-1.65, 12);
    expect(reward(fakeOutcome(rubric, { endReason: 'out-of-turns' }), 4)).toBeCloseTo(-0.95, 12);
  });

  it('abstaining is right where there is no answer, and better after searching', () => {
    const value = (rubric: Partial<Rubric>): number =>
      reward(
        fakeOutcome(
          { returned_i_dont_know: true, answer_correct: true, ...rubric },
          { question: UNANSWERABLE },
        ),
        4,
      );
    expect(value({ num_unique_searches: 1, num_turns: 2 })).toBeCloseTo(2, 12);
    expect(value({ num_unique_searches: 0 })).toBeCloseTo(1.6, 12);
    expect(
      value({ num_unique_searches: 1, num_sources: 3, num_turns: 4, ran_out_of_turns: true }),
    ).toBeCloseTo(1.6, 12);
    const guess = fakeOutcome({ attempted_answer: true }, { question: UNANSWERABLE });
    expect(reward(guess, 4)).toBeCloseTo(-0.7, 12);
  });

  it('gives nothing for what no judge could score', () => {
    expect(reward(fakeOutcome({ attempted_answer: true }, { endReason: 'unscorable' }), 4)).toBe(0);
  });
});

/** Outcomes that the episode could produce, and some that it could not. */
const outcomes: fc.Arbitrary<EpisodeOutcome> = fc
  .record({
    ending: fc.constantFrom<EndReason | 'abstained'>(
      'answered',
      'abstained',
      'unparsable',
      'bad-call',
      'out-of-turns',
      'out-of-context',
    ),
    unanswerable: fc.boolean(),
    last: fc.boolean(),
    rubric: fc.record({
      answer_correct: fc.boolean(),
      sources_correct: fc.boolean(),
      num_turns: fc.integer({ min: 1, max: 12 }),
      ever_found_right_email: fc.boolean(),
      ever_read_right_email: fc.boolean(),
      bad_tool_call_name: fc.boolean(),
      bad_tool_call_args: fc.boolean(),
      num_sources: fc.integer({ min: 0, max: 20 }),
      ever_tried_to_read_invalid_email: fc.boolean(),
      num_repeated_searches: fc.integer({ min: 0, max: 30 }),
      num_zero_result_searches: fc.integer({ min: 0, max: 30 }),
      repeated_zero_result_search: fc.boolean(),
      num_unique_searches: fc.integer({ min: 0, max: 30 }),
      num_retry_after_zero: fc.integer({ min: 0, max: 30 }),
    }),
  })
  .map(({ ending, unanswerable, last, rubric }) => {
    const attempted = ending === 'answered';
    const ranOut = ending === 'out-of-turns' || (last && !attempted);
    return fakeOutcome(
      {
        ...rubric,
        attempted_answer: attempted,
        answer_correct: attempted
          ? rubric.answer_correct && !unanswerable
          : ending === 'abstained' && unanswerable,
        sources_correct: attempted && rubric.sources_correct && !unanswerable,
        returned_i_dont_know: ending === 'abstained',
        cant_parse_tool_call: ending === 'unparsable',
        ran_out_of_turns: ranOut,
        bad_tool_call_args:
          rubric.bad_tool_call_args || (ending === 'bad-call' && !rubric.bad_tool_call_name),
      },
      {
        endReason: ending === 'abstained' ? 'answered' : ending,
        ...(unanswerable ? { question: UNANSWERABLE } : {}),
      },
    );
  });

const MAX_TURNS = 12;
const RUNS = { seed: 11, numRuns: 800 };

/** Reward after changing one field, by how much better it is. */
function gain(outcome: EpisodeOutcome, change: Partial<Rubric>): number {
  return (
    reward({ ...outcome, rubric: { ...outcome.rubric, ...change } }, MAX_TURNS) - reward(outcome, MAX_TURNS)
  );
}

describe('default, for every outcome', () => {
  it('stays within -2 and 2', () => {
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 12 }), (outcome, maxTurns) => {
        const value = reward(outcome, maxTurns);
        expect(value).toBeGreaterThanOrEqual(-2 - 1e-12);
        expect(value).toBeLessThanOrEqual(2 + 1e-12);
      }),
      RUNS,
    );
  });

  it('keeps format failure below other failure below success', () => {
    const band = (outcome: EpisodeOutcome): number => {
      if (succeeded(outcome)) return 2;
      return outcome.endReason === 'unparsable' || outcome.endReason === 'bad-call' ? 0 : 1;
    };
    fc.assert(
      fc.property(outcomes, outcomes, (a, b) => {
        const order = band(a) - band(b);
        const difference = reward(a, MAX_TURNS) - reward(b, MAX_TURNS);
        if (order !== 0) expect(Math.sign(difference)).toBe(Math.sign(order));
      }),
      RUNS,
    );
  });

  it('never pays less for doing one thing better', () => {
    fc.assert(
      fc.property(outcomes, (outcome) => {
        const { rubric } = outcome;
        const better: Partial<Rubric>[] = [
          { ever_found_right_email: true },
          { ever_read_right_email: true },
          { ever_tried_to_read_invalid_email: false },
          { repeated_zero_result_search: false },
          { num_repeated_searches: 0 },
          { num_turns: Math.max(1, rubric.num_turns - 1) },
          { num_sources: Math.max(1, rubric.num_sources - 1) },
        ];
        if (rubric.attempted_answer && outcome.question.emailIds.length > 0) {
          better.push({ answer_correct: true }, { sources_correct: true });
        }
        for (const change of better) {
          if (rubric.returned_i_dont_know && 'num_sources' in change) continue;
          expect(gain(outcome, change)).toBeGreaterThanOrEqual(-1e-12);
        }
      }),
      RUNS,
    );
  });

  it('pays nothing for more searches, retries or unread sources', () => {
    fc.assert(
      fc.property(outcomes, (outcome) => {
        fc.pre(!succeeded(outcome) && outcome.rubric.num_unique_searches > 0);
        const { rubric } = outcome;
        expect(gain(outcome, { num_unique_searches: rubric.num_unique_searches + 5 })).toBe(0);
        expect(gain(outcome, { num_retry_after_zero: 30, num_zero_result_searches: 30 })).toBe(0);
        expect(gain(outcome, { sources_correct: !rubric.sources_correct, num_sources: 1 })).toBe(0);
      }),
      RUNS,
    );
    fc.assert(
      fc.property(outcomes, (outcome) => {
        const unread = { ...outcome, rubric: { ...outcome.rubric, ever_read_right_email: false } };
        fc.pre(unread.rubric.attempted_answer);
        expect(gain(unread, { sources_correct: true })).toBeLessThanOrEqual(1e-12);
      }),
      RUNS,
    );
  });

  it('abstaining is a little worse than a wrong answer where there is an answer', () => {
    fc.assert(
      fc.property(outcomes, (outcome) => {
        fc.pre(outcome.question.emailIds.length > 0 && outcome.rubric.attempted_answer);
        const wrong: Partial<Rubric> = { attempted_answer: true, answer_correct: false };
        const abstained: Partial<Rubric> = {
          attempted_answer: false,
          answer_correct: false,
          returned_i_dont_know: true,
        };
        const difference = gain(outcome, abstained) - gain(outcome, wrong);
        expect(difference).toBeGreaterThanOrEqual(-0.25 - 1e-12);
        expect(difference).toBeLessThanOrEqual(-0.15 + 1e-12);
      }),
      RUNS,
    );
  });
});
