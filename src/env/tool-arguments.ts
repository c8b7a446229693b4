/** Checks the arguments of a call against a tool's zod schema, and says in one sentence what does not fit. */
import type { z } from 'zod';
import type { JsonObject } from '../conversation/types';
import { cutText } from './result-text';

export type CheckedArguments =
  | { readonly ok: true; readonly args: unknown }
  | {
      readonly ok: false;
      /** One sentence for the policy and for displays. */
      readonly error: string;
    };

/** Characters of a policy's own words that an error repeats. */
const QUOTED = 40;

/**
 * Nothing is coerced beyond what the schema itself coerces, but `null` for an argument that may be absent and may not
 * be null counts as absent: small models write that.
 */
export function checkToolArguments(name: string, schema: z.ZodObject, given: JsonObject): CheckedArguments {
  const parsed = schema.safeParse(withoutNulls(schema, given));
  if (parsed.success) return { ok: true, args: parsed.data };
  // A failed parse has at least one issue.
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  return { ok: false, error: `${name}: ${sentence(issue, schema, given)}` };
}

/** A policy's own words, short enough for an error. */
export function quoted(text: string): string {
  return `"${cutText(text, QUOTED)}"`;
}

function withoutNulls(schema: z.ZodObject, given: JsonObject): JsonObject {
  const absent = (key: string): boolean => {
    const part = Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined;
    return part !== undefined && !accepts(part, null) && accepts(part, undefined);
  };
  return Object.fromEntries(Object.entries(given).filter(([key, value]) => value !== null || !absent(key)));
}

function accepts(schema: z.core.$ZodType, value: unknown): boolean {
  // Every schema of zod's full package has the method; the core type alone does not say so.
  return (schema as z.ZodType).safeParse(value).success;
}

function sentence(issue: z.core.$ZodIssue, schema: z.ZodObject, given: JsonObject): string {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schema.shape);
    const allowed = known.length === 0 ? 'it takes none' : `the arguments are ${known.join(', ')}`;
    return `there is no argument ${quoted(issue.keys[0] ?? '')}; ${allowed}.`;
  }
  const value = valueAt(given, issue.path);
  const rule = allowedBy(issue);
  if (issue.path.length === 0) return `${rule ?? issue.message}.`;
  const path = quoted(issue.path.map(String).join('.'));
  if (value === undefined) return `${path} is missing${rule === null ? '' : `; it must be ${rule}`}.`;
  return rule === null ? `${path}: ${issue.message}.` : `${path} must be ${rule}, not ${kindOf(value)}.`;
}

/** What the broken rule asks for, to be read after “must be”; null when zod's own message says it best. */
function allowedBy(issue: z.core.$ZodIssue): string | null {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_WORDS.get(issue.expected) ?? `of type ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return null;
  }
}

const TYPE_WORDS: ReadonlyMap<string, string> = new Map([
  ['string', 'a string'],
  ['number', 'a number'],
  ['int', 'an integer'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
  ['record', 'an object'],
  ['null', 'null'],
]);

function bound(origin: string, how: string, limit: number | bigint): string {
  if (origin === 'string') return `a string of ${how} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `a list of ${how} ${limit} items`;
  return `${how} ${limit}`;
}

function valueAt(given: JsonObject, path: readonly PropertyKey[]): unknown {
  let value: unknown = given;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

/** A value that a policy gave, in words for an error. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'this list';
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'object' ? 'an object' : String(value);
}
