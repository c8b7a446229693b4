/** What crosses the agent boundary. No tokens beyond counts, no GPU. */
import type { EmailId, Question } from './corpus/types';

export interface ToolCall {
  /** Unique inside the episode: `call_<turn>_<index>`. */
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Present when the policy's arguments were no JSON object; `arguments` is then empty. */
  readonly malformed?: true;
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly tool_calls?: readonly ChatToolCall[] }
  | { readonly role: 'tool'; readonly content: string; readonly tool_call_id: string; readonly name: string };

/** OpenAI wire form of a tool call inside an assistant message. */
export interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
}

/** OpenAI function schema as chat templates expect it under `tools`. */
export interface ToolSchema {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  };
}

/** Outcome of one call, matched to it by id. */
export interface ToolResult {
  readonly callId: string;
  readonly name: string;
  /** JSON text given to the policy. */
  readonly content: string;
  readonly isError: boolean;
  /** Ids in a search result, in order; the id of a mail that was read; empty otherwise. */
  readonly emailIds: readonly EmailId[];
  /** True when the result was shortened or replaced to keep the context budget. */
  readonly truncated: boolean;
}

/** One assistant turn after it has been acted on. */
export interface Turn {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly results: readonly ToolResult[];
}

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

export type RewardPreset = 'seed' | 'default' | 'simple';

/** Pure function from an outcome to a reward. */
export type RewardFunction = (outcome: EpisodeOutcome, maxTurns: number) => number;

/** Advantage of every turn of one trajectory (length = turns). */
export type TurnAdvantages = readonly number[];

export class AgentError extends Error {
  override name = 'AgentError';
}
