/** The scorer against labelled pairs: what a person would say, kind by kind. */
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { scoreAnswer } from '../scorer';

interface Pair {
  readonly kind: string;
  readonly question: string;
  readonly answer: string;
  readonly given: string;
  readonly right: boolean;
  readonly date?: string;
}

interface Row {
  readonly kind: string;
  readonly q: string;
  readonly gold: string;
  readonly date?: string;
  readonly right: readonly string[];
  readonly wrong: readonly string[];
}

const FOLDER = new URL('../../../../tests/fixtures/scorer/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const lines = (file: string): Pair[] =>
  read(file)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Pair);

/** Right answers that the rules refuse on purpose: they need arithmetic between systems of units, or synonyms. */
const OUT_OF_REACH = ['7.5 miles', 'poor weather conditions'];

function verdict({ question, answer, given, date }: Pair): boolean {
  return scoreAnswer({ question, answer, aliases: [], mailDate: date }, given);
}

describe('pairs that were tried on an earlier scorer', () => {
  it.each(lines('tried.jsonl').map((pair) => [pair.kind, pair.answer, pair.given, pair] as const))(
    '%s: gold %j, answer %j',
    (_kind, _gold, given, pair) => {
      expect(verdict(pair)).toBe(OUT_OF_REACH.includes(given) ? false : pair.right);
    },
  );
});

describe('pairs by somebody who had not seen the scorer', () => {
  it.each(lines('blind.jsonl').map((pair) => [pair.kind, pair.answer, pair.given, pair] as const))(
    '%s: gold %j, answer %j',
    (_kind, _gold, _given, pair) => {
      expect(verdict(pair)).toBe(pair.right);
    },
  );
});

const own = (JSON.parse(read('own.json')) as Row[]).flatMap(({ kind, q, gold, date, right, wrong }) => {
  const pair = (given: string, isRight: boolean): Pair => ({
    kind,
    question: q,
    answer: gold,
    given,
    right: isRight,
    ...(date === undefined ? {} : { date }),
  });
  return [...right.map((given) => pair(given, true)), ...wrong.map((given) => pair(given, false))];
});

describe('pairs of our own', () => {
  it.each(own.map((pair) => [pair.kind, pair.answer, pair.given, pair] as const))(
    '%s: gold %j, answer %j',
    (_kind, _gold, _given, pair) => {
      expect(verdict(pair)).toBe(pair.right);
    },
  );
});
