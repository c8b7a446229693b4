/** Files of traces. */
import type { TraceField } from '../../../../errors/texts/en/trace';
import type { TextsOf } from './types';
import { describe, lineProblem, place } from './words';

const FIELDS: Readonly<Record<Extract<TraceField, string>, string>> = {
  text: '文本',
  'text-or-null': '文本或 null',
  count: '不小于 0 的整数',
  number: '数',
  boolean: 'true 或 false',
  'boolean-or-null': 'true、false 或 null',
  task: '含 id、level 和 answer 的对象',
  tools: '工具 schema 的列表',
  messages: '消息列表',
  scores: '以名字为键、{score, weight} 或 null 为值的对象',
  'numbers-by-name': '以名字为键、数为值的对象',
  counts: '不小于 0 的整数的列表',
  mask: '由 0 和 1 组成的列表',
  numbers: '数的列表',
  'numbers-and-null': '数和 null 的列表',
};

const fieldWords = (expected: TraceField): string =>
  typeof expected === 'string' ? FIELDS[expected] : ` ${expected.version}，即本读取程序认识的版本`;

export const trace: TextsOf<'trace'> = {
  'trace/line': ({ where, problem }) => `${place(where)} ${lineProblem(problem)}。请改正或删除这一行。`,
  'trace/field': ({ where, name, expected, found }) =>
    `${place(where)}："${name}" 应为${fieldWords(expected)}，实为${describe(found)}。请重写文件，或改正这一行。`,
  'trace/lengths': ({ where, lengths }) =>
    `${place(where)}：所有词元列表都应每个词元一项，但 ${Object.entries(lengths)
      .map(([name, length]) => `${name} 有 ${length} 项`)
      .join('，')}。请重写文件，或删除这一行。`,
};
