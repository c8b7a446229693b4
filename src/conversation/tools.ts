/** Reads tool schemas of OpenAI's form from files. */
import { ConversationError } from './errors';
import { describeJson, isJsonObject, parseJson } from './json';
import type { ToolSchema } from './types';

const NO_PARAMETERS = { type: 'object', properties: {} } as const;

/**
 * @param value a list, JSON text of a list, or null and nothing for none
 * @param where begins the messages of errors
 * @throws ConversationError when it is something else, or a tool has no name or is there twice.
 */
export function readTools(value: unknown, where: string): readonly ToolSchema[] {
  if (value === undefined || value === null) return [];
  const list = typeof value === 'string' ? fromText(value, where) : value;
  if (!Array.isArray(list)) {
    throw new ConversationError(
      `${where}: "tools" should be a list of tool schemas or JSON text of one, found ${describeJson(list)}. ` +
        'Write [{"type": "function", "function": {"name": …, "description": …, "parameters": …}}].',
    );
  }
  const tools = list.map((item: unknown, i) => toolOf(item, `${where}: tool ${i + 1}`));
  const names = tools.map((tool) => tool.function.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ConversationError(`${where}: two tools are named "${twice}". Give every tool its own name.`);
  }
  return tools;
}

function fromText(text: string, where: string): unknown {
  const parsed = parseJson(text);
  if ('value' in parsed) return parsed.value;
  throw new ConversationError(
    `${where}: "tools" is a text that is not JSON (${parsed.problem}). Write the list itself, or its JSON text.`,
  );
}

function toolOf(value: unknown, where: string): ToolSchema {
  const schema = isJsonObject(value) ? value['function'] : undefined;
  if (!isJsonObject(schema)) {
    throw new ConversationError(
      `${where} should be an object with "function", found ${describeJson(value)}. ` +
        'Write {"type": "function", "function": {"name": …}}.',
    );
  }
  const { name, description, parameters } = schema;
  if (typeof name !== 'string' || name === '') {
    throw new ConversationError(`${where} has no name, found ${describeJson(name)}. Name the function.`);
  }
  if (description !== undefined && description !== null && typeof description !== 'string') {
    throw new ConversationError(
      `${where} ("${name}"): "description" should be text, found ${describeJson(description)}. Write text or leave it out.`,
    );
  }
  if (parameters !== undefined && parameters !== null && !isJsonObject(parameters)) {
    throw new ConversationError(
      `${where} ("${name}"): "parameters" should be a JSON Schema, found ${describeJson(parameters)}. ` +
        'Write an object such as {"type": "object", "properties": {…}}.',
    );
  }
  return {
    type: 'function',
    function: { name, description: description ?? '', parameters: parameters ?? NO_PARAMETERS },
  };
}
