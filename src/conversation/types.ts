/** Conversations with tools, as chat templates and environments exchange them. No tokens, no models, no task. */

/** A JSON object, read only; values are whatever JSON holds. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A call as written by the policy. Whether the tool exists and the arguments fit is for the episode to judge. */
export interface ParsedCall {
  /** '' when missing or not a string. */
  readonly name: string;
  /** null when the arguments are not a JSON object. */
  readonly arguments: JsonObject | null;
  /** Present when a call was begun that cannot be read at all: its JSON is broken or cut. */
  readonly broken?: true;
  /** Arguments that were read as another type than they were written in; absent for none. */
  readonly slips?: number;
}

/** A call of a tool, as an assistant message carries it. */
export interface ToolCall {
  /** Unique inside the episode: `call_<turn>_<index>`. */
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonObject;
  /** Present when the policy's arguments were no JSON object; `arguments` is then empty. */
  readonly malformed?: true;
  /** Arguments that were read as another type than they were written in; absent for none. */
  readonly slips?: number;
}

/** A call that was begun and cannot be read: its JSON is broken, or cut. */
export interface BrokenCall {
  /** Unique inside the episode, as a call's. */
  readonly id: string;
  /** '' where not even that can be read. */
  readonly name: string;
}

/** OpenAI wire form of a tool call inside an assistant message. */
export interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: JsonObject };
}

/** A turn of the policy. */
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: string;
  readonly tool_calls?: readonly ChatToolCall[];
}

export interface ToolMessage {
  readonly role: 'tool';
  readonly content: string;
  readonly tool_call_id: string;
  readonly name: string;
}

/** One message of a conversation. */
export type ChatMessage =
  { readonly role: 'system' | 'user'; readonly content: string } | AssistantMessage | ToolMessage;

/** OpenAI function schema as chat templates expect it under `tools`. */
export interface ToolSchema {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: JsonObject;
  };
}

/** Outcome of one call, matched to it by id. */
export interface ToolResult {
  readonly callId: string;
  readonly name: string;
  /** JSON text given to the policy. */
  readonly content: string;
  readonly isError: boolean;
  /** True when the result was shortened or replaced to keep the context budget. */
  readonly truncated: boolean;
  /** What the environment itself wants to remember of the call; the policy never sees it. */
  readonly data?: JsonObject;
  /** Why a call was not run: broken JSON, no such tool, or arguments that do not fit. Absent for calls that were. */
  readonly refused?: 'broken' | 'name' | 'arguments';
}

/** One assistant turn as the model's family writes it, read by that family's parser; no tool has run yet. */
export interface ParsedTurn {
  /** Text without the stop token. */
  readonly text: string;
  /** In order; none when the text holds no call that can be read. */
  readonly calls: readonly ToolCall[];
  /** Calls that were begun and cannot be read; absent for none. No call, a broken one and wrong arguments are three facts. */
  readonly broken?: readonly BrokenCall[];
}

/** One assistant turn after it has been acted on. `results` may end early when a call ended the episode. */
export interface Turn extends ParsedTurn {
  readonly results: readonly ToolResult[];
}
