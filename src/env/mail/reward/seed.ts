/**
 * The original system's reward, kept with its faults for comparison: abstaining early is worse than bad syntax, and
 * many different empty searches pay more than a correct answer without source.
 * Source: rl-unsloth, email_agent/rollout.py. Recorded values: `seed-golden.json`.
 */
import type { EpisodeOutcome, Rubric } from '../types';

export function seedReward({ rubric }: EpisodeOutcome, maxTurns: number): number {
  const partial =
    0.1 *
    (Number(rubric.ever_found_right_email) +
      Number(rubric.ever_read_right_email) +
      Number(!rubric.ever_tried_to_read_invalid_email) +
      Number(rubric.sources_correct));
  const repetition = 0.15 * (rubric.num_repeated_searches + Number(rubric.repeated_zero_result_search));

  if (rubric.cant_parse_tool_call) return -2 + partial - repetition;
  if (rubric.bad_tool_call_name) return -1.9 + partial - repetition;
  if (rubric.bad_tool_call_args) return -1.8 + partial - repetition;
  if (rubric.attempted_answer && !rubric.answer_correct) return -1 + partial - repetition;
  if (rubric.returned_i_dont_know || rubric.ran_out_of_turns) {
    return partial - repetition + (rubric.ran_out_of_turns ? effort(rubric) : -earlyGiveUp(rubric));
  }
  if (!rubric.answer_correct) return -repetition;
  if (isPerfect(rubric)) return 2;
  const sources = rubric.num_sources > 0 ? 0.1 / rubric.num_sources : 0;
  const speed = 0.1 * (1 - rubric.num_turns / Math.max(maxTurns, 1));
  return 1 + 0.3 * Number(rubric.sources_correct) + sources + speed - repetition;
}

function effort(rubric: Rubric): number {
  const { num_unique_searches: unique } = rubric;
  return (unique >= 5 ? 0.3 : unique >= 3 ? 0.2 : 0) + 0.1 * rubric.num_retry_after_zero;
}

function earlyGiveUp(rubric: Rubric): number {
  return 1 + 0.5 * Math.max(0, 3 - rubric.num_unique_searches);
}

function isPerfect(rubric: Rubric): boolean {
  return (
    rubric.num_turns === 3 &&
    rubric.ever_found_right_email &&
    rubric.ever_read_right_email &&
    rubric.sources_correct &&
    rubric.num_repeated_searches === 0 &&
    rubric.num_zero_result_searches === 0
  );
}
