/** The seam to transformers.js: tokenizer and chat template of a model, token ids in and out. */
export type { ToolCallParser } from './parse/types';
import type { AssistantMessage, ChatMessage, ToolSchema } from '../conversation/types';
import type { TokenId } from '../tokens/types';
import type { Dialect } from './dialect';
import type { ToolCallForm } from './parse/registry';
import type { ToolCallParser } from './parse/types';

/**
 * Turns conversations into token ids without ever re-encoding what was sampled.
 * Promise: for every continuation, prompt + sampled + suffix is what the template would have rendered, apart from what it
 * rewrites inside earlier assistant turns.
 */
export interface ChatFormat {
  readonly stopIds: readonly TokenId[];
  /** Ids of the opening of an episode, up to and including the header of the assistant turn. */
  prompt(messages: readonly ChatMessage[], tools: readonly ToolSchema[]): TokenId[];
  /**
   * Ids that follow a sampled turn: what the template writes after the stop token, the tool messages and the
   * header of the next assistant turn. `stopped` is false when the turn was cut before its stop token, which is
   * then part of the suffix.
   */
  continuation(messages: readonly Extract<ChatMessage, { role: 'tool' }>[], stopped: boolean): TokenId[];
  /**
   * What the template writes for an assistant's message with its calls, without the stop token; null where it writes
   * nothing that can be cut out. Whether the model would be understood so is for its parser to say.
   */
  assistantText(message: AssistantMessage): string | null;
  /** Ids of a text, without special tokens around it. */
  encode(text: string): TokenId[];
  /** Text of ids; special tokens are left out unless asked for. */
  decode(ids: readonly TokenId[], options?: { keepSpecial?: boolean }): string;
  /** Text of a sampled turn as its parser reads it: of special tokens, only the marks of calls and thoughts stay. */
  turnText(ids: readonly TokenId[]): string;
  /** Text of one token, for displays. */
  tokenText(id: TokenId): string;
}

/** The conversation of one model, with what was found out about its template. */
export interface ModelChat extends ChatFormat {
  /** The form in which the model writes calls. */
  readonly form: ToolCallForm;
  readonly parse: ToolCallParser;
  readonly dialect: Dialect;
  /** Whether the prompt opens a thought, so that a turn begins inside of one. */
  readonly isThinking: boolean;
  /** What a user should know of how the model is asked, one sentence each; for the log. */
  readonly notices: readonly string[];
  /**
   * Whether a whole conversation (two calls and an answer), rendered at once, has the tokens of its pieces; null where it is
   * asked about thoughts, and there are none in this template or with this prompt.
   */
  isEqualAgain(thinks: boolean): boolean | null;
}
