/** Reading JSON out of sampled text. */
import { bracketEnd, MAX_STARTS } from '../../conversation/brackets';
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
  const end = bracketEnd(text, start);
  if (end < 0) return null;
  const value = tryParse(text.slice(start, end));
  return value === undefined ? null : { value, end };
}

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
