/** What crosses the agent boundary. No tokens beyond counts, no GPU. */
import type { ChatMessage, ToolSchema, Turn } from '../../conversation/types';
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
  total_input_tokens: number;
  total_output_tokens: number;
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

/** What the driver must do after a turn. */
export type TurnAction =
  | { readonly kind: 'continue'; readonly messages: readonly Extract<ChatMessage, { role: 'tool' }>[] }
  | { readonly kind: 'end' };

/**
 * An episode as a state machine, driven by whoever samples tokens.
 * `act` may be called until it answers `end` (or `abort` was called); then `outcome` may be read.
 */
export interface Episode {
  readonly question: Question;
  /** System and user message, in order. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSchema[];
  /**
   * Parses one sampled assistant turn (text without the stop token), runs all its calls.
   * @param resultBudget characters the tool results of this turn may take together.
   */
  act(text: string, resultBudget: number): TurnAction;
  /** Ends an unfinished episode, for instance when the context is full. */
  abort(reason: Extract<EndReason, 'out-of-context'>): void;
  addTokens(inputTokens: number, outputTokens: number): void;
  readonly outcome: EpisodeOutcome;
}

/** Pure function from an outcome to a reward. */
export type RewardFunction = (outcome: EpisodeOutcome, maxTurns: number) => number;

/** Advantage of every turn of one trajectory (length = turns). */
export type TurnAdvantages = readonly number[];

export class AgentError extends Error {
  override name = 'AgentError';
}
