/**
 * Reads the messages of a conversation from files: OpenAI's form and TRL's. Text comes as a string, a list of text parts
 * or (beside calls) null; arguments of calls as an object or JSON text; results name their call by id or come in order.
 * Keys that no template of ours writes (reasoning, refusals, names of speakers) are not read.
 */
import type { Place } from '../errors/texts/place';
import { ConversationError } from './errors';
import { isJsonObject, parseJson, pictureOf } from './json';
import type { AssistantMessage, ChatMessage, ChatToolCall, JsonObject, ToolMessage } from './types';

export interface ReadMessages {
  readonly messages: readonly ChatMessage[];
  /** Of each message; 0 only where an assistant message says `weight: 0`. */
  readonly weights: readonly (0 | 1)[];
}

/**
 * @param value a list of messages
 * @param where of the value, for errors
 * @throws ConversationError naming the message, what was found and what to do.
 */
export function readMessages(value: unknown, where: Place): ReadMessages {
  if (!Array.isArray(value) || value.length === 0) {
    throw ConversationError.of('conversation/no-messages', { where, found: pictureOf(value) });
  }
  const reader = new MessageReader();
  for (const [i, message] of value.entries()) reader.add(message, [...where, { message: i + 1 }]);
  return reader;
}

class MessageReader implements ReadMessages {
  readonly messages: ChatMessage[] = [];
  readonly weights: (0 | 1)[] = [];
  /** Calls of the last assistant message that have no result yet. */
  #pending: ChatToolCall[] = [];
  #turns = 0;

  add(value: unknown, where: Place): void {
    if (!isJsonObject(value)) {
      throw ConversationError.of('conversation/message-no-object', { where, found: pictureOf(value) });
    }
    this.messages.push(this.#read(value, where));
    this.weights.push(value['role'] === 'assistant' ? weightOf(value['weight'], where) : 1);
  }

  #read(fields: JsonObject, where: Place): ChatMessage {
    const role = fields['role'];
    if (role === 'tool') return this.#tool(fields, where);
    const [open] = this.#pending;
    if (open !== undefined) {
      throw ConversationError.of('conversation/call-without-result', {
        where,
        found: pictureOf(role),
        id: open.id,
        name: open.function.name,
      });
    }
    switch (role) {
      case 'system':
      case 'developer':
        return { role: 'system', content: textOf(fields['content'], where) };
      case 'user':
        return { role: 'user', content: textOf(fields['content'], where) };
      case 'assistant':
        return this.#assistant(fields, where);
      default:
        throw ConversationError.of('conversation/unknown-role', { where, found: pictureOf(role) });
    }
  }

  #assistant(fields: JsonObject, where: Place): AssistantMessage {
    if (fields['function_call'] !== undefined && fields['function_call'] !== null) {
      throw ConversationError.of('conversation/function-call-outdated', { where });
    }
    const calls = callsOf(fields['tool_calls'], this.#turns++, where);
    this.#pending = [...calls];
    if (calls.length === 0) {
      const content = textOf(fields['content'], where);
      if (content.trim() !== '') return { role: 'assistant', content };
      throw ConversationError.of('conversation/message-empty', { where });
    }
    const content = textOf(fields['content'] ?? '', where);
    return { role: 'assistant', content, tool_calls: calls };
  }

  #tool(fields: JsonObject, where: Place): ToolMessage {
    const id = fields['tool_call_id'] ?? null;
    const index = id === null ? 0 : this.#pending.findIndex((call) => call.id === id);
    const call = this.#pending[index];
    if (call === undefined) {
      throw ConversationError.of('conversation/result-without-call', {
        where,
        id: id === null ? null : pictureOf(id),
        open: this.#pending.map((pending) => pending.id),
      });
    }
    const { name } = call.function;
    const said = fields['name'] ?? name;
    if (said !== name) {
      throw ConversationError.of('conversation/result-of-other-tool', {
        where,
        found: pictureOf(said),
        id: call.id,
        name,
      });
    }
    this.#pending.splice(index, 1);
    return { role: 'tool', content: textOf(fields['content'], where), tool_call_id: call.id, name };
  }
}

function weightOf(value: unknown, where: Place): 0 | 1 {
  if (value === undefined || value === null) return 1;
  if (value === 0 || value === 1) return value;
  throw ConversationError.of('conversation/weight', { where, found: pictureOf(value) });
}

function textOf(value: unknown, where: Place): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) {
    throw ConversationError.of('conversation/content', { where, found: pictureOf(value) });
  }
  return value
    .map((part: unknown, i) => {
      const text = isJsonObject(part) && part['type'] === 'text' ? part['text'] : undefined;
      if (typeof text === 'string') return text;
      const found = isJsonObject(part) ? { type: pictureOf(part['type']) } : { value: pictureOf(part) };
      throw ConversationError.of('conversation/content-part', { where, part: i + 1, found });
    })
    .join('');
}

function callsOf(value: unknown, turn: number, where: Place): readonly ChatToolCall[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw ConversationError.of('conversation/calls-no-list', { where, found: pictureOf(value) });
  }
  const calls = value.map((call: unknown, i) =>
    callOf(call, `call_${turn}_${i}`, [...where, { call: i + 1 }]),
  );
  const twice = calls.find((call, i) => calls.findIndex(({ id }) => id === call.id) !== i);
  if (twice !== undefined) {
    throw ConversationError.of('conversation/call-id-twice', { where, id: twice.id });
  }
  return calls;
}

/** @param fallback the id of a call that has none */
function callOf(value: unknown, fallback: string, where: Place): ChatToolCall {
  const called = isJsonObject(value) ? value['function'] : undefined;
  if (!isJsonObject(value) || !isJsonObject(called)) {
    throw ConversationError.of('conversation/call-no-object', { where, found: pictureOf(value) });
  }
  const id = value['id'] ?? fallback;
  if (typeof id !== 'string') {
    throw ConversationError.of('conversation/call-id', { where, found: pictureOf(id) });
  }
  const name = called['name'];
  if (typeof name !== 'string' || name === '') {
    throw ConversationError.of('conversation/call-no-name', { where, found: pictureOf(name) });
  }
  return {
    id,
    type: 'function',
    function: { name, arguments: argumentsOf(called['arguments'], name, where) },
  };
}

function argumentsOf(value: unknown, name: string, where: Place): JsonObject {
  if (value === undefined || value === null || value === '') return {};
  const parsed = typeof value === 'string' ? parseJson(value) : { value };
  if ('value' in parsed && isJsonObject(parsed.value)) return parsed.value;
  const found = 'problem' in parsed ? { notJson: parsed.problem } : { value: pictureOf(parsed.value) };
  throw ConversationError.of('conversation/arguments', { where, name, found });
}
