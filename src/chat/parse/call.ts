import { isJsonObject } from '../../conversation/json';
import { tryParse } from './json';
import { type JsonObject } from '../../conversation/types';
import type { ParsedCall } from '../../conversation/types';

/**
 * Reads `{"name", "arguments"}`; `parameters` is Llama's word for arguments. Arguments may be a JSON text, as
 * OpenAI's API writes them; absent arguments are an empty object. OpenAI's wrapper `{"type", "function"}` is taken off.
 */
export function callOf(object: JsonObject): ParsedCall {
  const { name } = unwrapped(object);
  return { name: typeof name === 'string' ? name : '', arguments: argumentsOf(unwrapped(object)) };
}

function argumentsOf(object: JsonObject): JsonObject | null {
  const given = object['arguments'] ?? object['parameters'] ?? {};
  const value = typeof given === 'string' ? tryParse(given) : given;
  return isJsonObject(value) ? value : null;
}

function unwrapped(object: JsonObject): JsonObject {
  const inner = object['function'];
  return !('name' in object) && isJsonObject(inner) && 'name' in inner ? inner : object;
}

/** A tool's own schema, read back to us, is no call. */
export function looksLikeCall(object: JsonObject): boolean {
  const call = unwrapped(object);
  const given = call['arguments'] ?? call['parameters'];
  const isSchema = isJsonObject(given) && given['type'] === 'object' && isJsonObject(given['properties']);
  return 'name' in call && ('arguments' in call || 'parameters' in call) && !isSchema;
}

const NAME = /["']name["']\s*:\s*["']([\w.-]+)["']/;

/** A call that was begun and cannot be read. @param text what there is of it */
export function brokenCall(text: string, name = NAME.exec(text)?.[1] ?? ''): ParsedCall {
  return { name, arguments: null, broken: true };
}

/** Begins like a call in JSON without marks, whatever comes of it. */
export function beginsLikeCall(text: string): boolean {
  return /^\s*(?:```\w*\s*)?\[?\s*\{\s*["']name["']\s*:/.test(text);
}
