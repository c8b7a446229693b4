/** Reading JSON out of sampled text. */
import { isJsonObject } from '../../conversation/json';
import type { JsonObject } from '../../conversation/types';

/** undefined when the text is not JSON. */
export function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export interface Located {
  readonly value: unknown;
  /** Index one past the JSON text. */
  readonly end: number;
}

/** The JSON object or array that starts at `start` (a `{` or `[`), or null when it is cut short or malformed. */
export function parseAt(text: string, start: number): Located | null {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) {
      const value = tryParse(text.slice(start, i + 1));
      return value === undefined ? null : { value, end: i + 1 };
    }
  }
  return null;
}

/** Bounds the work on degenerate text such as ten thousand braces; real turns have a handful. */
const MAX_STARTS = 200;

/**
 * JSON objects in order of appearance, also those inside objects for which `accept` is false.
 * Accepted objects do not overlap.
 */
export function* objectsIn(text: string, accept: (value: JsonObject) => boolean): Generator<JsonObject> {
  let position = text.indexOf('{');
  for (let starts = 0; position >= 0 && starts < MAX_STARTS; starts++) {
    const found = parseAt(text, position);
    const accepted = found !== null && isJsonObject(found.value) && accept(found.value);
    if (accepted) yield found.value as JsonObject;
    position = text.indexOf('{', accepted ? found.end : position + 1);
  }
}
