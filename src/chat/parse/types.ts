/** What a tool-call parser promises. */
import type { ParsedCall, ToolSchema } from '../../conversation/types';

/**
 * Calls in the text of one assistant turn, in order; none when the text holds no call. A call that was begun and cannot be
 * read is there too, marked as broken. Never throws.
 * @param tools what may be called; forms without types (XML, GLM) need them to tell `5` from `"5"`, Python's to name
 *   positional arguments
 */
export type ToolCallParser = (text: string, tools?: readonly ToolSchema[]) => ParsedCall[];

/** One way of writing calls. */
export interface CallForm {
  readonly parse: ToolCallParser;
  /** The plainest text that {@link parse} reads back, for one turn's calls. */
  readonly write: (calls: readonly WrittenCall[]) => string;
  /** Texts that mean something in this form, whether or not the tokenizer has tokens for them. */
  readonly marks: readonly string[];
}

export interface WrittenCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}
