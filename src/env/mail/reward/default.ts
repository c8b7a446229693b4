/**
 * MailGym's reward, in [-2, 2]. Bands do not overlap:
 *
 *     format failure [-2, -1.35]  <  no right answer [-1.3, -0.4]  <  success [0.85, 2]
 *
 * Reasons for the numbers. Abstaining from an answerable question, or running out of turns, costs a little more than a
 * wrong answer: while it was cheaper, groups without a right answer pushed the policy into abstaining, where nothing is
 * learned any more. What makes abstaining worth while is the success it is on unanswerable questions. Progress is
 * credited once, so repeating what worked pays nothing.
 * A source counts only when the policy has read that mail.
 */
import { succeeded } from './success';
import type { EpisodeOutcome, Rubric } from '../types';

/** Search, read, answer: using fewer turns earns nothing more. */
const SHORTEST_HONEST_EPISODE = 3;

export function defaultReward(outcome: EpisodeOutcome, maxTurns: number): number {
  // A judge that failed says nothing about the policy; such episodes must not enter a group. 0 keeps sums finite.
  if (outcome.endReason === 'unscorable') return 0;
  const { rubric } = outcome;
  const format = formatFailure(outcome);
  if (format !== null) return format + progress(rubric) - waste(rubric);
  const base = succeeded(outcome) ? success(rubric, maxTurns) : noRightAnswer(rubric) + progress(rubric);
  const toolErrors = rubric.bad_tool_call_name || rubric.bad_tool_call_args ? 0.1 : 0;
  return base - waste(rubric) - toolErrors;
}

function success(rubric: Rubric, maxTurns: number): number {
  const spare = Math.max(1, maxTurns - SHORTEST_HONEST_EPISODE);
  const slow = Math.min(1, Math.max(0, rubric.num_turns - SHORTEST_HONEST_EPISODE) / spare);
  const quick = 0.2 * (1 - slow);
  if (rubric.returned_i_dont_know) {
    const searched = rubric.num_unique_searches > 0 ? 0.4 : 0;
    return 1.2 + searched + (rubric.num_sources === 0 ? 0.2 : 0) + quick;
  }
  const cited = hasVerifiedSource(rubric) ? 0.3 + 0.1 / Math.max(1, rubric.num_sources) : 0;
  const found = Number(rubric.ever_found_right_email) + Number(rubric.ever_read_right_email);
  return 1.2 + 0.1 * found + cited + quick;
}

/** Value of an episode that malformed output ended; null for others, also when such output was forgiven. */
function formatFailure({ rubric, endReason }: EpisodeOutcome): number | null {
  if (rubric.cant_parse_tool_call) return -1.75;
  if (rubric.attempted_answer || rubric.returned_i_dont_know) return null;
  if (endReason === 'out-of-turns' || endReason === 'out-of-context') return null;
  if (rubric.bad_tool_call_name) return -1.7;
  return rubric.bad_tool_call_args ? -1.65 : null;
}

/** Wrong, abstained, out of turns or out of context. */
function noRightAnswer(rubric: Rubric): number {
  if (rubric.attempted_answer) return -0.7;
  return rubric.returned_i_dont_know && rubric.num_unique_searches === 0 ? -0.95 : -0.85;
}

/** 0 to 0.3. Citing the right mail is not credited beside a wrong answer: it shows nothing that reading did not. */
function progress(rubric: Rubric): number {
  return 0.15 * (Number(rubric.ever_found_right_email) + Number(rubric.ever_read_right_email));
}

/** 0 to 0.25. */
function waste(rubric: Rubric): number {
  const repeats = Math.min(0.15, 0.05 * rubric.num_repeated_searches);
  const flags = Number(rubric.repeated_zero_result_search) + Number(rubric.ever_tried_to_read_invalid_email);
  return repeats + 0.05 * flags;
}

function hasVerifiedSource(rubric: Rubric): boolean {
  return rubric.sources_correct && rubric.ever_read_right_email;
}
