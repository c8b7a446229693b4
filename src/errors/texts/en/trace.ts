/** Texts of TraceError: files of traces. */
import type { LineProblem } from '../picture';
import { describe, lineProblem, place, type At, type Found } from './words';

/** What a field of a trace should hold. */
export type TraceField =
  | { readonly version: number }
  | 'text'
  | 'text-or-null'
  | 'count'
  | 'number'
  | 'boolean'
  | 'boolean-or-null'
  | 'task'
  | 'tools'
  | 'messages'
  | 'scores'
  | 'numbers-by-name'
  | 'counts'
  | 'mask'
  | 'numbers'
  | 'numbers-and-null';

const FIELDS: Readonly<Record<Extract<TraceField, string>, string>> = {
  text: 'text',
  'text-or-null': 'text or null',
  count: 'a whole number from 0',
  number: 'a number',
  boolean: 'true or false',
  'boolean-or-null': 'true, false or null',
  task: 'an object with id, level and answer',
  tools: 'a list of tool schemas',
  messages: 'a list of messages',
  scores: 'an object of {score, weight} or null by name',
  'numbers-by-name': 'an object of numbers by name',
  counts: 'a list of whole numbers from 0',
  mask: 'a list of 0 and 1',
  numbers: 'a list of numbers',
  'numbers-and-null': 'a list of numbers and null',
};

const fieldWords = (expected: TraceField): string =>
  typeof expected === 'string' ? FIELDS[expected] : `${expected.version}, the version that this reader knows`;

export const trace = {
  'trace/line': ({ where, problem }: At & { problem: LineProblem }) =>
    `${place(where)} ${lineProblem(problem)}. Fix or remove the line.`,
  'trace/field': ({ where, name, expected, found }: Found & { name: string; expected: TraceField }) =>
    `${place(where)}: "${name}" should be ${fieldWords(expected)}, found ${describe(found)}. Write the file anew, or correct the line.`,
  'trace/lengths': ({ where, lengths }: At & { lengths: Readonly<Record<string, number>> }) =>
    `${place(where)}: all lists of tokens should have one entry a token, but ${Object.entries(lengths)
      .map(([name, length]) => `${name} has ${length}`)
      .join(', ')}. Write the file anew, or remove the line.`,
};
