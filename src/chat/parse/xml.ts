/**
 * Function tags: `<function=f><parameter=x>…</parameter></function>` of Qwen3-Coder, Qwen3.5 and Nemotron, where values
 * are plain text, and `<function=f>{…}</function>` of Llama 3.1's custom calls.
 */
import { findMark } from '../../conversation/brackets';
import { isJsonObject } from '../../conversation/json';
import type { ParsedCall, ToolSchema } from '../../conversation/types';
import { brokenCall } from './call';
import { parseAt } from './json';
import { parameterSchema, typedValue } from './typed';
import type { CallForm } from './types';

const OPEN = '<function=';
const CLOSE = '</function>';
const HEAD = /^<function=\s*["']?([^<>"']*?)["']?\s*>/;
const PARAMETER = /<parameter=\s*["']?([^<>"']*?)["']?\s*>/g;
const PARAMETER_END = '</parameter>';

export function findFunctionTag(text: string): number {
  return findMark(text, OPEN);
}

export function parseFunctions(text: string, tools: readonly ToolSchema[]): ParsedCall[] {
  const calls: ParsedCall[] = [];
  let start = findMark(text, OPEN);
  while (start >= 0) {
    const close = findMark(text, CLOSE, start);
    const next = findMark(text, OPEN, start + OPEN.length);
    const isClosed = close >= 0 && (next < 0 || close < next);
    const end = isClosed ? close : next < 0 ? text.length : next;
    calls.push(functionCall(text.slice(start, end), isClosed, tools));
    start = next;
  }
  return calls;
}

function functionCall(text: string, isClosed: boolean, tools: readonly ToolSchema[]): ParsedCall {
  const head = HEAD.exec(text);
  if (head === null) return brokenCall(text);
  const name = head[1] ?? '';
  const body = text.slice(head[0].length);
  if (/^\s*\{/.test(body)) {
    const value = parseAt(body, body.indexOf('{'))?.value;
    return isJsonObject(value) ? { name, arguments: value } : brokenCall(body, name);
  }
  const heads = [...body.matchAll(PARAMETER)];
  const args: Record<string, unknown> = {};
  let at = 0;
  for (const parameter of heads) {
    // What a value merely spells is inside of it.
    if (parameter.index < at) continue;
    const begin = parameter.index + parameter[0].length;
    const end = body.indexOf(PARAMETER_END, begin);
    if (end < 0) return brokenCall(body, name);
    at = end + PARAMETER_END.length;
    const key = parameter[1] ?? '';
    const value = body.slice(begin, end).replace(/^\n/, '').replace(/\n$/, '');
    set(args, key, typedValue(value, parameterSchema(tools, name, key)));
  }
  const rest = body.slice(at).trim();
  const isWhole = isClosed || (rest === '' && heads.length > 0);
  return isWhole && (rest === '' || heads.length > 0) ? { name, arguments: args } : brokenCall(body, name);
}

/** An assignment would lose a name like `__proto__` without a word. */
function set(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const XML: CallForm = {
  parse: (text, tools = []) => parseFunctions(text, tools),
  write: (calls) =>
    calls
      .map(({ name, arguments: args }) => {
        const parameters = Object.entries(args).map(
          ([key, value]) => `<parameter=${key}>\n${written(value)}\n</parameter>\n`,
        );
        return `<tool_call>\n<function=${name}>\n${parameters.join('')}</function>\n</tool_call>`;
      })
      .join('\n'),
  marks: ['<tool_call>', '</tool_call>', OPEN, CLOSE, '<parameter=', PARAMETER_END],
};

/** Llama 3.1's custom calls: JSON between function tags. */
export const FUNCTION_TAG: CallForm = {
  parse: (text, tools = []) => parseFunctions(text, tools),
  write: (calls) =>
    calls.map(({ name, arguments: args }) => `<function=${name}>${JSON.stringify(args)}</function>`).join(''),
  marks: [OPEN, CLOSE],
};
