/** Names of people and companies in their forms: "Lee, Ann", "Ms. Lee", "A. Lee", "Acme, Inc.". */
import { FIRST_NAMES } from '../first-names';
import type { Token } from './tokens';
import { COMPANY_FORMS, FUNCTION_WORDS, isNickname, TITLES } from './words';

const SUFFIXES = new Set(['jr', 'sr', 'ii', 'iii', 'phd', 'md', 'esq']);

/** Whether gold tokens look like a person's name. A question for a person makes any capital words one. */
export function isPerson(gold: readonly Token[], asksWho: boolean): boolean {
  const parts = gold.filter(({ text }) => !TITLES.has(text) && !SUFFIXES.has(text));
  const [first, second] = parts;
  if (first === undefined || parts.length > 4) return false;
  if (!parts.every((token) => token.isCapital && token.value === null && !token.isCode)) return false;
  if (parts.length === 1) return asksWho || parts.length < gold.length;
  const commas = parts.filter(({ gap }, i) => i > 0 && gap.includes(',')).length;
  // "Smith, Jones" are two.
  if (
    commas > 1 ||
    (commas === 1 && second !== undefined && !FIRST_NAMES.has(second.text) && second.text.length > 1)
  )
    return false;
  if (parts.some(({ text }) => COMPANY_FORMS.has(text))) return false;
  if (asksWho) return true;
  const given = second?.gap.trim() === ',' ? second : first;
  return FIRST_NAMES.has(given.text) || given.text.length === 1;
}

interface Name {
  readonly title: boolean;
  readonly given: readonly Token[];
  readonly last: Token;
  readonly suffix: string;
}

function nameOf(tokens: readonly Token[]): Name | null {
  const title = tokens.some(({ text }) => TITLES.has(text));
  const suffix = tokens.find(({ text }) => SUFFIXES.has(text))?.text ?? '';
  const parts = tokens.filter(({ text }) => !TITLES.has(text) && !SUFFIXES.has(text));
  const [first, second] = parts;
  if (first === undefined) return null;
  if (second?.gap.trim() === ',') return { title, given: parts.slice(1), last: first, suffix };
  const last = parts.at(-1) as Token;
  return { title, given: parts.slice(0, -1), last, suffix };
}

/** Whether a window of the answer names the gold person. @param asksWho then one of the two names will do */
export function samePerson(gold: readonly Token[], given: readonly Token[], asksWho: boolean): boolean {
  if (given.some((token) => token.value !== null || token.isCode)) return false;
  const commas = given.filter((token, i) => i > 0 && /[,;]/.test(token.gap)).length;
  const isReversed = given.some((token, i) => i === 1 && token.gap.trim() === ',');
  const hasWords = given.some(({ text }) => FUNCTION_WORDS.has(text) && text.length > 1 && text !== 'will');
  if (
    hasWords ||
    commas > (isReversed ? 1 : 0) ||
    given.some((token, i) => i > 0 && !/^[\s,.]*$/.test(token.gap))
  )
    return false;
  const [a, b] = [nameOf(gold), nameOf(given)];
  if (a === null || b === null || b.given.length > 2) return false;
  if (a.suffix !== '' && b.suffix !== '' && a.suffix !== b.suffix) return false;
  if (b.suffix !== '' && a.suffix === '' && given.length <= gold.length) return false;
  if (b.given.length === 0) {
    if (a.given.length === 0) return sameWord(a.last, b.last);
    if (sameWord(a.last, b.last)) return b.title || asksWho;
    return asksWho && !b.title && sameWord(a.given[0] as Token, b.last);
  }
  // A fuller form of a name that the gold answer gives by half.
  if (a.given.length === 0) {
    const part = sameWord(a.last, b.last) || sameWord(a.last, b.given[0] as Token);
    return part && b.given.length === 1 && commas === 0 && (asksWho || a.title);
  }
  if (!sameWord(a.last, b.last)) return false;
  if (!sameGiven(a.given[0] as Token, b.given[0] as Token)) return false;
  const [middleA, middleB] = [a.given.slice(1), b.given.slice(1)];
  if (middleA.length === 0 || middleB.length === 0) return true;
  return (
    middleA.length === middleB.length && middleA.every((token, i) => sameGiven(token, middleB[i] as Token))
  );
}

function sameGiven(a: Token, b: Token): boolean {
  if (sameWord(a, b) || isNickname(a.text, b.text)) return true;
  const isInitial = a.text.length === 1 || b.text.length === 1;
  return isInitial && a.text[0] === b.text[0];
}

export function sameWord(a: Token, b: Token): boolean {
  return a.text === b.text || a.spelledOut === b.text || a.text === b.spelledOut;
}

/** `ann.lee@acme.example` for Ann Lee. */
export function isAddressOf(gold: readonly Token[], given: Token | undefined): boolean {
  if (given === undefined || !given.isCode || !given.text.includes('@') || gold.length < 2) return false;
  const name = nameOf(gold);
  if (name === null || name.given[0] === undefined) return false;
  const local = given.text.split('@')[0] ?? '';
  const parts = local.split(/[._-]+/);
  return parts[0] === name.given[0].text && parts.at(-1) === name.last.text && parts.length >= 2;
}

/** Without "Inc." and the like. */
export function withoutCompanyForm(tokens: readonly Token[]): readonly Token[] {
  let end = tokens.length;
  while (end > 1 && COMPANY_FORMS.has(tokens[end - 1]?.text ?? '') && tokens[end - 1]?.isCapital !== false)
    end--;
  return tokens.slice(0, end);
}

/** `FERC` for three capital words or more. */
export function isAcronym(short: Token | undefined, long: readonly Token[]): boolean {
  if (short === undefined || short.value !== null || !short.isCapital) return false;
  const words = long.filter(({ isCapital }) => isCapital);
  if (words.length < 3 || long.some(({ value, isCode }) => value !== null || isCode)) return false;
  return words.map(({ text }) => text[0]).join('') === short.text;
}
