/**
 * Llama 3.1's forms: `{"name":…,"parameters":…}`, several separated by `;` or blanks, after an optional mark; custom
 * function tags; `f.call(x=1)` after the mark; and the pythonic list of Llama 3.2 and 4.
 */
import { findMark } from '../../conversation/brackets';
import type { ParsedCall, ToolSchema } from '../../conversation/types';
import { beginsLikeCall, brokenCall, callOf, looksLikeCall } from './call';
import { parseHermes } from './hermes';
import { objectsIn } from './json';
import { beginsPythonic, pythonCalls } from './python';
import type { CallForm } from './types';
import { findFunctionTag, parseFunctions } from './xml';

const MARK = '<|python_tag|>';
const CALL = /^\s*[A-Za-z_][\w.]*\(/;

/**
 * Text with `<tool_call>` is read in the Hermes form: MailGym's small model has Llama's architecture but not its
 * way of calling, and fine-tuned Llamas often share that.
 */
export function parseLlama(text: string, tools: readonly ToolSchema[] = []): ParsedCall[] {
  if (findMark(text, '<tool_call>') >= 0) return parseHermes(text, tools);
  const mark = findMark(text, MARK);
  const calls = mark >= 0 ? text.slice(mark + MARK.length) : text;
  if (mark >= 0 && CALL.test(calls)) return pythonCalls(calls, tools);
  if (findFunctionTag(calls) >= 0) return parseFunctions(calls, tools);
  if (beginsPythonic(calls)) return pythonCalls(calls, tools);
  const objects = Array.from(objectsIn(calls, looksLikeCall), callOf);
  if (objects.length > 0) return objects;
  return mark >= 0 || beginsLikeCall(calls) ? [brokenCall(calls)] : [];
}

export const LLAMA: CallForm = {
  parse: parseLlama,
  write: (calls) =>
    calls.map(({ name, arguments: parameters }) => JSON.stringify({ name, parameters })).join('; '),
  marks: [MARK],
};
