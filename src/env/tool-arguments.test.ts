import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../conversation/types';
import { checkToolArguments, kindOf, quoted } from './tool-arguments';

const check = (schema: z.ZodObject, given: JsonObject) => checkToolArguments('go', schema.strict(), given);
/** The error of the argument `a`, without the tool's name. */
const errorOf = (rule: z.ZodType, a: JsonObject[string]): string => {
  const checked = check(z.object({ a: rule }), { a });
  return checked.ok ? '' : checked.error.replace(/^go: /, '');
};

describe('checkToolArguments', () => {
  it('gives what the schema makes of the arguments', () => {
    expect(check(z.object({ a: z.string().default('x'), b: z.number() }), { b: 2 })).toEqual({
      ok: true,
      args: { a: 'x', b: 2 },
    });
  });

  it('takes null as absent where the argument may be absent and not be null, nowhere else', () => {
    const schema = z.object({ a: z.string().optional(), b: z.string().nullish(), c: z.string() });
    expect(check(schema, { a: null, b: null, c: 'x' })).toEqual({ ok: true, args: { b: null, c: 'x' } });
    expect(check(schema, { c: null })).toMatchObject({ error: 'go: "c" must be a string, not null.' });
    expect(check(schema, { c: 'x', toString: null })).toMatchObject({
      error: 'go: there is no argument "toString"; the arguments are a, b, c.',
    });
  });

  it.each<[string, z.ZodType, JsonObject[string]]>([
    ['"a" must be a string, not 5.', z.string(), 5],
    ['"a" must be a number, not true.', z.number(), true],
    ['"a" must be an integer, not 1.5.', z.int(), 1.5],
    ['"a" must be true or false, not "yes".', z.boolean(), 'yes'],
    ['"a" must be a list, not an object.', z.array(z.string()), {}],
    ['"a" must be an object, not this list.', z.object({}), ['x']],
    ['"a" must be an object, not an empty list.', z.record(z.string(), z.number()), []],
    ['"a" must be null, not 0.', z.null(), 0],
    ['"a" must be of type date, not 0.', z.date(), 0],
    ['"a" must be "x", not "y".', z.literal('x'), 'y'],
    ['"a" must be one of "x", "z", not "y".', z.enum(['x', 'z']), 'y'],
    ['"a" must be at least 1, not 0.', z.number().min(1), 0],
    ['"a" must be more than 0, not 0.', z.number().positive(), 0],
    ['"a" must be at most 1, not 2.', z.number().max(1), 2],
    ['"a" must be less than 1, not 1.', z.number().lt(1), 1],
    ['"a" must be a string of at least 2 characters, not "x".', z.string().min(2), 'x'],
    ['"a" must be a list of at most 1 items, not this list.', z.array(z.string()).max(1), ['x', 'y']],
    ['"a" must be a multiple of 5, not 7.', z.number().multipleOf(5), 7],
    ['"a.b.0" must be a number, not "x".', z.object({ b: z.array(z.number()) }), { b: ['x'] }],
    ['"a.b" is missing; it must be a number.', z.object({ b: z.number() }), {}],
    ['"a": No luck.', z.string().refine(() => false, { error: 'No luck' }), 'x'],
  ])('says %s', (message, rule, given) => {
    expect(errorOf(rule, given)).toBe(message);
  });

  it('says a rule about all arguments, or a missing one that has no plain rule, in the words of the schema', () => {
    const both = z
      .object({ a: z.number(), b: z.number() })
      .refine(({ a, b }) => a < b, { error: 'a is below b' });
    expect(checkToolArguments('go', both, { a: 2, b: 1 })).toEqual({ ok: false, error: 'go: a is below b.' });
    expect(check(z.object({ a: z.union([z.string(), z.number()]) }), {})).toEqual({
      ok: false,
      error: 'go: "a" is missing.',
    });
    expect(check(z.object({}), { x: 1 })).toEqual({
      ok: false,
      error: 'go: there is no argument "x"; it takes none.',
    });
  });
});

it('quoted and kindOf repeat at most 40 characters of a policy, never half of one', () => {
  expect(quoted('x'.repeat(41))).toBe(`"${'x'.repeat(40)}"`);
  expect(kindOf(`${'x'.repeat(39)}😀`)).toBe(`"${'x'.repeat(39)}"`);
});
