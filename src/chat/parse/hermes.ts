/**
 * Hermes form, also that of Qwen and of MailGym's own small model: `<tool_call>{"name":…,"arguments":…}</tool_call>`.
 * SmolLM2 puts a list inside the tags. Qwen3-Coder's and GLM's blocks begin with the same tag and are read too.
 */
import { findMark } from '../../conversation/brackets';
import { isJsonObject } from '../../conversation/json';
import type { ParsedCall, ToolSchema } from '../../conversation/types';
import { bareCall } from './bare';
import { brokenCall, callOf, looksLikeCall } from './call';
import { GLM_MARKS, isGlmBlock, parseGlmBlock, writeGlm } from './glm';
import { objectsIn, parseAt } from './json';
import type { CallForm } from './types';
import { findFunctionTag, parseFunctions } from './xml';

/** The single home of the form in which MailGym's small model writes calls. Compact JSON, keys in the given order. */
export function renderCall(name: string, args: Readonly<Record<string, unknown>>): string {
  return `<tool_call>${JSON.stringify({ name, arguments: args })}</tool_call>`;
}

const OPEN = '<tool_call>';
const CLOSE = '</tool_call>';

/** Blocks that hold no call are broken calls. Where no block holds a good one, a bare JSON call is looked for. */
export function parseHermes(text: string, tools: readonly ToolSchema[] = []): ParsedCall[] {
  const calls = [...blocks(text)].flatMap((inside) => blockCalls(inside, tools));
  if (calls.some(({ broken }) => broken !== true)) return calls;
  if (calls.length === 0 && findFunctionTag(text) >= 0) return parseFunctions(text, tools);
  const [bare] = bareCall(text);
  return bare === undefined || (calls.length > 0 && bare.broken === true) ? calls : [bare];
}

/** What stands in each pair of tags; a block without its end reaches to the next one, or to the end of the text. */
function* blocks(text: string): Generator<string> {
  let start = findMark(text, OPEN);
  while (start >= 0) {
    const begin = start + OPEN.length;
    const next = closing(text, begin);
    yield text.slice(begin, next.end);
    start = findMark(text, OPEN, next.after);
  }
}

/** End of the block that begins at `begin`, and where the text goes on. */
function closing(text: string, begin: number): { end: number; after: number } {
  const close = findMark(text, CLOSE, begin);
  const open = findMark(text, OPEN, begin);
  if (close >= 0 && (open < 0 || close < open)) return { end: close, after: close + CLOSE.length };
  const end = open >= 0 ? open : text.length;
  return { end, after: end };
}

function blockCalls(inside: string, tools: readonly ToolSchema[]): ParsedCall[] {
  if (findFunctionTag(inside) >= 0) return parseFunctions(inside, tools);
  if (isGlmBlock(inside)) return [parseGlmBlock(inside, tools)];
  const calls: ParsedCall[] = [];
  let position = inside.search(/[{[]/);
  while (position >= 0) {
    const found = parseAt(inside, position);
    if (found === null) {
      // What is sound inside of something broken may be a part of it only, unless the block begins with other text.
      const isProse = calls.length === 0 && !/^[\s{[]/.test(inside);
      const sound = isProse ? Array.from(objectsIn(inside, looksLikeCall), callOf) : [];
      return sound.length > 0 ? sound : [...calls, brokenCall(inside.slice(position))];
    }
    const items = Array.isArray(found.value) ? (found.value as unknown[]) : [found.value];
    calls.push(...items.filter(isJsonObject).map(callOf));
    const rest = inside.slice(found.end).search(/[{[]/);
    position = rest < 0 ? -1 : found.end + rest;
  }
  return calls.length > 0 ? calls : [brokenCall(inside)];
}

export const HERMES: CallForm = {
  parse: parseHermes,
  write: (calls) => calls.map(({ name, arguments: args }) => renderCall(name, args)).join(''),
  marks: [OPEN, CLOSE, '<tool_response>', '</tool_response>'],
};

/** Its blocks begin with the same tag, so both are read by one parser. */
export const GLM: CallForm = {
  parse: parseHermes,
  write: writeGlm,
  marks: [...HERMES.marks, ...GLM_MARKS],
};
