/** An episode with mail: its counters, its record, what rewards and values of turns are made from. */
import type { ErrorName } from '../../errors';
import { agent } from '../../errors/texts/en/agent';
import type { TextTable } from '../../errors/texts/types';
import type { ToolResult, Turn } from '../../conversation/types';
import type { TurnValue } from '../types';
import { EnvironmentError } from '../errors';
import type { EmailId, Question } from './corpus/types';

export type EndReason =
  'answered' | 'unparsable' | 'bad-call' | 'out-of-turns' | 'out-of-context' | 'unscorable';

/** Counters of one episode; field meanings and order follow the original system's rubric. */
export interface Rubric {
  answer_correct: boolean;
  sources_correct: boolean;
  num_turns: number;
  attempted_answer: boolean;
  ever_found_right_email: boolean;
  ever_read_right_email: boolean;
  cant_parse_tool_call: boolean;
  bad_tool_call_name: boolean;
  bad_tool_call_args: boolean;
  ran_out_of_turns: boolean;
  returned_i_dont_know: boolean;
  num_sources: number;
  ever_tried_to_read_invalid_email: boolean;
  num_repeated_searches: number;
  num_zero_result_searches: number;
  repeated_zero_result_search: boolean;
  num_unique_searches: number;
  num_total_searches: number;
  num_retry_after_zero: number;
  gave_up_too_early: boolean;
}

export interface EpisodeOutcome {
  readonly question: Question;
  readonly turns: readonly Turn[];
  readonly endReason: EndReason;
  /** Text of the final answer; null when none was given. */
  readonly answer: string | null;
  readonly rubric: Readonly<Rubric>;
}

/** The named sets of weights of the reward, each with rules of its own for repeated searches and abstaining. */
export type RewardPreset = 'seed' | 'default' | 'simple';

/** Pure function from an outcome to a reward. */
export type RewardFunction = (outcome: EpisodeOutcome, maxTurns: number) => number;

/** Value of every turn of one episode (length = turns). */
export type TurnValues = readonly TurnValue[];

/** Ids in a search result, in order; the id of a mail that was read; empty otherwise. */
export function emailIdsOf({ data }: ToolResult): readonly EmailId[] {
  const ids = data?.['emailIds'];
  return Array.isArray(ids) ? (ids as readonly EmailId[]) : [];
}

export class AgentError extends EnvironmentError {
  static override readonly texts: TextTable = agent;
  override name: ErrorName<'AgentError'> = 'AgentError';
}
