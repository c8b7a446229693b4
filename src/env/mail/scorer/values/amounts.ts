/** Numbers with units, sums of money and numbers to call, as written. */
import { ordinalOf, readNumberWords } from './number-words';
import type { FoundValue, Quantity, Value } from './types';
import { CURRENCY_BEFORE, UNIT_AFTER, unitKey } from './units';

const DIGITS =
  '(?:\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d{1,3}(?:\\.\\d{3})+,\\d{1,2}|\\d+,\\d{1,2}(?![\\d,]|\\s*\\d)|\\d+(?:\\.\\d+)?|\\.\\d+)';
const SIGN = '(?:(?<![^\\s(])[-+]|minus\\s+|negative\\s+)?';
const SCALE =
  '(?:(?:k|mm|mn|m|bn|b|mil)(?![\\p{L}\\d])|\\s*(?:thousand|million|billion|mn|mm|bn|mil|grand|trillion)(?!\\w))\\.?';
/** A number that goes on, as in `4th` or `12-A`, is part of a code. */
const NUMBER_END = '(?![\\p{L}\\d]|[-_/#][\\p{L}\\d]|[.,:]\\d)';

const SCALES: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  grand: 1e3,
  m: 1e6,
  mm: 1e6,
  mn: 1e6,
  mil: 1e6,
  million: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
  trillion: 1e12,
};

const sticky = (source: string): RegExp => new RegExp(source, 'yiu');
const BEFORE = sticky(
  `(?<sign>${SIGN})(?<unit>${CURRENCY_BEFORE})\\s*(?<minus>-)?(?<number>${DIGITS})(?<scale>${SCALE})?(?:\\.-|\\.(?!\\d))?(?![\\p{L}\\d])(?:\\s*(?:USD|EUR|GBP|US dollars|dollars|euros|pounds)\\b)?`,
);
const PLAIN = sticky(`(?<sign>${SIGN})(?<number>${DIGITS})(?<scale>${SCALE})?`);
const SHORT_YEAR = /(?<![^\s(])'(?<year>\d{2})(?![\p{L}\d'])/uy;
const END = sticky(NUMBER_END);
const ORDINAL = /(?<number>\d+)(?:st|nd|rd|th)(?![\p{L}\d])/iuy;
const WORD = /\p{L}+(?:-\p{L}+)*/uy;
const HALF_OF = /half\s+an?\s+|half\s+(?=hour)|(?:a\s+)?quarter\s+of\s+an?\s+/iuy;
const AND_HALF = /\s+and\s+a\s+half\b/iuy;
const SINGLE = /(?:an?|one)\s+(?=(?:second|minute|hour|day|week|fortnight|month|year)\b)/iuy;
const SHARE =
  /(?<![\p{L}\d])(?:half|one[- ]half|a half|(?:a|one)[- ](?:third|quarter)|two[- ]thirds|three[- ]quarters)(?![\p{L}\d])/iuy;
const PHONE =
  /(?<!\w)(?:(?:\+|00)\d{1,3}[\s.-]?)?(?:1[\s.-])?(?:\(\d{2,4}\)\s?|\(\d{2,4}\)[-.]?|\d{2,5}[\s.-])\d{3,4}(?:[\s.-]?\d{2,4}){0,3}(?!\w)(?:,?\s*(?:x|ext\.?|extension)\s*(?<extension>\d{1,6})\b)?/iuy;
const SHORT_PHONE =
  /(?<!\w)(?:\+?\d{10,13}|\d{3}[-.]\d{4})(?![\w-])(?:,?\s*(?:x|ext\.?|extension)\s*(?<extension>\d{1,6})\b)?/iuy;

/** @param isTelephone whether long numbers are to be called: the question asks for one */
export function readPhone(text: string, start: number, isTelephone: boolean): FoundValue | null {
  for (const pattern of [PHONE, SHORT_PHONE]) {
    pattern.lastIndex = start;
    const found = pattern.exec(text);
    if (found === null) continue;
    const written = found[0].replace(/(?:x|ext).*$/i, '');
    const digits = written.replace(/\D/g, '');
    if (digits.length < 7 || digits.length > 15) continue;
    const isUsual =
      /^\W*(?:(?:\+?1|001)[\s.-]?)?\(?\d{3}\)?[\s./-]?\d{3}[-. ]\d{4}\s*,?\s*$|^\s*\+\d|^\d{3}-\d{4}$/.test(
        written,
      );
    if (!isUsual && !isTelephone) continue;
    return {
      value: { kind: 'phone', digits: nationalDigits(written), extension: found.groups?.['extension'] ?? '' },
      end: pattern.lastIndex,
    };
  }
  return null;
}

function nationalDigits(written: string): string {
  const digits = written
    .trim()
    .replace(/^00/, '+')
    .replace(/\(0\)/, '')
    .replace(/[^\d+]/g, '');
  if (digits.startsWith('+1') && digits.length === 12) return digits.slice(2);
  if (/^1\d{10}$/.test(digits)) return digits.slice(1);
  return digits;
}

/** `020 7946 0958` is `+44 20 7946 0958`. */
export function samePhone(gold: Value & { kind: 'phone' }, given: Value & { kind: 'phone' }): boolean {
  const [a, b] = [gold.digits, given.digits];
  const international = a.startsWith('+') ? a : b.startsWith('+') ? b : null;
  const national = (international === a ? b : a).replace(/^0/, '');
  const same =
    a.replace('+', '') === b.replace('+', '') ||
    (international !== null &&
      international !== (international === a ? b : a) &&
      national.length >= 7 &&
      international.endsWith(national) &&
      international.length - 1 - national.length <= 3);
  return same && (gold.extension === given.extension || gold.extension === '');
}

function quantity(
  amount: number,
  unit: string | null,
  digits: string,
  more: Partial<Quantity> = {},
): Quantity {
  return { kind: 'quantity', amount, unit, digits, weak: false, ...more };
}

/** Thousands by comma or point, decimals by the other. */
function numberOf(written: string): number {
  if (/^\d{1,3}(?:\.\d{3})+,\d{1,2}$/.test(written))
    return Number(written.replace(/\./g, '').replace(',', '.'));
  if (/^\d+,\d{1,2}$/.test(written)) return Number(written.replace(',', '.'));
  return Number(written.replace(/,/g, ''));
}

export function readAmount(text: string, start: number): FoundValue | null {
  return readMoney(text, start) ?? readNumber(text, start) ?? readWords(text, start);
}

function readMoney(text: string, start: number): FoundValue | null {
  BEFORE.lastIndex = start;
  const groups = BEFORE.exec(text)?.groups;
  if (groups === undefined) return null;
  const sign = /-|minus|negative/i.test(`${groups['sign'] ?? ''}${groups['minus'] ?? ''}`) ? -1 : 1;
  const written = groups['number'] ?? '';
  const european = /^\d{1,3}(?:\.\d{3})+$/.test(written);
  const amount = sign * numberOf(european ? written.replace(/\./g, '') : written) * scaleOf(groups['scale']);
  return { value: quantity(amount, unitKey(groups['unit'] ?? ''), written), end: BEFORE.lastIndex };
}

function scaleOf(written: string | undefined): number {
  return SCALES[written?.trim().replace(/\.$/, '').toLowerCase() ?? ''] ?? 1;
}

function readNumber(text: string, start: number): FoundValue | null {
  ORDINAL.lastIndex = start;
  const ordinal = ORDINAL.exec(text)?.groups?.['number'];
  if (ordinal !== undefined)
    return { value: { kind: 'ordinal', number: Number(ordinal) }, end: ORDINAL.lastIndex };
  SHORT_YEAR.lastIndex = start;
  const short = SHORT_YEAR.exec(text)?.groups?.['year'];
  if (short !== undefined) {
    const year = (Number(short) < 70 ? 2000 : 1900) + Number(short);
    return { value: quantity(year, null, String(year)), end: SHORT_YEAR.lastIndex };
  }
  PLAIN.lastIndex = start;
  const groups = PLAIN.exec(text)?.groups;
  if (groups === undefined) return null;
  const written = groups['number'] ?? '';
  const plain = (/-|minus|negative/i.test(groups['sign'] ?? '') ? -1 : 1) * numberOf(written);
  const scale = groups['scale'];
  const end = PLAIN.lastIndex;
  const bare = end - (scale?.length ?? 0);
  // `12m` is twelve metres, or twelve million of something.
  const unscaled =
    scale === undefined || /^(?:m|b)$/i.test(scale)
      ? withUnit(text, bare, quantity(plain, null, written))
      : null;
  const scaled =
    scale === undefined ? null : withUnit(text, end, quantity(plain * scaleOf(scale), null, written));
  if (/grand/i.test(scale ?? '')) {
    return { value: quantity(plain * 1e3, 'USD', written), end };
  }
  if (scaled !== null) {
    const first = scaled.value as Quantity;
    const other = unscaled?.value as Quantity | undefined;
    const reading = other?.unit == null || unscaled?.end !== scaled.end ? first : { ...first, other };
    if (first.unit !== null || isEnd(text, scaled.end)) return { value: reading, end: scaled.end };
  }
  const found = unscaled ?? withUnit(text, bare, quantity(plain, null, written));
  if ((found.value as Quantity).unit !== null) return found;
  // What is joined to the number makes it a code.
  return isEnd(text, bare) ? { ...found, end: bare } : null;
}

function isEnd(text: string, end: number): boolean {
  END.lastIndex = end;
  return END.test(text);
}

function withUnit(text: string, end: number, plain: Quantity): FoundValue {
  UNIT_AFTER.lastIndex = end;
  const found = UNIT_AFTER.exec(text);
  const written = found?.groups?.['unit'];
  if (found === null || written === undefined) return { value: plain, end };
  // "5 m", "3 h" and "90 d" are units; "7 s" after a comma or "5 t" in words are not.
  if (/^[st]$/i.test(written) && found[0].length > 1) return { value: plain, end };
  const key = unitKey(written);
  const european = /^\d{1,3}(?:\.\d{3})+$/.test(plain.digits);
  const other = european ? quantity(numberOf(plain.digits.replace(/\./g, '')), key, plain.digits) : undefined;
  const value = { ...plain, unit: key, ...(other === undefined ? {} : { other }) };
  AND_HALF.lastIndex = UNIT_AFTER.lastIndex;
  const half = AND_HALF.test(text);
  return half
    ? { value: { ...value, amount: value.amount + 0.5 }, end: AND_HALF.lastIndex }
    : { value, end: UNIT_AFTER.lastIndex };
}

const SHARES: readonly (readonly [RegExp, number])[] = [
  [/two/i, 2 / 3],
  [/three/i, 0.75],
  [/third/i, 1 / 3],
  [/quarter/i, 0.25],
  [/half/i, 0.5],
];

function readWords(text: string, start: number): FoundValue | null {
  const before = text[start - 1];
  if (before !== undefined && /[\p{L}\d]/u.test(before)) return null;
  HALF_OF.lastIndex = start;
  const part = HALF_OF.exec(text);
  if (part !== null) {
    const found = withUnit(text, HALF_OF.lastIndex, quantity(/half/i.test(part[0]) ? 0.5 : 0.25, null, ''));
    if ((found.value as Quantity).unit !== null) return found;
  }
  SINGLE.lastIndex = start;
  if (SINGLE.test(text)) return withUnit(text, SINGLE.lastIndex - 1, quantity(1, null, ''));
  SHARE.lastIndex = start;
  const share = SHARE.exec(text);
  if (share !== null) {
    const amount = SHARES.find(([pattern]) => pattern.test(share[0]))?.[1] ?? 0;
    return { value: quantity(amount, null, '.', { weak: true }), end: SHARE.lastIndex };
  }
  const sign = /(?:minus|negative)\s+/iy;
  sign.lastIndex = start;
  const isNegative = sign.test(text);
  const words = readNumberWords(text, isNegative ? sign.lastIndex : start);
  if (words !== null && !isOrdinalAt(text, start)) {
    const isOne = words.words === 1 && words.amount === 1;
    const plain = quantity((isNegative ? -1 : 1) * words.amount, null, '', { weak: isOne });
    const scale = new RegExp(SCALE, 'yiu');
    scale.lastIndex = words.end;
    const scaled = scale.exec(text);
    const end = scaled === null ? words.end : scale.lastIndex;
    const found = withUnit(text, end, { ...plain, amount: plain.amount * scaleOf(scaled?.[0]) });
    const isUnit = (found.value as Quantity).unit !== null;
    return isUnit ? { ...found, value: { ...found.value, weak: false } as Quantity } : found;
  }
  WORD.lastIndex = start;
  const number = ordinalOf(WORD.exec(text)?.[0]?.toLowerCase() ?? '');
  return number === null ? null : { value: { kind: 'ordinal', number }, end: WORD.lastIndex };
}

/** "twenty-first" begins like "twenty". */
function isOrdinalAt(text: string, start: number): boolean {
  WORD.lastIndex = start;
  return ordinalOf(WORD.exec(text)?.[0]?.toLowerCase() ?? '') !== null;
}
