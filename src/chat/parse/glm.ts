/** GLM 4: `<tool_call>f\n<arg_key>x</arg_key>\n<arg_value>…</arg_value>\n</tool_call>`; values are plain text. */
import type { ParsedCall, ToolSchema } from '../../conversation/types';
import { brokenCall } from './call';
import { parameterSchema, typedValue } from './typed';
import type { WrittenCall } from './types';

const PAIR = /<arg_key>([\s\S]*?)<\/arg_key>\s*<arg_value>([\s\S]*?)<\/arg_value>/g;
const NAME_ALONE = /^\s*([\w.-]+)\s*$/;

/** @param inside what stands between `<tool_call>` and its end */
export function isGlmBlock(inside: string): boolean {
  return inside.includes('<arg_key>') || NAME_ALONE.test(inside);
}

export function parseGlmBlock(inside: string, tools: readonly ToolSchema[]): ParsedCall {
  const [head = ''] = inside.split('<arg_key>');
  const name = NAME_ALONE.exec(head)?.[1];
  if (name === undefined) return brokenCall(inside);
  const rest = inside.slice(head.length).replaceAll(PAIR, '').trim();
  if (rest !== '') return brokenCall(inside, name);
  const pairs = [...inside.matchAll(PAIR)].map(([, key = '', value = '']) => {
    const trimmed = key.trim();
    return [trimmed, typedValue(value, parameterSchema(tools, name, trimmed))] as const;
  });
  return { name, arguments: Object.fromEntries(pairs) };
}

export function writeGlm(calls: readonly WrittenCall[]): string {
  return calls
    .map(({ name, arguments: args }) => {
      const pairs = Object.entries(args).map(
        ([key, value]) =>
          `<arg_key>${key}</arg_key>\n<arg_value>${typeof value === 'string' ? value : JSON.stringify(value)}</arg_value>\n`,
      );
      return `<tool_call>${name}\n${pairs.join('')}</tool_call>`;
    })
    .join('\n');
}

export const GLM_MARKS = ['<arg_key>', '</arg_key>', '<arg_value>', '</arg_value>'] as const;
