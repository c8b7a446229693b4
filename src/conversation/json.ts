/** JSON from outside, read with words for what is wrong with it. */
import type { LineProblem, Picture } from '../errors/texts/picture';
import type { JsonObject } from './types';

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Most characters of a foreign text that a message repeats. */
const SHOWN = 60;
const SHOWN_KEYS = 12;

/** @param value may be anything that JSON can hold, or undefined */
export function pictureOf(value: unknown): Picture {
  if (value === undefined) return { kind: 'nothing' };
  if (Array.isArray(value)) return { kind: 'list', isEmpty: value.length === 0 };
  if (isJsonObject(value)) {
    const keys = Object.keys(value);
    const shown = keys.slice(0, SHOWN_KEYS).map((key) => key.slice(0, SHOWN));
    return { kind: 'object', keys: shown, more: keys.length - shown.length };
  }
  return { kind: 'scalar', value: typeof value === 'string' ? value.slice(0, SHOWN) : (value as Scalar) };
}

type Scalar = number | boolean | null;

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

/** One line of JSON Lines: an object, or what the line is instead. */
export type JsonLine =
  | { readonly line: number; readonly fields: JsonObject }
  | { readonly line: number; readonly problem: LineProblem };

/** Lines are counted from 1; blank ones are skipped. CRLF and a byte-order mark are accepted. */
export function* jsonLines(text: string): Generator<JsonLine> {
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line++;
    if (raw.trim() === '') continue;
    const parsed = parseJson(raw);
    if ('problem' in parsed) yield { line, problem: { notJson: parsed.problem } };
    else if (isJsonObject(parsed.value)) yield { line, fields: parsed.value };
    else yield { line, problem: { found: pictureOf(parsed.value) } };
  }
}
