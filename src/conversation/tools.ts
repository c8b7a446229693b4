/** Reads tool schemas of OpenAI's form from files. */
import type { Place } from '../errors/texts/place';
import { ConversationError } from './errors';
import { isJsonObject, parseJson, pictureOf } from './json';
import type { ToolSchema } from './types';

const NO_PARAMETERS = { type: 'object', properties: {} } as const;

/**
 * @param value a list, JSON text of a list, or null and nothing for none
 * @param where of the value, for errors
 * @throws ConversationError when it is something else, or a tool has no name or is there twice.
 */
export function readTools(value: unknown, where: Place): readonly ToolSchema[] {
  if (value === undefined || value === null) return [];
  const list = typeof value === 'string' ? fromText(value, where) : value;
  if (!Array.isArray(list)) {
    throw ConversationError.of('conversation/tools-no-list', { where, found: pictureOf(list) });
  }
  const tools = list.map((item: unknown, i) => toolOf(item, [...where, { tool: i + 1 }]));
  const names = tools.map((tool) => tool.function.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw ConversationError.of('conversation/tool-twice', { where, name: twice });
  }
  return tools;
}

function fromText(text: string, where: Place): unknown {
  const parsed = parseJson(text);
  if ('value' in parsed) return parsed.value;
  throw ConversationError.of('conversation/tools-no-json', { where, reason: parsed.problem });
}

function toolOf(value: unknown, where: Place): ToolSchema {
  const schema = isJsonObject(value) ? value['function'] : undefined;
  if (!isJsonObject(schema)) {
    throw ConversationError.of('conversation/tool-no-object', { where, found: pictureOf(value) });
  }
  const { name, description, parameters } = schema;
  if (typeof name !== 'string' || name === '') {
    throw ConversationError.of('conversation/tool-no-name', { where, found: pictureOf(name) });
  }
  if (description !== undefined && description !== null && typeof description !== 'string') {
    throw ConversationError.of('conversation/tool-description', {
      where,
      name,
      found: pictureOf(description),
    });
  }
  if (parameters !== undefined && parameters !== null && !isJsonObject(parameters)) {
    throw ConversationError.of('conversation/tool-parameters', { where, name, found: pictureOf(parameters) });
  }
  return {
    type: 'function',
    function: { name, description: description ?? '', parameters: parameters ?? NO_PARAMETERS },
  };
}
