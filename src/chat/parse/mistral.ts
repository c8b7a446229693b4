/** Mistral forms: `[TOOL_CALLS][{"name":…,"arguments":…},…]` and, since late 2024, `[TOOL_CALLS]name[ARGS]{…}`. */
import { findMark } from '../../conversation/brackets';
import { isJsonObject } from '../../conversation/json';
import type { ParsedCall } from '../../conversation/types';
import { bareCall } from './bare';
import { brokenCall, callOf, looksLikeCall } from './call';
import { objectsIn, parseAt } from './json';
import type { CallForm } from './types';

const MARK = '[TOOL_CALLS]';
/** Newest templates leave `[ARGS]` out. */
const NAMED = /^\s*([\w.-]+)\s*(?:\[CALL_ID\][^[{]*)?(?:\[ARGS\])?\s*(?=\{|$)/;
const NAMED_BEGINS = /^\s*([\w.-]+)\s*(?:\[CALL_ID\][^[{]*)?\[ARGS\]/;

/** The marks are special tokens which decoding may have dropped, so a leading list counts as a list of calls. */
export function parseMistral(text: string): ParsedCall[] {
  const parts = marked(text);
  const calls = parts.flatMap((part) => listed(part) ?? named(part) ?? [brokenCall(part)]);
  if (parts.length > 0 && calls.some(({ broken }) => broken !== true)) return calls;
  const plain = parts.length === 0 ? (listed(text) ?? dropped(text)) : null;
  if (plain !== null && plain.length > 0) return plain;
  const bare = bareCall(text);
  return bare.some(({ broken }) => broken !== true) ? bare : calls.length > 0 ? calls : bare;
}

/** Texts after each mark, up to the next. */
function marked(text: string): string[] {
  const found: string[] = [];
  let start = findMark(text, MARK);
  while (start >= 0) {
    const begin = start + MARK.length;
    start = findMark(text, MARK, begin);
    found.push(text.slice(begin, start < 0 ? text.length : start));
  }
  return found;
}

/** null where there is no list. A list that cannot be read as a whole gives its sound items, and one broken call. */
function listed(part: string): ParsedCall[] | null {
  const start = part.length - part.trimStart().length;
  if (part[start] !== '[') return null;
  const value = parseAt(part, start)?.value;
  if (Array.isArray(value)) return value.filter(isJsonObject).map(callOf);
  const sound = Array.from(objectsIn(part, looksLikeCall), callOf);
  return sound.length > 0 || /^\s*\[\s*\{/.test(part) ? [...sound, brokenCall(part.slice(start))] : null;
}

function named(part: string): ParsedCall[] | null {
  const head = NAMED.exec(part) ?? NAMED_BEGINS.exec(part);
  if (head === null) return null;
  const name = head[1] ?? '';
  const value = parseAt(part, head[0].length)?.value;
  return [isJsonObject(value) ? { name, arguments: value } : brokenCall(part, name)];
}

function dropped(text: string): ParsedCall[] | null {
  return NAMED_BEGINS.test(text) ? named(text) : null;
}

export const MISTRAL: CallForm = {
  parse: parseMistral,
  write: (calls) => (calls.length === 0 ? '' : `${MARK}${JSON.stringify(calls)}`),
  marks: [
    MARK,
    '[ARGS]',
    '[CALL_ID]',
    '[TOOL_RESULTS]',
    '[/TOOL_RESULTS]',
    '[AVAILABLE_TOOLS]',
    '[/AVAILABLE_TOOLS]',
  ],
};
