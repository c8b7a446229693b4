/** Gold answers that are values: all of them must be said, and no other of their kinds. */
import { sameBound } from './bounds';
import { hasLooseRival } from './rivals';
import type { Token } from './tokens';
import { classOf, isEqual, sameValue } from './values/same';
import { dayOfFraction, daysFrom, daysOfNumber, monthNamed } from './values/calendar';
import type { Day, Value } from './values/types';
import { CHANGES, COMPANIONS, FUNCTION_WORDS, stem } from './words';

export function valueTokens(tokens: readonly Token[]): Token[] {
  return tokens.filter(({ value }) => value !== null);
}

/** Null when the gold answer is no value: its words must be looked at. */
export function matchValues(
  gold: readonly Token[],
  said: readonly Token[],
  asked: readonly Token[],
  question: string,
  anchor: Day | null,
): boolean | null {
  const isDay = /\b(?:when|what (?:date|day)|which (?:date|day))\b/i.test(question);
  const dated = isDay ? gold.map((token, i) => asDayFrom(anchor, token, gold, i) ?? token) : gold;
  const found = matchReading(dated, said, asked, question, anchor);
  if (found === true || dated.every((token, i) => token === gold[i])) return found;
  // "Two weeks" for "in two weeks"; "two weeks ago" is another day.
  return !said.some(({ text }) => text === 'ago') && matchReading(gold, said, asked, question, anchor);
}

function matchReading(
  gold: readonly Token[],
  said: readonly Token[],
  asked: readonly Token[],
  question: string,
  anchor: Day | null,
): boolean | null {
  const words = gold.filter(
    ({ text, value }) => value === null && !FUNCTION_WORDS.has(text) && !TIMELY.has(text),
  );
  const wanted = unique(valueTokens(gold));
  if (wanted.length === 0) return null;
  if (words.length > 0 && !isMeasure(gold, words)) return null;
  const hasOr = (tokens: readonly Token[]): boolean => tokens.some(({ text }) => text === 'or');
  const [first] = wanted;
  const isPlain = first?.value?.kind === 'quantity' && wanted.length === 1;
  const isDayWanted = first?.value?.kind === 'date' || first?.value?.kind === 'relative';
  const answer = said.map(
    (token, i) => (isDayWanted ? asDayFrom(anchor, token, said, i) : null) ?? asWanted(token, wanted),
  );
  const candidates = candidatesOf(wanted, answer, asked);
  if (candidates.length === 0) return false;
  if (hasOr(gold) !== isOffered(answer, candidates)) return false;
  if (hasOddDigits(wanted, answer)) return false;
  if (words.length > 0 && !namesThing(words, answer, candidates, asked)) return false;
  if (isPlain && candidates.some((at) => isOtherThing(wanted[0] as Token, answer, at, asked))) return false;
  const left = [...wanted];
  for (const at of candidates) {
    const token = answer[at] as Token;
    const index = left.findIndex((one) => isWanted(one, token, question));
    if (index < 0) {
      // Said twice is said once.
      if (!wanted.some((one) => isWanted(one, token, question))) return false;
      continue;
    }
    left.splice(index, 1);
  }
  if (left.length > 0) return false;
  const covered = answer.map((_token, i) => candidates.includes(i));
  return !hasLooseRival({ tokens: answer, covered, question: [...asked, ...words] });
}

function isWanted(gold: Token, given: Token, question: string): boolean {
  if (gold.value === null || given.value === null) return false;
  return (
    sameValue(gold.value, given.value) &&
    signsAgree(gold.value, given.value, question) &&
    sameBound(gold.bound, given.bound, question) &&
    versionsAgree(gold.value, given.value, question)
  );
}

/** "down 3.2%" is -3.2 %; it is 3.2 % only where the question asks how far something fell. */
function signsAgree(gold: Value, given: Value, question: string): boolean {
  if (gold.kind !== 'quantity' || given.kind !== 'quantity' || given.other === undefined) return true;
  if (given.other.amount !== -given.amount || gold.amount < 0) return true;
  return /\b(?:fall|fell|drop\w*|decreas\w*|declin\w*|los[st]\w*|reduc\w*|cut|down|lower\w*|less|discount\w*|save\w*)\b/i.test(
    question,
  );
}

/** Version 2.10 is not version 2.1. */
function versionsAgree(gold: Value, given: Value, question: string): boolean {
  if (gold.kind !== 'quantity' || given.kind !== 'quantity') return true;
  if (!/\b(?:version|release|build|revision|section|clause|paragraph|chapter|firmware)\b/i.test(question))
    return true;
  return gold.digits === given.digits;
}

const FILLERS = /^(?:exact|exactly|total|full|whole|complete|calendar|consecutive)$/;

/** A number and what is counted: "12 people", "3 oak chairs". */
function isMeasure(gold: readonly Token[], words: readonly Token[]): boolean {
  const [first] = gold;
  const isCount =
    first?.value?.kind === 'ordinal' || (first?.value?.kind === 'quantity' && first.value.unit === null);
  return (
    isCount &&
    words.length <= 2 &&
    valueTokens(gold).length === 1 &&
    words.every(({ isCapital, isCode }) => !isCapital && !isCode)
  );
}

/** The number alone will do, or with the thing's or the question's word behind it. */
function namesThing(
  words: readonly Token[],
  answer: readonly Token[],
  candidates: readonly number[],
  asked: readonly Token[],
): boolean {
  return candidates.some((at) => {
    const things = [...words, ...asked].map(({ text }) => stem(text));
    const next = answer[at + 1];
    if (next === undefined || FUNCTION_WORDS.has(next.text) || /[,;.()]/.test(next.gap)) return true;
    const behind = [next.text, answer[at + 2]?.text ?? '', answer[at + 3]?.text ?? ''].map(stem);
    return behind.some((word) => things.includes(word));
  });
}

/** A sum of money that turns out to count boxes: a plain number with another thing behind it. */
function isOtherThing(gold: Token, answer: readonly Token[], at: number, asked: readonly Token[]): boolean {
  const [value, next] = [answer[at]?.value, answer[at + 1]];
  if (gold.value?.kind !== 'quantity' || gold.value.unit === null) return false;
  if (value?.kind !== 'quantity' || value.unit !== null || next === undefined) return false;
  if (
    next.value !== null ||
    !/^[\s-]*$/.test(next.gap) ||
    FUNCTION_WORDS.has(next.text) ||
    FILLERS.test(next.text)
  )
    return false;
  return !COMPANIONS.has(next.text) && !asked.some(({ text }) => stem(text) === stem(next.text));
}

/** "5 or 6", "either"; "or so" and "or later" offer nothing. */
function isOffered(answer: readonly Token[], candidates: readonly number[]): boolean {
  return answer.some(({ text, value }, i) => {
    if (value !== null || text !== 'or') return false;
    const next = answer[i + 1]?.text ?? '';
    if (/^(?:so|later|earlier|more|less|fewer|above|below|higher|thereabouts)$/.test(next)) return false;
    return candidates.some((at) => at === i - 1 || at === i + 1 || (at < i && at >= i - 3) || at === i + 2);
  });
}

/** A run of digits and marks such as `6/7` that is no value is another candidate beside a number. */
function hasOddDigits(wanted: readonly Token[], answer: readonly Token[]): boolean {
  if (!wanted.some(({ value }) => value?.kind === 'quantity' || value?.kind === 'date')) return false;
  return answer.some(({ isCode, value, text }) => isCode && value === null && /^[\d./-]+$/.test(text));
}

const TIMELY = new Set(['ago', 'later', 'hence', 'earlier', 'now']);

/** Beside a date, "in 3 days", "two weeks ago" and "the 11th" are days too. */
function asDayFrom(anchor: Day | null, token: Token, said: readonly Token[], index: number): Token | null {
  const { value } = token;
  if (anchor === null || value === null) return null;
  const day = (days: readonly Day[]): Token => ({
    ...token,
    bound: null,
    value: { kind: 'relative', name: token.text, weekday: null, shift: null, days },
  });
  if (value.kind === 'ordinal') return value.number <= 31 ? day(daysOfNumber(anchor, value.number)) : null;
  if (value.kind !== 'quantity' || value.unit === null) return null;
  const [before, next, after] = [said[index - 1]?.text, said[index + 1]?.text, said[index + 2]?.text];
  const isPast = next === 'ago' || next === 'earlier';
  const isAhead =
    before === 'in' ||
    next === 'later' ||
    next === 'hence' ||
    (next === 'from' && (after === 'now' || said[index + 2]?.value?.kind === 'relative'));
  if (!isPast && !isAhead) return null;
  const found = daysFrom(anchor, (isPast ? -1 : 1) * value.amount, value.unit);
  return found === null ? null : day([found]);
}

/** What only the wanted kind tells: `1530` and `15.30` beside a time, `3/10` beside a date, "the 10th". */
function asWanted(token: Token, wanted: readonly Token[]): Token {
  const kind = wanted[0]?.value?.kind;
  if (kind === 'time' && token.value?.kind === 'quantity' && token.value.unit === null) {
    const found = /^([01]?\d|2[0-3])[.]?([0-5]\d)$/.exec(token.value.digits);
    if (found === null) return token;
    const hour = Number(found[1]);
    const open = /\./.test(token.value.digits) && hour >= 1 && hour <= 12;
    return { ...token, value: { kind: 'time', minutes: 60 * hour + Number(found[2]), open, zone: null } };
  }
  if (kind === 'date' || kind === 'relative') {
    const written =
      token.value === null && token.isCode
        ? token.text
        : token.value?.kind === 'quantity'
          ? token.value.digits
          : '';
    const day = dayOfFraction(written);
    if (day !== null && (token.isCode || written.includes('/'))) return { ...token, value: day };
  }
  if (kind === 'quantity' && token.value?.kind === 'time' && /^\d+h\d\d$/.test(token.text)) {
    const [hours = 0, minutes = 0] = token.text.split('h').map(Number);
    return {
      ...token,
      value: { kind: 'quantity', amount: hours + minutes / 60, unit: 'h', digits: '', weak: false },
    };
  }
  if (kind === 'month' && token.value === null) {
    const month = monthNamed(token.text);
    if (month !== null) return { ...token, value: { kind: 'month', year: null, month } };
  }
  if (kind === 'quantity' && token.value === null && token.isCode) {
    const found = /^(\d{1,3})\/(\d{1,3})$/.exec(token.text);
    const gold = wanted[0]?.value;
    if (
      found !== null &&
      gold?.kind === 'quantity' &&
      Number(found[2]) > Number(found[1]) &&
      gold.amount < 1
    ) {
      const amount = Number(found[1]) / Number(found[2]);
      return { ...token, value: { kind: 'quantity', amount, unit: null, digits: '.', weak: false } };
    }
  }
  return token;
}

/** Indices of the values that compete with the wanted ones. Values that the question mentions are left out. */
function candidatesOf(wanted: readonly Token[], answer: readonly Token[], asked: readonly Token[]): number[] {
  const known = valueTokens(asked);
  const isGold = ({ value }: Token): boolean =>
    value !== null && wanted.some((gold) => gold.value !== null && sameValue(gold.value, value));
  const classes = new Set(wanted.map(({ value }) => (value === null ? '' : classOf(value))));
  const wantsPlain = classes.has('quantity ');
  const saysUnit = answer.some(
    ({ value }) => value !== null && classOf(value) !== 'quantity ' && classes.has(classOf(value)),
  );
  const saysPlain = answer.some(
    ({ value }) => value?.kind === 'quantity' && value.unit === null && !value.weak,
  );
  const saysStrong = answer.some((token) => token.value?.kind === 'quantity' && !token.value.weak);
  const candidates = answer.flatMap((token, i) => {
    const { value } = token;
    if (value === null) return [];
    if (value.kind === 'quantity' && value.weak && saysStrong && !isGold(token)) return [];
    const own = classOf(value);
    const isPlain = value.kind === 'quantity' && value.unit === null;
    const competes =
      classes.has(own) ||
      // A plain number may be meant in the gold answer's unit, a sum may be the plain number.
      (isPlain && !saysUnit && [...classes].some((name) => name.startsWith('quantity'))) ||
      (wantsPlain && own.startsWith('quantity') && (!saysPlain || isGold(token))) ||
      (isGold(token) && !(own === 'ordinal' && wantsPlain));
    if (!competes) return [];
    if (isGold(token)) return [i];
    return known.some((other) => other.value !== null && isEqual(other.value, value)) ? [] : [i];
  });
  return withoutFormer(withoutRepeats(candidates, answer), answer);
}

/** "moved from 3 pm to 5 pm": the first is what was. */
function withoutFormer(candidates: readonly number[], answer: readonly Token[]): number[] {
  const change = answer.findIndex(({ text }) => CHANGES.has(text));
  if (change < 0) return [...candidates];
  const to = answer.findIndex(({ text, value }, i) => i > change && text === 'to' && value === null);
  if (to < 0 || !candidates.some((at) => at > to)) return [...candidates];
  const old = candidates.filter(
    (at) => at < to && (at > change || /^(?:from)$/.test(answer[at - 1]?.text ?? '')),
  );
  const before = candidates.filter((at) => at < change);
  const rest = candidates.filter((at) => !old.includes(at));
  return before.length > 0 && rest.length > 1 ? rest.filter((at) => !before.includes(at)) : rest;
}

/** "March 10 (Monday)": the weekday belongs to the date. */
function withoutRepeats(candidates: readonly number[], answer: readonly Token[]): number[] {
  const dates = candidates.flatMap((at) => {
    const value = answer[at]?.value;
    return value?.kind === 'date' ? [value] : [];
  });
  return candidates.filter((at) => {
    const value = answer[at]?.value;
    if (value?.kind !== 'relative' || value.weekday === null) return true;
    return !dates.some((date) => {
      if (date.weekday !== null) return date.weekday === value.weekday;
      return (
        date.readings.some(
          ({ year, month, day }) =>
            year !== null && new Date(Date.UTC(year, month - 1, day)).getUTCDay() === value.weekday,
        ) ||
        (value.days.length > 0 && sameValue(date, value)) ||
        date.readings.every(({ year }) => year === null)
      );
    });
  });
}

function unique(tokens: readonly Token[]): Token[] {
  return tokens.filter(
    (token, i) =>
      !tokens.slice(0, i).some((earlier) => isEqual(earlier.value as Value, token.value as Value)),
  );
}

/** Values of the answer outside the spans that are of a kind that the gold text holds. */
export function hasRivalValue(
  gold: readonly Token[],
  said: readonly Token[],
  covered: readonly boolean[],
  asked: readonly Token[],
): boolean {
  const golds = valueTokens(gold);
  const classes = new Set(golds.map(({ value }) => classOf(value as Value)));
  return said.some(({ value }, i) => {
    if (value === null || covered[i] === true || !classes.has(classOf(value))) return false;
    if (value.kind === 'quantity' && value.weak) return false;
    const isKnown = [...golds, ...asked].some(
      (other) => other.value !== null && sameValue(other.value, value),
    );
    return !isKnown;
  });
}
