/** JSON from outside, read with words for what is wrong with it. */
import type { JsonObject } from './types';

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Most characters of a foreign text that a message repeats. */
const SHOWN = 60;
const SHOWN_KEYS = 12;

/** A short picture of a JSON value for messages. */
export function describeJson(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isJsonObject(value)) return describeKeys(Object.keys(value));
  return JSON.stringify(typeof value === 'string' ? value.slice(0, SHOWN) : value);
}

function describeKeys(keys: readonly string[]): string {
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, SHOWN_KEYS).map((key) => JSON.stringify(key.slice(0, SHOWN)));
  const rest = keys.length - shown.length;
  return `an object with the keys ${shown.join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`;
}

/** Why a text is no JSON, in the parser's words. */
export interface JsonProblem {
  readonly problem: string;
}

export function parseJson(text: string): { readonly value: unknown } | JsonProblem {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** One line of JSON Lines: an object, or what the line is instead, as the end of a sentence that names it. */
export type JsonLine =
  | { readonly line: number; readonly fields: JsonObject }
  | { readonly line: number; readonly problem: string };

/** Lines are counted from 1; blank ones are skipped. CRLF and a byte-order mark are accepted. */
export function* jsonLines(text: string): Generator<JsonLine> {
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line++;
    if (raw.trim() === '') continue;
    const parsed = parseJson(raw);
    if ('problem' in parsed) yield { line, problem: `is not JSON (${parsed.problem})` };
    else if (isJsonObject(parsed.value)) yield { line, fields: parsed.value };
    else yield { line, problem: `should be a JSON object, but is ${describeJson(parsed.value)}` };
  }
}
