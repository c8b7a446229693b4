/** What both rewards pay for typical endings, asked of the reward functions themselves. */
import { rewardFor } from '../../../src/env/mail/reward';
import { emptyRubric } from '../../../src/env/mail/rubric';
import type { EpisodeOutcome, Rubric } from '../../../src/env/mail/types';
import { fixed, table } from '../words';

const NOTHING: Rubric = {
  ...emptyRubric(),
  num_turns: 3,
  ever_found_right_email: true,
  num_unique_searches: 1,
  num_total_searches: 1,
};
const FOUND = { ever_read_right_email: true, attempted_answer: true, sources_correct: true, num_sources: 1 };

/** Endings of an episode about an answerable question whose first search found the mail. */
function endings(
  maxTurns: number,
): readonly (readonly [string, Partial<Rubric>, EpisodeOutcome['endReason']])[] {
  return [
    ['right answer, mail read and cited', { ...FOUND, answer_correct: true }, 'answered'],
    ['wrong answer, mail read and cited', FOUND, 'answered'],
    ['wrong answer without reading', { attempted_answer: true, num_turns: 2 }, 'answered'],
    ['"I don\'t know" after one search', { returned_i_dont_know: true, num_turns: 2 }, 'answered'],
    [
      '"I don\'t know" in the last turn, mail read',
      {
        returned_i_dont_know: true,
        ran_out_of_turns: true,
        ever_read_right_email: true,
        num_turns: maxTurns,
      },
      'answered',
    ],
    [
      'no answer, turns used up, mail read',
      { ran_out_of_turns: true, ever_read_right_email: true, num_turns: maxTurns },
      'out-of-turns',
    ],
    ['a call that cannot be parsed', { cant_parse_tool_call: true, num_turns: 2 }, 'unparsable'],
  ];
}

export function rewardTable(maxTurns: number): string {
  const pay = (preset: 'seed' | 'default', rubric: Rubric, endReason: EpisodeOutcome['endReason']) =>
    fixed(rewardFor(preset)({ question: QUESTION, turns: [], endReason, answer: null, rubric }, maxTurns));
  return table(
    ['how an episode ends', 'original reward', 'default reward'],
    endings(maxTurns).map(([name, changes, endReason]) => {
      const rubric = { ...NOTHING, ...changes };
      return [name, pay('seed', rubric, endReason), pay('default', rubric, endReason)];
    }),
  );
}

const QUESTION: EpisodeOutcome['question'] = {
  id: '',
  question: '',
  answer: '20 May',
  aliases: [],
  emailIds: ['m'],
  inbox: '',
  queryDate: '2025-01-01',
  family: 'single',
  level: 1,
};
