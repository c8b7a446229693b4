/**
 * Reads the messages of a conversation from files: OpenAI's form and TRL's. Text comes as a string, a list of text parts
 * or (beside calls) null; arguments of calls as an object or JSON text; results name their call by id or come in order.
 * Keys that no template of ours writes (reasoning, refusals, names of speakers) are not read.
 */
import { ConversationError } from './errors';
import { describeJson, isJsonObject, parseJson } from './json';
import type { AssistantMessage, ChatMessage, ChatToolCall, JsonObject, ToolMessage } from './types';

export interface ReadMessages {
  readonly messages: readonly ChatMessage[];
  /** Of each message; 0 only where an assistant message says `weight: 0`. */
  readonly weights: readonly (0 | 1)[];
}

/**
 * @param value a list of messages
 * @param where begins the messages of errors
 * @throws ConversationError naming the message, what was found and what to do.
 */
export function readMessages(value: unknown, where: string): ReadMessages {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ConversationError(
      `${where} should be a list of messages, found ${describeJson(value)}. ` +
        'Write [{"role": "user", "content": …}, …].',
    );
  }
  const reader = new MessageReader();
  for (const [i, message] of value.entries()) reader.add(message, `${where}: message ${i + 1}`);
  return reader;
}

class MessageReader implements ReadMessages {
  readonly messages: ChatMessage[] = [];
  readonly weights: (0 | 1)[] = [];
  /** Calls of the last assistant message that have no result yet. */
  #pending: ChatToolCall[] = [];
  #turns = 0;

  add(value: unknown, where: string): void {
    if (!isJsonObject(value)) {
      throw new ConversationError(
        `${where} should be an object with role and content, found ${describeJson(value)}. Write it as one.`,
      );
    }
    this.messages.push(this.#read(value, where));
    this.weights.push(value['role'] === 'assistant' ? weightOf(value['weight'], where) : 1);
  }

  #read(fields: JsonObject, where: string): ChatMessage {
    const role = fields['role'];
    if (role === 'tool') return this.#tool(fields, where);
    const [open] = this.#pending;
    if (open !== undefined) {
      throw new ConversationError(
        `${where} has the role ${describeJson(role)}, but call ${open.id} of ${open.function.name} has no result yet. ` +
          'Add its tool message, or remove the call.',
      );
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
        throw new ConversationError(
          `${where} has the role ${describeJson(role)}. Allowed: system, developer, user, assistant, tool.`,
        );
    }
  }

  #assistant(fields: JsonObject, where: string): AssistantMessage {
    if (fields['function_call'] !== undefined && fields['function_call'] !== null) {
      throw new ConversationError(`${where} has the outdated "function_call". Write it as "tool_calls".`);
    }
    const calls = callsOf(fields['tool_calls'], this.#turns++, where);
    this.#pending = [...calls];
    if (calls.length === 0) {
      const content = textOf(fields['content'], where);
      if (content.trim() !== '') return { role: 'assistant', content };
      throw new ConversationError(`${where} says and calls nothing. Fill "content" or "tool_calls".`);
    }
    const content = textOf(fields['content'] ?? '', where);
    return { role: 'assistant', content, tool_calls: calls };
  }

  #tool(fields: JsonObject, where: string): ToolMessage {
    const id = fields['tool_call_id'] ?? null;
    const index = id === null ? 0 : this.#pending.findIndex((call) => call.id === id);
    const call = this.#pending[index];
    if (call === undefined) {
      const what = id === null ? 'a call' : `the call ${describeJson(id)}`;
      const open = this.#pending.map((pending) => pending.id).join(', ');
      throw new ConversationError(
        `${where} is the result of ${what}, but ${open === '' ? 'no call waits for one' : `only ${open} waits for one`}. ` +
          'Put it after the assistant message with that call, once.',
      );
    }
    const { name } = call.function;
    const said = fields['name'] ?? name;
    if (said !== name) {
      throw new ConversationError(
        `${where} is named ${describeJson(said)}, but belongs to call ${call.id} of "${name}". ` +
          'Correct the name or the tool_call_id, or bring results into the order of their calls.',
      );
    }
    this.#pending.splice(index, 1);
    return { role: 'tool', content: textOf(fields['content'], where), tool_call_id: call.id, name };
  }
}

function weightOf(value: unknown, where: string): 0 | 1 {
  if (value === undefined || value === null) return 1;
  if (value === 0 || value === 1) return value;
  throw new ConversationError(
    `${where}: "weight" should be 0 or 1, found ${describeJson(value)}. Write one of them.`,
  );
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) {
    throw new ConversationError(
      `${where}: "content" should be text or a list of text parts, found ${describeJson(value)}. Write text.`,
    );
  }
  return value
    .map((part: unknown, i) => {
      const text = isJsonObject(part) && part['type'] === 'text' ? part['text'] : undefined;
      if (typeof text === 'string') return text;
      const found = isJsonObject(part) ? `type ${describeJson(part['type'])}` : describeJson(part);
      throw new ConversationError(
        `${where}: part ${i + 1} of "content" is not text (found ${found}). Only text can be read: remove the part.`,
      );
    })
    .join('');
}

function callsOf(value: unknown, turn: number, where: string): readonly ChatToolCall[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw new ConversationError(
      `${where}: "tool_calls" should be a list, found ${describeJson(value)}. Write a list.`,
    );
  }
  const calls = value.map((call: unknown, i) => callOf(call, `call_${turn}_${i}`, `${where}: call ${i + 1}`));
  const twice = calls.find((call, i) => calls.findIndex(({ id }) => id === call.id) !== i);
  if (twice !== undefined) {
    throw new ConversationError(
      `${where} has two calls with the id ${twice.id}. Give every call its own id.`,
    );
  }
  return calls;
}

/** @param fallback the id of a call that has none */
function callOf(value: unknown, fallback: string, where: string): ChatToolCall {
  const called = isJsonObject(value) ? value['function'] : undefined;
  if (!isJsonObject(value) || !isJsonObject(called)) {
    throw new ConversationError(
      `${where} should be an object with "function", found ${describeJson(value)}. ` +
        'Write {"id": …, "type": "function", "function": {"name": …, "arguments": …}}.',
    );
  }
  const id = value['id'] ?? fallback;
  if (typeof id !== 'string') {
    throw new ConversationError(
      `${where}: "id" should be text, found ${describeJson(id)}. Write text or leave it out.`,
    );
  }
  const name = called['name'];
  if (typeof name !== 'string' || name === '') {
    throw new ConversationError(`${where} names no function, found ${describeJson(name)}. Name the tool.`);
  }
  return {
    id,
    type: 'function',
    function: { name, arguments: argumentsOf(called['arguments'], name, where) },
  };
}

function argumentsOf(value: unknown, name: string, where: string): JsonObject {
  if (value === undefined || value === null || value === '') return {};
  const parsed = typeof value === 'string' ? parseJson(value) : { value };
  if ('value' in parsed && isJsonObject(parsed.value)) return parsed.value;
  const found =
    'problem' in parsed ? `text that is not JSON (${parsed.problem})` : describeJson(parsed.value);
  throw new ConversationError(
    `${where} of "${name}": "arguments" should be an object or its JSON text, found ${found}. Correct the arguments.`,
  );
}
