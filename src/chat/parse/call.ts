import { isJsonObject } from '../../conversation/json';
import { tryParse } from './json';
import { type JsonObject } from '../../conversation/types';
import type { ParsedCall } from '../../conversation/types';

/**
 * Reads `{"name", "arguments"}`; `parameters` is Llama's word for arguments. Arguments may be a JSON text, as
 * OpenAI's API writes them; absent arguments are an empty object.
 */
export function callOf(object: JsonObject): ParsedCall {
  const { name } = object;
  return { name: typeof name === 'string' ? name : '', arguments: argumentsOf(object) };
}

function argumentsOf(object: JsonObject): JsonObject | null {
  const given = object['arguments'] ?? object['parameters'] ?? {};
  const value = typeof given === 'string' ? tryParse(given) : given;
  return isJsonObject(value) ? value : null;
}

export function looksLikeCall(object: JsonObject): boolean {
  return 'name' in object && ('arguments' in object || 'parameters' in object);
}
