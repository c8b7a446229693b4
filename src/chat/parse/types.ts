/** What a tool-call parser promises. */
import type { JsonObject } from './json';

/** A call as written by the policy. Whether the tool exists and the arguments fit is for the episode to judge. */
export interface ParsedCall {
  /** '' when missing or not a string. */
  readonly name: string;
  /** null when the arguments are not a JSON object. */
  readonly arguments: JsonObject | null;
}

/** Calls in the text of one assistant turn, in order; none when the text holds no call. Never throws. */
export type ToolCallParser = (text: string) => ParsedCall[];
