/** Which shorter or other forms of a gold answer are as good as it. */
import type { Token } from './tokens';
import { classOf } from './values/same';
import { AUXILIARIES, FUNCTION_WORDS, isRegion, stem, WHO } from './words';

/** A gold answer of this many tokens with a verb is a sentence, of which only what was asked must be said. */
const MIN_SENTENCE_TOKENS = 4;

export function goldForms(gold: readonly Token[], question: readonly Token[]): (readonly Token[])[] {
  return [
    gold,
    ...withoutParentheses(gold),
    ...withoutRegion(gold),
    ...withoutRate(gold),
    ...withoutAsked(gold, question),
    ...withoutPostcode(gold),
    ...withoutPrefix(gold, question),
    ...withoutLead(gold),
    ...essence(gold, question),
  ];
}

/** "Ann Lee (CFO)" may go without the CFO. */
function withoutParentheses(gold: readonly Token[]): (readonly Token[])[] {
  const open = gold.findIndex(({ gap }) => /\(/.test(gap));
  if (open < 1) return [];
  const close = gold.findIndex(({ gap }, i) => i > open && /\)/.test(gap));
  return [[...gold.slice(0, open), ...(close < 0 ? [] : gold.slice(close))]];
}

/** "Houston, Texas" is Houston. */
function withoutRegion(gold: readonly Token[]): (readonly Token[])[] {
  const comma = gold.findIndex(({ gap }, i) => i > 0 && gap.trim() === ',');
  if (comma < 1 || gold.some(({ gap }, i) => i > comma && gap.includes(','))) return [];
  const [town, region] = [gold.slice(0, comma), gold.slice(comma)];
  const joined = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join('');
  const isTown = town.every(({ isCapital, value }) => isCapital && value === null) && !isRegion(joined(town));
  return isTown && isRegion(joined(region)) ? [town] : [];
}

const RATES = /^(?:a|per|each)?-?(hour|day|week|month|quarter|year|ann|dai)(?:s|ly|ual|ually|um|l)?$/;

/** "Per month" of a sum, as one word; '' without. */
export function rateOf(tokens: readonly Token[]): string {
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1];
    const isRate =
      /ly$|^ann|^a(?!nn)/.test(token.text) ||
      (before !== undefined && (/^(?:per|each|every)$/.test(before.text) || /\//.test(token.gap)));
    const rate = isRate ? RATES.exec(token.text)?.[1] : undefined;
    if (rate !== undefined && i > 0) return rate === 'ann' ? 'year' : rate === 'dai' ? 'day' : rate;
  }
  return '';
}

/** "$1,250 per month" may go without the month. */
function withoutRate(gold: readonly Token[]): (readonly Token[])[] {
  const [first] = gold;
  const isSum =
    first?.value?.kind === 'quantity' && first.value.unit !== null && gold.length > 1 && gold.length <= 4;
  return isSum && rateOf(gold) !== '' ? [[first]] : [];
}

/** Asked for a room, "4B" is "Room 4B". */
function withoutAsked(gold: readonly Token[], question: readonly Token[]): (readonly Token[])[] {
  const [first] = gold;
  const rest = gold.slice(1);
  if (first === undefined || rest.length === 0 || first.value !== null || first.isCode) return [];
  const isName = rest.every(({ isCode, value }) => isCode || value?.kind === 'quantity');
  return isName && question.some(({ text }) => text === first.text) ? [rest] : [];
}

/** "Houston, TX 77002" is Houston. */
function withoutPostcode(gold: readonly Token[]): (readonly Token[])[] {
  const [region, code] = gold.slice(-2);
  if (gold.length < 4 || region === undefined || !isRegion(region.text) || !/^\d{5}$/.test(code?.text ?? ''))
    return [];
  return [gold.slice(0, -1), gold.slice(0, -2)];
}

/** Asked for a number, "88213" is "PO-88213". */
function withoutPrefix(gold: readonly Token[], question: readonly Token[]): (readonly Token[])[] {
  const [token] = gold;
  const digits = /^(?:po|inv|so|rma|no|order|invoice|ticket|case|ref)(\d{3,})$/.exec(token?.text ?? '')?.[1];
  if (
    gold.length !== 1 ||
    token === undefined ||
    digits === undefined ||
    !question.some(({ text }) => text === 'number')
  )
    return [];
  const value = { kind: 'quantity', amount: Number(digits), unit: null, digits, weak: false } as const;
  return [[{ ...token, text: digits, spelledOut: digits, isCode: false, value }]];
}

const LEADS = new Set([
  'because',
  'due',
  'to',
  'of',
  'at',
  'in',
  'on',
  'by',
  'for',
  'with',
  'it',
  'is',
  'its',
  'was',
  'as',
]);

/** "Because of fog" is fog. */
function withoutLead(gold: readonly Token[]): (readonly Token[])[] {
  const start = gold.findIndex(({ text, value }) => value !== null || !LEADS.has(text));
  return start > 0 && gold[start]?.value === null ? [gold.slice(start)] : [];
}

/** Of a sentence, what the question asks for: "100" of "We bought 100 books." */
function essence(gold: readonly Token[], question: readonly Token[]): (readonly Token[])[] {
  if (gold.length < MIN_SENTENCE_TOKENS - 1 || question.length < 3) return [];
  const isSentence = gold.some(
    ({ text, value }, i) =>
      value === null && (AUXILIARIES.has(text) || (i === 0 && /^(?:we|i|he|she|they|it)$/.test(text))),
  );
  if (!isSentence || gold.some(({ text }) => text === 'not')) return [];
  const asked = askedClass(question);
  if (asked !== null) {
    const values = gold.filter(({ value }) => value !== null && asked.test(classOf(value)));
    return values.length > 0 ? [values] : [];
  }
  const stems = new Set(question.map(({ text }) => stem(text)));
  const isNew = ({ text, value }: Token): boolean =>
    value !== null || (!FUNCTION_WORDS.has(text) && !AUXILIARIES.has(text) && !stems.has(stem(text)));
  const indices = gold.flatMap((token, i) => (isNew(token) ? [i] : []));
  const [first, last] = [indices[0], indices.at(-1)];
  if (first === undefined || last === undefined) return [];
  const run = gold.slice(first, last + 1);
  if (question.some(({ text }) => WHO.has(text))) {
    const names = run.filter(({ isCapital }) => isCapital);
    return names.length > 0 && names.length <= 4 ? [names] : [];
  }
  return run.length < gold.length && run.length <= 6 ? [run] : [];
}

/** The kind of value that the question asks for, where its words tell. */
function askedClass(question: readonly Token[]): RegExp | null {
  const text = question.map(({ text: word }) => word).join(' ');
  if (/\bwhat time\b/.test(text)) return /^time/;
  if (/\bwhen\b|\b(?:what|which) (?:date|day)\b/.test(text)) return /^(?:day|month|time)/;
  if (
    /\bhow (?:many|much|long|far|old|big|large|high|tall)\b|\bwhat (?:amount|price|percentage|share|number|sum)\b/.test(
      text,
    )
  ) {
    return /^quantity/;
  }
  return null;
}
