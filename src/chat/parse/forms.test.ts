import { describe, expect, it } from 'vitest';
import type { ParsedCall, ToolSchema } from '../../conversation/types';
import { parserFor } from './registry';

const call = (name: string, args: Record<string, unknown> | null): ParsedCall => ({ name, arguments: args });
const broken = (name = ''): ParsedCall => ({ name, arguments: null, broken: true });
const TOOLS: readonly ToolSchema[] = [
  {
    type: 'function',
    function: {
      name: 'find',
      description: 'Finds.',
      parameters: {
        type: 'object',
        properties: {
          words: { type: 'array', items: { type: 'string' } },
          limit: { type: 'integer' },
          note: { type: 'string' },
          deep: { type: ['boolean', 'null'] },
          mode: { enum: ['5', 'x'] },
        },
      },
    },
  },
];
const FIND = call('find', { words: ['a b', 'c'], limit: 5 });

const TABLE: readonly [form: string, what: string, text: string, calls: ParsedCall[]][] = [
  ['pythonic', 'a list', '[find(words=["a b", \'c\'], limit=5)]', [FIND]],
  [
    'pythonic',
    'several',
    '[find(limit=1), find(limit=2,),]',
    [call('find', { limit: 1 }), call('find', { limit: 2 })],
  ],
  ['pythonic', 'no arguments', '[stop()]', [call('stop', {})]],
  [
    'pythonic',
    'words of Python and of JSON',
    '[f(a=True, b=None, c=false, d=null)]',
    [call('f', { a: true, b: null, c: false, d: null })],
  ],
  ['pythonic', 'numbers', '[f(a=-1.5e3, b=1_000, c=+.5)]', [call('f', { a: -1500, b: 1000, c: 0.5 })]],
  ['pythonic', 'dicts and tuples', '[f(a={"k": [1, (2, 3)]})]', [call('f', { a: { k: [1, [2, 3]] } })]],
  ['pythonic', 'escapes', String.raw`[f(a="\"\n\u00e9\x41\q\\")]`, [call('f', { a: '"\né' + 'A\\q\\' })]],
  ['pythonic', 'three quotes', '[f(a="""x\n"y" """)]', [call('f', { a: 'x\n"y" ' })]],
  ['pythonic', 'brackets in a text', '[f(a="])", b=")")]', [call('f', { a: '])', b: ')' })]],
  ['pythonic', 'positions, by the schema', '[find(["a b", "c"], 5)]', [FIND]],
  ['pythonic', 'positions of an unknown tool', '[other(1)]', [call('other', null)]],
  ['pythonic', 'a text without its end', '[f(a="x)]', [broken('f')]],
  ['pythonic', 'cut after a good one', '[f(a=1), g(b=[1', [call('f', { a: 1 }), broken('g')]],
  ['pythonic', 'an expression', '[f(a=1+1)]', [broken('f')]],
  ['pythonic', 'one call alone', 'find(limit=5)', [call('find', { limit: 5 })]],
  ['pythonic', 'prose with brackets', 'See (a=1) and [1] or f(x).', []],
  ['pythonic', 'JSON', '{"name":"find","arguments":{"limit":5}}', [call('find', { limit: 5 })]],
  [
    'pythonic',
    'names like the prototype’s',
    '[f(__proto__=1)]',
    [call('f', JSON.parse('{"__proto__":1}') as Record<string, unknown>)],
  ],
  ['lfm2', 'marks', '<|tool_call_start|>[find(limit=5)]<|tool_call_end|>Done.', [call('find', { limit: 5 })]],
  [
    'lfm2',
    'two pairs',
    '<|tool_call_start|>[f()]<|tool_call_end|><|tool_call_start|>[g()]<|tool_call_end|>',
    [call('f', {}), call('g', {})],
  ],
  [
    'lfm2',
    'the mark in a text',
    '<|tool_call_start|>[f(a="<|tool_call_end|>")]<|tool_call_end|>',
    [call('f', { a: '<|tool_call_end|>' })],
  ],
  ['lfm2', 'marks dropped by decoding', '[find(limit=5)]Done.', [call('find', { limit: 5 })]],
  ['lfm2', 'unclosed', '<|tool_call_start|>[find(limit=', [broken('find')]],
  ['gemma', 'JSON', '{"name":"find","parameters":{"limit":5}}', [call('find', { limit: 5 })]],
  [
    'gemma',
    'JSON in a fence',
    '```json\n{"name":"find","parameters":{"limit":5}}\n```',
    [call('find', { limit: 5 })],
  ],
  [
    'gemma',
    'two objects',
    '{"name":"f","parameters":{}}\n{"name":"g","parameters":{}}',
    [call('f', {}), call('g', {})],
  ],
  ['gemma', 'tool_code', '```tool_code\nfind(limit=5)\n```', [call('find', { limit: 5 })]],
  [
    'gemma',
    'tool_code, printed',
    '```tool_code\nprint(find(limit=5))\nprint(stop())\n```',
    [call('find', { limit: 5 }), call('stop', {})],
  ],
  ['gemma', 'a list', '[find(limit=5)]', [call('find', { limit: 5 })]],
  [
    'gemma',
    'FunctionGemma’s',
    '<start_function_call>call:find{limit:5}<end_function_call>',
    [call('find', { limit: 5 })],
  ],
  ['gemma', 'JSON cut', '```json\n{"name":"find","param', [broken('find')]],
  ['gemma', 'text', 'The audit is on Friday.', []],
  [
    'function-gemma',
    'texts, lists, objects',
    '<start_function_call>call:find{words:[<escape>a b<escape>,<escape>c<escape>],limit:5,o:{k:<escape>{"}<escape>},t:true}<end_function_call>',
    [call('find', { words: ['a b', 'c'], limit: 5, o: { k: '{"}' }, t: true })],
  ],
  [
    'function-gemma',
    'two',
    '<start_function_call>call:f{}<end_function_call><start_function_call>call:g{}<end_function_call>',
    [call('f', {}), call('g', {})],
  ],
  ['function-gemma', 'cut', '<start_function_call>call:find{words:[<escape>a', [broken('find')]],
  [
    'function-gemma',
    'cut, then another',
    '<start_function_call>call:f{a:<start_function_call>call:g{}',
    [broken('f'), call('g', {})],
  ],
  ['function-gemma', 'marks dropped by decoding', 'call:find{limit:5}', [call('find', { limit: 5 })]],
  ['function-gemma', 'text', 'Call: me {later}', []],
  [
    'gemma4',
    'its marks',
    '<|tool_call>call:find{note:<|"|>it\'s<|"|>,limit:5}<tool_call|>',
    [call('find', { note: "it's", limit: 5 })],
  ],
  [
    'xml',
    'types by the schema',
    '<tool_call>\n<function=find>\n<parameter=words>\n["a b", "c"]\n</parameter>\n<parameter=limit>\n5\n</parameter>\n<parameter=note>\n5\n</parameter>\n<parameter=deep>\nTrue\n</parameter>\n<parameter=mode>\n5\n</parameter>\n</function>\n</tool_call>',
    [call('find', { words: ['a b', 'c'], limit: 5, note: '5', deep: true, mode: '5' })],
  ],
  [
    'xml',
    'a value of several lines',
    '<function=find>\n<parameter=note>\na\n\nb\n</parameter>\n</function>',
    [call('find', { note: 'a\n\nb' })],
  ],
  [
    'xml',
    'tags in a value',
    '<function=find><parameter=note>\n<function=x></function></tool_call>\n</parameter></function>',
    [call('find', { note: '<function=x></function></tool_call>' })],
  ],
  [
    'xml',
    'two',
    '<tool_call><function=f></function></tool_call><tool_call><function=g></function></tool_call>',
    [call('f', {}), call('g', {})],
  ],
  ['xml', 'a parameter without its end', '<function=find><parameter=note>abc', [broken('find')]],
  [
    'xml',
    'cut after its parameters',
    '<function=find><parameter=note>abc</parameter>',
    [call('find', { note: 'abc' })],
  ],
  [
    'xml',
    'a value that is not of its type stays text',
    '<function=find><parameter=limit>many</parameter></function>',
    [call('find', { limit: 'many' })],
  ],
  ['xml', 'text', 'function=find', []],
  [
    'hermes',
    'XML',
    '<tool_call>\n<function=find>\n<parameter=limit>\n5\n</parameter>\n</function>\n</tool_call>',
    [call('find', { limit: 5 })],
  ],
  [
    'glm',
    'its form',
    '<tool_call>find\n<arg_key>limit</arg_key>\n<arg_value>5</arg_value>\n<arg_key>note</arg_key>\n<arg_value>5 </arg_value>\n</tool_call>',
    [call('find', { limit: 5, note: '5 ' })],
  ],
  ['glm', 'no arguments', '<tool_call>stop</tool_call>', [call('stop', {})]],
  [
    'glm',
    'a value without its end',
    '<tool_call>find\n<arg_key>limit</arg_key>\n<arg_value>5</tool_call>',
    [broken('find')],
  ],
  ['llama', 'custom function', '<function=find>{"limit": 5}</function>', [call('find', { limit: 5 })]],
  ['llama', 'custom function, cut', '<function=find>{"limit": ', [broken('find')]],
  ['llama', 'python tag, call', '<|python_tag|>find.call(limit=5)', [call('find', { limit: 5 })]],
  ['llama', 'python tag, nothing that can be read', '<|python_tag|>import os', [broken()]],
  [
    'llama',
    'python tag inside a string',
    '{"name":"f","parameters":{"q":"<|python_tag|>{}"}}',
    [call('f', { q: '<|python_tag|>{}' })],
  ],
  ['llama', 'a pythonic list', '[find(limit=5)]', [call('find', { limit: 5 })]],
  [
    'llama',
    'a semicolon in a string',
    '{"name":"f","parameters":{"q":"a; b"}}; {"name":"g","parameters":{}}',
    [call('f', { q: 'a; b' }), call('g', {})],
  ],
  ['llama', 'cut', '{"name": "find", "parameters": {"limit"', [broken('find')]],
  [
    'mistral',
    'text beside the named form',
    'Sure. [TOOL_CALLS]find[ARGS]{"limit":5}',
    [call('find', { limit: 5 })],
  ],
  [
    'hermes',
    'a mark inside of a thought',
    '<think><tool_call>{"name":"f","arguments":{}}</tool_call></think>Text.',
    [],
  ],
  [
    'hermes',
    'OpenAI’s wrapper',
    '<tool_call>{"type":"function","function":{"name":"f","arguments":{"a":1}}}</tool_call>',
    [call('f', { a: 1 })],
  ],
  [
    'hermes',
    'the tag twice',
    '<tool_call><tool_call>{"name":"f","arguments":{}}</tool_call>',
    [broken(), call('f', {})],
  ],
  [
    'hermes',
    'a fence inside the tag',
    '<tool_call>\n```json\n{"name":"f","arguments":{}}\n```\n</tool_call>',
    [call('f', {})],
  ],
];

describe('forms', () => {
  it.each(TABLE)('%s: %s', (form, _what, text, calls) => {
    expect(parserFor(form)(text, TOOLS)).toEqual(calls);
  });

  it('survive degenerate text', () => {
    const forms = ['pythonic', 'lfm2', 'gemma', 'function-gemma', 'gemma4', 'xml', 'glm', 'function-tag'];
    const texts = [
      '[f(',
      '<tool_call>',
      '{"a":',
      '<function=f>',
      '<|tool_call>call:f{a:',
      '"\\',
      '[[[',
      '<parameter=a>',
      'f(a=',
    ];
    for (const form of forms) {
      for (const text of texts) {
        const calls = parserFor(form)(text.repeat(1000));
        expect(calls.filter((one) => one.broken !== true)).toEqual([]);
      }
    }
  });
});

describe('a thought that the prompt opened', () => {
  const SJ = '<tool_call>{"name":"f","arguments":{}}</tool_call>';

  it.each([
    ['is all thought until it is closed', `I could ${SJ} but`, []],
    ['ends at its first closing mark', `hm {"</think>${SJ}`, [call('f', {})]],
    ['may be empty', `\n</think>\n\n${SJ}`, [call('f', {})]],
    ['may be followed by another', `</think><think>${SJ}</think>`, []],
  ])('%s', (_what, text, calls) => {
    expect(parserFor('hermes', true)(text)).toEqual(calls);
  });

  it('is not guessed where nothing is known', () => {
    expect(parserFor('hermes')(`I could ${SJ} but`)).toEqual([call('f', {})]);
  });
});
