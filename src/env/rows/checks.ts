/** When an answer is right: one small function for each setting of `check`. */
import type { Place } from '../../errors/texts/place';
import { EnvironmentError } from '../errors';
import { parseJson } from '../../conversation/json';
import { lastNumber, numberOf } from './number';
import type { PatternCompiler } from './pattern';
import type { Check, RowsSettings } from './settings';

/** Whether a found answer is right. */
export type Judge = (given: string) => boolean;

/**
 * Makes the judge of one row.
 * @param answer of the task; the list's JSON text for `one-of`
 * @param where of the row, for errors
 * @throws EnvironmentError when the check cannot use such an answer.
 */
export type JudgeMaker = (answer: string, where: Place) => Judge;

/** @param compile needed by `pattern` alone */
export function judgeMaker(settings: RowsSettings, compile: PatternCompiler | null): JudgeMaker {
  const same = (text: string): string => normalise(text, settings.ignoreCase);
  const makers: Readonly<Record<Check, JudgeMaker>> = {
    exact: (answer) => (given) => same(given) === same(answer),
    'one-of': (answer, where) => {
      const accepted = new Set(listed(answer, where).map(same));
      return (given) => accepted.has(same(given));
    },
    contains: (answer) => {
      const standing = standingAlone(same(answer));
      return (given) => standing.test(same(given));
    },
    number: (answer, where) => {
      const wanted = numberOf(answer) ?? refuseNumber(answer, where);
      const allowed = settings.tolerance + ROUNDING * Math.abs(wanted);
      return (given) => Math.abs((lastNumber(given) ?? NaN) - wanted) <= allowed;
    },
    pattern: (answer, where) => {
      if (compile === null)
        throw new Error('The check pattern was asked for without a compiler of patterns.');
      return compile(answer, where);
    },
  };
  return makers[settings.check];
}

/** What decimal fractions lose in binary, relative. */
const ROUNDING = 1e-9;

/** Spaces of any kind and number count as one; letters in their composed form. */
function normalise(text: string, ignoreCase: boolean): string {
  const spaced = text.normalize('NFC').trim().replace(/\s+/gu, ' ');
  return ignoreCase ? spaced.toLowerCase() : spaced;
}

function refuseNumber(answer: string, where: Place): never {
  throw EnvironmentError.of('environment/answer-no-number', { where, found: answer.slice(0, 80) });
}

/** @throws EnvironmentError */
export function listed(answer: string, where: Place): readonly string[] {
  const parsed = parseJson(answer);
  const list: unknown = 'value' in parsed ? parsed.value : undefined;
  if (Array.isArray(list) && list.length > 0 && list.every(isScalar)) return list.map(String);
  throw EnvironmentError.of('environment/answer-no-list', { where, found: answer.slice(0, 80) });
}

export function isScalar(value: unknown): value is string | number | boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

/** Scripts that put spaces between words; in others a word may stand inside a run of letters. */
const WORD = String.raw`[\p{N}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]`;

/** Matches the text where it is not part of a longer word or number: 4 is not in 14, 4.5 or 4th. */
function standingAlone(text: string): RegExp {
  const isWord = new RegExp(`^${WORD}$`, 'u');
  const characters = [...text];
  const before = isWord.test(characters[0] ?? '') ? String.raw`(?<!${WORD}|\p{N}[.,]|[-−](?=\p{N}))` : '';
  const after = isWord.test(characters.at(-1) ?? '') ? String.raw`(?!${WORD}|[.,]\p{N})` : '';
  return new RegExp(before + text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`) + after, 'u');
}
