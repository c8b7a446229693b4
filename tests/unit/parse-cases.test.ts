/** Turns as they were met in the wild: `tests/cases/14-tool-calls`, and what Qwen3, Llama and others wrote when tried. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ParsedCall } from '../../src/conversation/types';
import { TOOL_SCHEMAS } from '../../src/env/mail/tools';
import { readingSlips } from '../../src/chat/slips';
import { parserFor } from '../../src/chat/parse/registry';

interface Turn {
  readonly id: string;
  readonly family: string;
  readonly text: string;
}
const TURNS = JSON.parse(
  readFileSync(new URL('../cases/14-tool-calls/turns.json', import.meta.url), 'utf8'),
) as readonly Turn[];

const call = (name: string, args: Record<string, unknown> | null): ParsedCall => ({ name, arguments: args });
const broken = (name = ''): ParsedCall => ({ name, arguments: null, broken: true });
const read = (id: string) => call('read_email', { message_id: id });
const search = (...keywords: string[]) => call('search_emails', { keywords });

const WANTED: Readonly<Record<string, readonly ParsedCall[]>> = {
  'a-close-tag-in-argument': [search('</tool_call>'), read('m7')],
  // Without knowing that the prompt opened a thought nothing can be told; with it, there is no call.
  'c-call-inside-think-only': [],
  'd-two-objects-in-one-block': [search('invoice'), read('m2')],
  'g-xml-form': [search('invoice', 'March')],
  'i-raw-newline-in-string': [broken('return_final_answer')],
  'j-trailing-comma': [broken('search_emails')],
  'm-python-call-form': [
    call('search_emails', { keywords: ['invoice'], note: { name: 'read_email', parameters: {} } }),
  ],
  'p-list-in-one-block': [search('invoice'), read('m2')],
};

describe('tests/cases/14-tool-calls', () => {
  it.each(TURNS.map((turn) => [turn.id, turn] as const))('%s', (id, { family, text }) => {
    const parse = parserFor(family, id === 'c-call-inside-think-only');
    expect(WANTED[id]).toBeDefined();
    expect(parse(text)).toEqual(WANTED[id]);
    expect(parse(text, TOOL_SCHEMAS)).toEqual(WANTED[id]);
  });

  const SCHEMA = JSON.stringify(TOOL_SCHEMAS[1]?.function);
  it.each<[string, string, string, ParsedCall[]]>([
    [
      'b',
      'closing mark of a thought in an argument',
      '<tool_call>{"name":"search_emails","arguments":{"keywords":["</think>"]}}</tool_call>',
      [search('</think>')],
    ],
    [
      'e',
      'no end tag, then a second call',
      '<tool_call>{"name":"read_email","arguments":{"message_id":"m1"}}\n<tool_call>{"name":"read_email","arguments":{"message_id":"m2"}}</tool_call>',
      [read('m1'), read('m2')],
    ],
    [
      'f',
      'a brace in a string',
      '<tool_call>{"name":"search_emails","arguments":{"keywords":["}"]}}</tool_call>',
      [search('}')],
    ],
    [
      'h',
      'an escape that is none',
      '<tool_call>{"name":"search_emails","arguments":{"keywords":["don\\u27t"]}}</tool_call>',
      [broken('search_emails')],
    ],
    [
      'k',
      'single quotes',
      "<tool_call>{'name':'search_emails','arguments':{'keywords':['a']}}</tool_call>",
      [broken('search_emails')],
    ],
    // Bare JSON counts as a call in every form, since small models leave out the tags; docs/models.md says so.
    [
      'n',
      'JSON in a code block',
      'I will not call it:\n```json\n{"name":"read_email","arguments":{"message_id":"m1"}}\n```',
      [read('m1')],
    ],
    ['o', 'a schema read back', `The tool is ${SCHEMA}.`, []],
  ])('%s: %s', (_id, _what, text, calls) => {
    expect(parserFor('hermes')(text)).toEqual(calls);
  });

  it('l: a semicolon in a string', () => {
    const text = '{"name":"search_emails","parameters":{"keywords":["a; b"]}}';
    expect(parserFor('llama')(text)).toEqual([search('a; b')]);
  });
});

describe('outputs of real models', () => {
  const SJ = '{"name": "search_emails", "arguments": {"keywords": ["a"]}}';
  const RJ = '{"name": "read_email", "arguments": {"message_id": "m1"}}';
  const LJ = '{"name": "search_emails", "parameters": {"keywords": ["a"]}}';
  const block = (inside: string) => `<tool_call>\n${inside}\n</tool_call>`;
  const S = search('a');
  const R = read('m1');

  it.each<[what: string, family: string, text: string, calls: readonly ParsedCall[]]>([
    ['Qwen3’s own', 'qwen3', block(SJ), [S]],
    ['a thought, then a call', 'qwen3', `<think>\nhm\n</think>\n\n${block(SJ)}`, [S]],
    ['several calls', 'qwen3', `${block(SJ)}\n${block(RJ)}`, [S, R]],
    ['text before', 'qwen3', `I will look.\n${block(SJ)}`, [S]],
    ['a fence with the tag', 'qwen3', `\`\`\`\n${block(SJ)}\n\`\`\``, [S]],
    ['a fence without the tag', 'qwen3', `\`\`\`json\n${SJ}\n\`\`\``, [S]],
    ['"parameters"', 'qwen3', block(LJ), [S]],
    [
      'arguments as JSON text',
      'qwen3',
      block('{"name": "search_emails", "arguments": "{\\"keywords\\": [\\"a\\"]}"}'),
      [S],
    ],
    [
      'null for what may be absent',
      'qwen3',
      block('{"name": "search_emails", "arguments": {"keywords": ["a"], "from_addr": null}}'),
      [call('search_emails', { keywords: ['a'], from_addr: null })],
    ],
    [
      '5.0',
      'qwen3',
      block('{"name": "search_emails", "arguments": {"keywords": ["a"], "max_results": 5.0}}'),
      [call('search_emails', { keywords: ['a'], max_results: 5 })],
    ],
    ['an extra closing brace', 'qwen3', block(`${SJ}}`), [S]],
    ['a list in a tag', 'qwen3', block(`[${SJ}]`), [S]],
    ['an unclosed tag', 'qwen3', `<tool_call>\n${SJ}`, [S]],
    ['a thought closed without opening', 'qwen3', `hm ${block(RJ)}</think>\n${block(SJ)}`, [S]],
    [
      'an invented result between two calls',
      'qwen3',
      `${block(SJ)}\n<tool_response>\n[]\n</tool_response>\n${block(RJ)}`,
      [S, R],
    ],
    ['Llama’s JSON', 'llama', LJ, [S]],
    ['Llama’s JSON with its type', 'llama', `{"type": "function", ${LJ.slice(1)}`, [S]],
    ['several by semicolon', 'llama', `${LJ}; ${LJ}`, [S, S]],
    ['python tag with JSON', 'llama', `<|python_tag|>${LJ}`, [S]],
    ['end of message after it', 'llama', `<|python_tag|>${LJ}<|eom_id|>`, [S]],
    ['SmolLM2’s list', 'hermes', `<tool_call>[${SJ}]</tool_call>`, [S]],
    ['Mistral’s list', 'mistral', `[TOOL_CALLS] [${SJ}]`, [S]],
    [
      'no sources',
      'qwen3',
      block('{"name": "return_final_answer", "arguments": {"answer": "x"}}'),
      [call('return_final_answer', { answer: 'x' })],
    ],
    ['two objects in one tag', 'qwen3', block(`${SJ}\n${RJ}`), [S, R]],
    ['a second unclosed call', 'qwen3', `${block(SJ)}\n<tool_call>\n${RJ}`, [S, R]],
    ['a missing closing brace', 'qwen3', block(SJ.slice(0, -1)), [broken('search_emails')]],
    [
      'a trailing comma',
      'qwen3',
      block('{"name": "search_emails", "arguments": {"keywords": ["a"],}}'),
      [broken('search_emails')],
    ],
    ['Python’s quotes', 'qwen3', block(SJ.replaceAll('"', "'")), [broken('search_emails')]],
    [
      'a raw line break in a string',
      'qwen3',
      block('{"name": "search_emails", "arguments": {"keywords": ["a\nb"]}}'),
      [broken('search_emails')],
    ],
    [
      'XML',
      'qwen3',
      block('<function=search_emails>\n<parameter=keywords>\n["a"]\n</parameter>\n</function>'),
      [S],
    ],
    ['a pythonic list', 'llama', '[search_emails(keywords=["a"])]', [S]],
    ['Llama 3.1’s custom form', 'llama', '<function=search_emails>{"keywords": ["a"]}</function>', [S]],
    ['python tag with a call', 'llama', '<|python_tag|>search_emails.call(keywords=["a"])', [S]],
    ['a thought cut by the limit', 'qwen3', '<think>\nI should call search_emails with', []],
    ['a plain answer', 'qwen3', 'The budget is 5.', []],
    ['OpenAI’s wrapper', 'qwen3', block(`{"type": "function", "function": ${SJ}}`), [S]],
  ])('%s', (_what, family, text, calls) => {
    expect(parserFor(family)(text, TOOL_SCHEMAS)).toEqual(calls);
  });

  const withArgs = (name: string, args: unknown) => block(JSON.stringify({ name, arguments: args }));
  it.each<
    [what: string, args: Record<string, unknown>, read: Record<string, unknown>, slips: number | undefined]
  >([
    ['one word for a list', { keywords: 'order 100' }, { keywords: ['order 100'] }, 1],
    ['a JSON text for a list', { keywords: '["a"]' }, { keywords: ['a'] }, 1],
    ['"5" for 5', { keywords: ['a'], max_results: '5' }, { keywords: ['a'], max_results: 5 }, 1],
    [
      'an unknown argument stays',
      { keywords: ['a'], folder: 'x' },
      { keywords: ['a'], folder: 'x' },
      undefined,
    ],
    [
      'a date of another form stays',
      { keywords: ['a'], sent_after: '2025/03/08' },
      { keywords: ['a'], sent_after: '2025/03/08' },
      undefined,
    ],
    ['no keywords stay none', { keywords: [] }, { keywords: [] }, undefined],
  ])('%s', (_what, args, wanted, slips) => {
    const [parsed] = readingSlips(parserFor('qwen3'))(withArgs('search_emails', args), TOOL_SCHEMAS);
    expect(parsed).toEqual({
      name: 'search_emails',
      arguments: wanted,
      ...(slips === undefined ? {} : { slips }),
    });
    const [strict] = parserFor('qwen3')(withArgs('search_emails', args), TOOL_SCHEMAS);
    expect(strict?.arguments).toEqual(args);
  });

  it('an answer as a number', () => {
    const text = withArgs('return_final_answer', { answer: 42, source_message_ids: ['m1'] });
    expect(readingSlips(parserFor('qwen3'))(text, TOOL_SCHEMAS)).toEqual([
      { name: 'return_final_answer', arguments: { answer: '42', source_message_ids: ['m1'] }, slips: 1 },
    ]);
  });
});
