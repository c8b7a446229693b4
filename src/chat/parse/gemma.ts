/**
 * Gemma's forms. FunctionGemma: `<start_function_call>call:f{x:<escape>a<escape>}<end_function_call>`; Gemma 4 the same
 * with other marks. Gemma 3 has no form of its own; its guide asks for JSON or a pythonic list, often in a fenced block.
 */
import type { ParsedCall, ToolSchema } from '../../conversation/types';
import { beginsLikeCall, brokenCall, callOf, looksLikeCall } from './call';
import { objectsIn } from './json';
import { LiteralError, LiteralReader, type LiteralRules } from './literal';
import { parsePythonic } from './python';
import type { CallForm } from './types';

interface Marks {
  readonly open: string;
  readonly close: string;
  readonly escape: string;
}

const FUNCTION_GEMMA: Marks = {
  open: '<start_function_call>',
  close: '<end_function_call>',
  escape: '<escape>',
};
const GEMMA_4: Marks = { open: '<|tool_call>', close: '<tool_call|>', escape: '<|"|>' };
const BEGIN = 'call:';

function formOf(marks: Marks, further: readonly string[]): CallForm {
  return {
    parse: (text) => functionCalls(text, marks),
    write: (calls) =>
      calls
        .map(({ name, arguments: args }) => {
          const given = Object.entries(args).map(
            ([key, value]) => `${keyOf(key, marks)}:${written(value, marks)}`,
          );
          return `${marks.open}${BEGIN}${name}{${given.join(',')}}${marks.close}`;
        })
        .join(''),
    marks: [marks.open, marks.close, marks.escape, ...further],
  };
}

function functionCalls(text: string, { open, escape }: Marks): ParsedCall[] {
  const rules: LiteralRules = { raw: [[escape, escape]], isPython: false, bareKeys: true };
  const calls: ParsedCall[] = [];
  // Decoding may have dropped the marks, where they are special tokens.
  let start = text.includes(open) ? text.indexOf(open) + open.length : text.search(/^\s*call:[\w.-]+\{/);
  while (start >= 0) {
    const reader = new LiteralReader(text, start, rules);
    try {
      reader.expect(BEGIN);
      const name = reader.word();
      if (name === null) throw new LiteralError('no name');
      calls.push({ name, arguments: reader.value() as Readonly<Record<string, unknown>> });
    } catch (error) {
      if (!(error instanceof LiteralError)) throw error;
      calls.push(brokenCall('', /^\s*call:([\w.-]+)/.exec(text.slice(start))?.[1] ?? ''));
    }
    const next = text.indexOf(open, Math.max(reader.position, start));
    start = next < 0 ? -1 : next + open.length;
  }
  return calls;
}

/** Names stand bare, as the templates write them; other keys like texts. */
function keyOf(key: string, { escape }: Marks): string {
  return /^[\w.-]+$/.test(key) ? key : `${escape}${key}${escape}`;
}

function written(value: unknown, marks: Marks): string {
  if (typeof value === 'string') return `${marks.escape}${value}${marks.escape}`;
  if (Array.isArray(value)) return `[${value.map((item) => written(item, marks)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${keyOf(key, marks)}:${written(item, marks)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

export const FUNCTION_GEMMA_FORM = formOf(FUNCTION_GEMMA, [
  ...['<start_function_response>', '<end_function_response>'],
  ...['<start_function_declaration>', '<end_function_declaration>'],
]);
export const GEMMA_4_FORM = formOf(GEMMA_4, ['<|tool_response>', '<tool_response|>', '<|tool>', '<tool|>']);

/** JSON first, several objects too, then Python. */
function parseGemma(text: string, tools: readonly ToolSchema[] = []): ParsedCall[] {
  for (const marks of [FUNCTION_GEMMA, GEMMA_4]) {
    if (text.includes(marks.open)) return functionCalls(text, marks);
  }
  const objects = Array.from(objectsIn(text, looksLikeCall), callOf);
  if (objects.length > 0 && !/^\s*\[?\s*[A-Za-z_][\w.]*\(/.test(text)) return objects;
  const pythonic = parsePythonic(text, tools);
  if (pythonic.length > 0) return pythonic;
  return beginsLikeCall(text) ? [brokenCall(text)] : [];
}

/** Gemma 3, by the JSON form of its guide. */
export const GEMMA: CallForm = {
  parse: parseGemma,
  write: (calls) =>
    calls.map(({ name, arguments: parameters }) => JSON.stringify({ name, parameters })).join('\n'),
  marks: ['```tool_code', '```tool_output'],
};
