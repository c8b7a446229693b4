/** Mistral forms: `[TOOL_CALLS][{"name":…,"arguments":…},…]` and, since late 2024, `[TOOL_CALLS]name[ARGS]{…}`. */
import { bareCall } from './bare';
import { callOf } from './call';
import { isJsonObject } from '../../conversation/json';
import { parseAt } from './json';
import type { ParsedCall } from '../../conversation/types';

const MARK = '[TOOL_CALLS]';
const NAMED = /^\s*([\w.-]+)\s*(?:\[CALL_ID\][^[]*)?\[ARGS\]\s*/;

/** The marks are special tokens which decoding may have dropped, so a leading list counts as a list of calls. */
export function parseMistral(text: string): ParsedCall[] {
  const [before = '', ...marked] = text.split(MARK);
  const parts = marked.length > 0 ? marked : [before];
  const calls = parts.flatMap((part) => listed(part) ?? named(part) ?? []);
  return calls.length > 0 ? calls : bareCall(text);
}

function listed(part: string): ParsedCall[] | null {
  const start = part.length - part.trimStart().length;
  if (part[start] !== '[') return null;
  const value = parseAt(part, start)?.value;
  return Array.isArray(value) ? value.filter(isJsonObject).map(callOf) : null;
}

function named(part: string): ParsedCall[] | null {
  const head = NAMED.exec(part);
  if (head === null) return null;
  const value = parseAt(part, head[0].length)?.value;
  return [{ name: head[1] ?? '', arguments: isJsonObject(value) ? value : null }];
}
