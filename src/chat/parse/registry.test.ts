import { describe, expect, it } from 'vitest';
import { renderCall } from './hermes';
import { parserFor, toolCallForm } from './registry';
import type { ParsedCall } from '../../conversation/types';

const call = (name: string, args: Record<string, unknown> | null): ParsedCall => ({ name, arguments: args });
const broken = (name = ''): ParsedCall => ({ name, arguments: null, broken: true });
const S = call('find_notes', { keywords: ['a'] });
const R = call('read_note', { message_id: 'm1' });
const SJ = '{"name":"find_notes","arguments":{"keywords":["a"]}}';
const RJ = '{"name":"read_note","arguments":{"message_id":"m1"}}';

const TABLE: readonly [family: string, what: string, text: string, calls: ParsedCall[]][] = [
  ['hermes', 'one block', `<tool_call>${SJ}</tool_call>`, [S]],
  ['hermes', 'line breaks inside', `<tool_call>\n${SJ}\n</tool_call>`, [S]],
  [
    'hermes',
    'several blocks with text',
    `Hm.<tool_call>${SJ}</tool_call> and\n<tool_call>${RJ}</tool_call>`,
    [S, R],
  ],
  [
    'hermes',
    'bad block beside',
    `<tool_call>{"name":</tool_call><tool_call>${RJ}</tool_call>`,
    [broken(), R],
  ],
  [
    'hermes',
    'block without an object',
    `<tool_call>[1]</tool_call><tool_call>${RJ}</tool_call>`,
    [broken(), R],
  ],
  ['hermes', 'bad block, then a bare call', `<tool_call>{"name":</tool_call> ${RJ}`, [R]],
  ['hermes', 'missing name', '<tool_call>{"arguments":{}}</tool_call>', [call('', {})]],
  ['hermes', 'name is no string', '<tool_call>{"name":3,"arguments":{}}</tool_call>', [call('', {})]],
  ['hermes', 'arguments absent', '<tool_call>{"name":"x"}</tool_call>', [call('x', {})]],
  [
    'hermes',
    'arguments as text',
    `<tool_call>{"name":"x","arguments":"{\\"a\\":1}"}</tool_call>`,
    [call('x', { a: 1 })],
  ],
  [
    'hermes',
    'arguments as bad text',
    `<tool_call>{"name":"x","arguments":"{a"}</tool_call>`,
    [call('x', null)],
  ],
  ['hermes', 'arguments as list', `<tool_call>{"name":"x","arguments":[1]}</tool_call>`, [call('x', null)]],
  ['hermes', 'block cut before its end', `<tool_call>${SJ}`, [S]],
  ['hermes', 'JSON cut', `<tool_call>{"name":"find_notes","argum`, [broken('find_notes')]],
  ['hermes', 'bare JSON cut', '{"name":"find_notes","argum', [broken('find_notes')]],
  ['hermes', 'bare object', `I will search: ${SJ} ok`, [S]],
  ['hermes', 'only the first bare object', `${SJ}${RJ}`, [S]],
  ['hermes', 'other objects passed over', `{"a":1} ${SJ}`, [S]],
  ['hermes', 'call inside another object', `{"tool":${SJ}}`, [S]],
  ['hermes', 'broken brace before', `{ see ${SJ}`, [S]],
  ['hermes', 'braces in strings', `{"name":"x","arguments":{"k":"}{\\""}}`, [call('x', { k: '}{"' })]],
  ['hermes', 'plain text', 'The budget is 5.', []],
  ['hermes', 'empty', '', []],
  ['hermes', 'thinking left out', `<think>${RJ}</think>\n\n<tool_call>${SJ}</tool_call>`, [S]],
  ['hermes', 'thinking without opening', `maybe ${RJ}</think><tool_call>${SJ}</tool_call>`, [S]],
  ['hermes', 'cut while thinking', `<think><tool_call>${SJ}</tool_call>`, []],
  ['qwen3', 'is Hermes', `<tool_call>${SJ}</tool_call>`, [S]],
  ['qwen2', 'is Hermes', `<tool_call>${SJ}</tool_call>`, [S]],
  ['llama', 'parameters', '{"name":"read_note","parameters":{"message_id":"m1"}}', [R]],
  ['llama', 'python tag', '<|python_tag|>{"name":"read_note","parameters":{"message_id":"m1"}}', [R]],
  ['llama', 'several', `${SJ}; {"name":"read_note","parameters":{"message_id":"m1"}}`, [S, R]],
  ['llama', 'small model writes Hermes', `<tool_call>${SJ}</tool_call><tool_call>${RJ}</tool_call>`, [S, R]],
  ['llama', 'no call', '{"answer":1}', []],
  ['mistral', 'list', `[TOOL_CALLS][${SJ}, ${RJ}]`, [S, R]],
  ['mistral', 'blank after the mark', `[TOOL_CALLS] [${SJ}]`, [S]],
  ['mistral', 'mark dropped by decoding', `[${SJ},${RJ}]`, [S, R]],
  ['mistral', 'text before', `Sure.[TOOL_CALLS][${SJ}]`, [S]],
  ['mistral', 'named form', '[TOOL_CALLS]read_note[ARGS]{"message_id":"m1"}', [R]],
  [
    'mistral',
    'named form, several',
    '[TOOL_CALLS]read_note[ARGS]{"message_id":"m1"}[TOOL_CALLS]find_notes[CALL_ID]9[ARGS]{"keywords":["a"]}',
    [R, S],
  ],
  ['mistral', 'named form with bad arguments', '[TOOL_CALLS]read_note[ARGS]{"message', [broken('read_note')]],
  ['mistral', 'items that are no object', `[TOOL_CALLS][1,${RJ}]`, [R]],
  ['mistral', 'cut list', `[TOOL_CALLS][${SJ}, {"na`, [S, broken('find_notes')]],
  [
    'mistral',
    'mark inside a string',
    '[TOOL_CALLS][{"name":"x","arguments":{"k":"[TOOL_CALLS]"}}]',
    [call('x', { k: '[TOOL_CALLS]' })],
  ],
  ['mistral', 'named form without [ARGS]', '[TOOL_CALLS]read_note{"message_id":"m1"}', [R]],
  ['mistral', 'bare object', RJ, [R]],
  ['mistral', 'text', 'Hello [1]', []],
  ['bare', 'object', `x ${RJ}`, [R]],
];

describe('parserFor', () => {
  it.each(TABLE)('%s: %s', (family, _what, text, calls) => {
    expect(parserFor(family)(text)).toEqual(calls);
  });

  it('survives degenerate text', () => {
    for (const family of ['hermes', 'llama', 'mistral', 'bare']) {
      expect(parserFor(family)('{['.repeat(5000))).toEqual([]);
      expect(parserFor(family)('"\\'.repeat(500))).toEqual([]);
    }
  });

  it('reads back what renderCall writes', () => {
    const args = { keywords: ['Falcon', '</tool', '"q"\n'], max_results: 3 };
    expect(parserFor('hermes')(renderCall('find_notes', args))).toEqual([call('find_notes', args)]);
  });
});

describe('toolCallForm', () => {
  it.each([
    ['Qwen3', 'hermes'],
    ['mistral', 'mistral'],
    ["{{- '<tool_call>' }} [TOOL_CALLS]", 'hermes'],
    ['{{ "[TOOL_CALLS]" }}', 'mistral'],
    ["{{ '<|start_header_id|>assistant<|end_header_id|>' }}", 'llama'],
    ['{{ messages }}', 'hermes'],
  ])('%s is %s', (text, form) => {
    expect(toolCallForm(text)).toBe(form);
  });
});

describe('renderCall', () => {
  it('is compact', () => {
    expect(renderCall('find_notes', { keywords: ['Falcon', 'budget'] })).toBe(
      '<tool_call>{"name":"find_notes","arguments":{"keywords":["Falcon","budget"]}}</tool_call>',
    );
  });
});
