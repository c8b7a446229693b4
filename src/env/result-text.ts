/**
 * Results of tools as the policy reads them: text as it is, everything else as compact JSON, both shortened to a
 * budget of characters (UTF-16 units). What was JSON stays JSON; the smallest results are `[]` and `{}`.
 */
import type { ToolResult } from '../conversation/types';

export type ResultText = Pick<ToolResult, 'content' | 'truncated'>;

/** Characters that every result needs at least. */
export const MIN_RESULT_LENGTH = 2;

/** Says inside the JSON that something was left out. */
const TRUNCATED = { truncated: true };

/**
 * @param value text, or anything that JSON can hold; `undefined` counts as null
 * @throws TypeError when JSON cannot hold the value
 */
export function resultText(value: unknown, budget: number): ResultText {
  if (typeof value === 'string') return plainText(value, budget);
  // What JSON.stringify answers for a function, a symbol or undefined is undefined, whatever its type says.
  const whole = (JSON.stringify(value) as string | undefined) ?? 'null';
  if (whole.length <= budget) return { content: whole, truncated: false };
  // Read back, so that values with a toJSON of their own are shortened as they are written.
  return { content: shortened(JSON.parse(whole) as unknown, budget), truncated: true };
}

export function errorText(message: string, budget: number): ResultText {
  return resultText({ error: message }, budget);
}

/** The first `length` characters, not ending inside a surrogate pair. */
export function cutText(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const splitsPair = length < text.length && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? length - 1 : length);
}

function plainText(text: string, budget: number): ResultText {
  if (text.length <= budget) return { content: text, truncated: false };
  return { content: `${cutText(text, budget - 1)}…`, truncated: true };
}

function shortened(value: unknown, budget: number): string {
  if (Array.isArray(value)) return shortenedList(value, budget) ?? '[]';
  const replaced = JSON.stringify(TRUNCATED);
  const object = typeof value === 'object' ? shortenedObject({ ...value }, budget) : null;
  return object ?? (replaced.length <= budget ? replaced : '{}');
}

/** Items are dropped from the end; `{"truncated":true}` closes the list. */
function shortenedList(items: readonly unknown[], budget: number): string | null {
  return longest(items.length - 1, budget, (count) => JSON.stringify([...items.slice(0, count), TRUNCATED]));
}

/** The longest text among the object's values is cut; null when that does not help. */
function shortenedObject(object: Readonly<Record<string, unknown>>, budget: number): string | null {
  let key: string | null = null;
  let text = '';
  for (const [name, value] of Object.entries(object)) {
    if (typeof value === 'string' && value.length > text.length) [key, text] = [name, value];
  }
  if (key === null) return null;
  const cutKey = key;
  return longest(text.length - 1, budget, (length) =>
    JSON.stringify({ ...object, [cutKey]: cutText(text, length), ...TRUNCATED }),
  );
}

/**
 * What `render` makes of the largest number from 0 to `max` that fits, or null when not even 0 does. `render` may grow
 * unevenly, but never shrink.
 */
function longest(max: number, budget: number, render: (size: number) => string): string | null {
  let low = 0;
  let high = max;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (render(middle).length <= budget) low = middle;
    else high = middle - 1;
  }
  const best = render(low);
  return best.length <= budget ? best : null;
}
