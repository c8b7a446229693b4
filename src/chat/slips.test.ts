import { describe, expect, it } from 'vitest';
import type { ParsedCall, ToolSchema } from '../conversation/types';
import { readingSlips, withoutSlips } from './slips';

const tool = (properties: unknown): readonly ToolSchema[] => [
  { type: 'function', function: { name: 'f', description: '', parameters: { type: 'object', properties } } },
];
const read = (schema: unknown, value: unknown) =>
  withoutSlips({ name: 'f', arguments: { x: value } }, tool({ x: schema }));

/** The schema does not have the name, only its prototype. */
const INHERITED = JSON.parse('{"a":1,"toString":"3"}') as Readonly<Record<string, unknown>>;

describe('slips of type', () => {
  it.each<[schema: unknown, given: unknown, wanted: unknown]>([
    [{ type: 'integer' }, '5', 5],
    [{ type: 'integer' }, ' -5 ', -5],
    [{ type: 'integer' }, '5.0', 5],
    [{ type: 'number' }, '2.5', 2.5],
    [{ type: 'boolean' }, 'True', true],
    [{ type: 'string' }, 5, '5'],
    [{ type: 'array', items: { type: 'string' } }, 'one', ['one']],
    [{ type: 'array', items: { type: 'string' } }, '["a", "b"]', ['a', 'b']],
    [{ type: 'array', items: { type: 'integer' } }, 5, [5]],
    [{ type: 'array' }, { a: 1 }, [{ a: 1 }]],
    [{ type: 'object' }, '{"a": 1}', { a: 1 }],
    [{ type: ['integer', 'null'] }, '5', 5],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, '5', 5],
  ])('%j: %j is read as %j', (schema, given, wanted) => {
    expect(read(schema, given)).toEqual({ name: 'f', arguments: { x: wanted }, slips: 1 });
  });

  it.each<[schema: unknown, given: unknown]>([
    [{ type: 'integer' }, 5],
    [{ type: 'integer' }, '5.5'],
    [{ type: 'integer' }, 'five'],
    [{ type: 'integer' }, ''],
    [{ type: 'integer' }, '0x10'],
    [{ type: 'string' }, '5'],
    [{ type: 'string' }, ['a']],
    [{ type: 'string' }, true],
    [{ type: 'boolean' }, 1],
    [{ type: 'array', items: { type: 'string' } }, ''],
    [{ type: 'array', items: { type: 'string' } }, '["a"'],
    [{ type: 'array', items: { type: 'string' } }, 5],
    [{ type: 'array' }, null],
    [{ type: 'object' }, '[1]'],
    [{ type: ['string', 'integer'] }, '5'],
    [{}, '5'],
    [{ $ref: '#/$defs/x' }, '5'],
  ])('%j: %j stays as it is', (schema, given) => {
    const call = { name: 'f', arguments: { x: given } };
    expect(read(schema, given)).toEqual(call);
  });

  it('are counted, and other calls left alone', () => {
    const tools = tool({ a: { type: 'integer' }, b: { type: 'integer' } });
    const calls: ParsedCall[] = [
      { name: 'f', arguments: { a: '1', b: '2' } },
      { name: 'f', arguments: INHERITED },
      { name: 'g', arguments: { a: '1' } },
      { name: 'f', arguments: null, broken: true },
    ];
    expect(readingSlips(() => calls)('', tools)).toEqual([
      { name: 'f', arguments: { a: 1, b: 2 }, slips: 2 },
      { name: 'f', arguments: INHERITED },
      { name: 'g', arguments: { a: '1' } },
      { name: 'f', arguments: null, broken: true },
    ]);
  });
});
