/**
 * Pythonic calls: `[f(x=1), g(y="a")]` of Llama 3.2 and 4 and of Gemma's guide, the same between LFM2's marks, in a fenced
 * block (`tool_code`), and `f.call(x=1)` after Llama 3.1's `<|python_tag|>`.
 */
import type { ParsedCall, ToolSchema } from '../../conversation/types';
import { bareCall } from './bare';
import { brokenCall } from './call';
import { LiteralError, LiteralReader, type LiteralRules } from './literal';
import { propertiesOf } from './typed';
import type { CallForm } from './types';

const RULES: LiteralRules = { raw: [], isPython: true, bareKeys: false };
const START = '<|tool_call_start|>';
const END = '<|tool_call_end|>';
const FENCE = /```(?:tool_code|tool_call|python|py)?[^\S\n]*\n?([\s\S]*?)(?:```|$)/g;
const BEGINS = /^\s*\[?\s*(?:print\()?[A-Za-z_][\w.]*\(/;
const LIST_BEGINS = /^\s*\[\s*[A-Za-z_][\w.]*\(/;

/** Whether a text begins with a list of Python calls. */
export function beginsPythonic(text: string): boolean {
  return LIST_BEGINS.test(text);
}

export function parsePythonic(text: string, tools: readonly ToolSchema[] = []): ParsedCall[] {
  const marked = parts(text, START, END);
  if (marked.length > 0) return marked.flatMap((part) => pythonCalls(part, tools));
  const fenced = [...text.matchAll(FENCE)].map(([, code = '']) => code).filter((code) => BEGINS.test(code));
  if (fenced.length > 0) return fenced.flatMap((code) => pythonCalls(code, tools));
  if (LIST_BEGINS.test(text)) return pythonCalls(text, tools);
  // Without brackets, only a text that is one call and nothing more, of a tool that is there or named by arguments.
  const alone = /^\s*[A-Za-z_][\w.]*\([\s\S]*\)\s*$/.test(text) ? pythonCalls(text, tools) : [];
  if (alone.length > 0 && alone.every(({ broken }) => broken !== true)) return alone;
  return bareCall(text);
}

/** Calls of a list, or of code with one call a line. */
export function pythonCalls(text: string, tools: readonly ToolSchema[]): ParsedCall[] {
  const reader = new LiteralReader(text, 0, RULES);
  const calls: ParsedCall[] = [];
  try {
    if (reader.take('[')) reader.items(']', () => calls.push(pythonCall(reader, tools)));
    else {
      while (reader.position < text.trimEnd().length) {
        const isPrinted = reader.take('print(');
        calls.push(pythonCall(reader, tools));
        if (isPrinted) reader.expect(')');
        reader.take(';');
      }
    }
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    calls.push(brokenCall(text, nameAt(text, calls.length)));
  }
  return calls;
}

function pythonCall(reader: LiteralReader, tools: readonly ToolSchema[]): ParsedCall {
  const word = reader.word();
  if (word === null) throw new LiteralError('no name');
  const name = word.replace(/\.call$/, '');
  reader.expect('(');
  const names = Object.keys(propertiesOf(tools, name));
  const entries: [string, unknown][] = [];
  let positional = 0;
  let isNamed = true;
  reader.items(')', () => {
    const begin = reader.position;
    const key = reader.word();
    if (key !== null && reader.take('=')) entries.push([key, reader.value()]);
    else {
      reader.position = begin;
      const value = reader.value();
      const known = names[positional++];
      if (known === undefined) isNamed = false;
      else entries.push([known, value]);
    }
  });
  return { name, arguments: isNamed ? Object.fromEntries(entries) : null };
}

/** The name of the call of that number, for one that cannot be read. */
function nameAt(text: string, index: number): string {
  const names = [...text.matchAll(/(?:^|[[,;\n(\s])([A-Za-z_][\w.]*)\(/g)].map(([, name = '']) => name);
  return (names.filter((name) => name !== 'print')[index] ?? '').replace(/\.call$/, '');
}

/** What stands between marks; the last end may be missing. Marks in Python's texts are told by the quotes before them. */
function parts(text: string, open: string, close: string): string[] {
  const found: string[] = [];
  let start = text.indexOf(open);
  while (start >= 0) {
    const begin = start + open.length;
    const end = endOfCode(text, begin, close);
    found.push(text.slice(begin, end));
    start = text.indexOf(open, end);
  }
  return found;
}

function endOfCode(text: string, begin: number, close: string): number {
  let quote = '';
  for (let i = begin; i < text.length; i++) {
    const char = text[i] as string;
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (text.startsWith(close, i)) return i;
  }
  const plain = text.indexOf(close, begin);
  return plain < 0 ? text.length : plain;
}

function written(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${written(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}

export function writePythonic(calls: Parameters<CallForm['write']>[0]): string {
  const list = calls.map(({ name, arguments: args }) => {
    const given = Object.entries(args).map(([key, value]) => `${key}=${written(value)}`);
    return `${name}(${given.join(', ')})`;
  });
  return `[${list.join(', ')}]`;
}

export const PYTHONIC: CallForm = { parse: parsePythonic, write: writePythonic, marks: [] };

export const LFM2: CallForm = {
  parse: parsePythonic,
  write: (calls) => (calls.length === 0 ? '' : `${START}${writePythonic(calls)}${END}`),
  marks: [START, END, '<|tool_response_start|>', '<|tool_response_end|>'],
};
