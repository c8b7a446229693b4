/** Dates, times and quantities as written in English text. */

export type Value =
  | { readonly kind: 'date'; readonly year: number | null; readonly month: number; readonly day: number }
  | { readonly kind: 'month'; readonly year: number; readonly month: number }
  | { readonly kind: 'time'; readonly minutes: number; readonly zone: string | null }
  /** Unit: an ISO currency, `%`, or null for a plain number. */
  | { readonly kind: 'quantity'; readonly amount: number; readonly unit: string | null };

/** Whether a given value says what the gold value says. What only one side tells (year, zone, unit) is not held against it. */
export function sameValue(gold: Value, given: Value): boolean {
  switch (gold.kind) {
    case 'date':
      if (given.kind !== 'date' || gold.month !== given.month || gold.day !== given.day) return false;
      return agree(gold.year, given.year);
    case 'month':
      return given.kind === 'month' && gold.month === given.month && gold.year === given.year;
    case 'time':
      return given.kind === 'time' && gold.minutes === given.minutes && agree(gold.zone, given.zone);
    case 'quantity': {
      if (given.kind !== 'quantity' || !agree(gold.unit, given.unit)) return false;
      return Math.abs(gold.amount - given.amount) <= 1e-9 * Math.abs(gold.amount);
    }
  }
}

function agree<T>(a: T | null, b: T | null): boolean {
  return a === null || b === null || a === b;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH =
  '(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|' +
  'oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const WEEKDAY = '(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\\.?,?\\s+)?';
const DAY = '(?<day>\\d{1,2})(?:st|nd|rd|th)?';
const ZONE = '(?:\\s*(?<zone>[ECMP][SD]?T|UTC|GMT|CET|CEST)\\b)?';
const NUMBER = '(?:(?<!\\S)-)?(?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?';
/** A number that goes on, as in `4th` or `12-A`, is part of a code. */
const NUMBER_END = '(?![\\p{L}\\d]|[-_/#][\\p{L}\\d]|[.,]\\d)';
const SCALE = '(?:k|m|bn|b|\\s*(?:thousand|million|billion))';

const UNITS: Readonly<Record<string, string>> = {
  $: 'USD',
  us$: 'USD',
  usd: 'USD',
  dollar: 'USD',
  dollars: 'USD',
  '€': 'EUR',
  eur: 'EUR',
  euro: 'EUR',
  euros: 'EUR',
  '£': 'GBP',
  gbp: 'GBP',
  pound: 'GBP',
  pounds: 'GBP',
  '%': '%',
  percent: '%',
  'per cent': '%',
};

const SCALES: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  million: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
};

type Groups = Readonly<Record<string, string | undefined>>;
type Reader = readonly [pattern: RegExp, read: (groups: Groups, text: string) => Value | null];

const sticky = (source: string): RegExp => new RegExp(source, 'yiu');

/** Tried in order; the first that reads a value wins. */
const READERS: readonly Reader[] = [
  [sticky(`${WEEKDAY}(?<year>\\d{4})-(?<monthNumber>\\d{1,2})-(?<day>\\d{1,2})(?![\\d-])`), readDate],
  [
    sticky(
      `${WEEKDAY}${MONTH}\\s+${DAY}(?:\\s*,?\\s+(?<year>\\d{4})|,(?<yearTight>\\d{4}))?(?![\\w:]|,\\d|-\\d)`,
    ),
    readDate,
  ],
  [
    sticky(`${WEEKDAY}${DAY}(?:\\s+of\\s+|\\s+|-)${MONTH}(?:(?:,?\\s+|-)(?<year>\\d{4}))?(?![\\w:])`),
    readDate,
  ],
  [sticky('(?<monthNumber>\\d{1,2})/(?<day>\\d{1,2})/(?<year>\\d{4}|\\d{2})(?![\\w/])'), readDate],
  [sticky('(?<day>\\d{1,2})\\.(?<monthNumber>\\d{1,2})\\.(?<year>\\d{4})(?![\\w.])'), readDate],
  [sticky(`${MONTH},?\\s+(?<year>\\d{4})(?!\\w)`), readMonth],
  [
    sticky(`T?(?<hour>\\d{1,2})(?::(?<minute>[0-5]\\d)(?::[0-5]\\d)?)?\\s*(?<half>[ap])\\.?m\\b\\.?${ZONE}`),
    readTime,
  ],
  [sticky(`T?(?<hour>\\d{1,2}):(?<minute>[0-5]\\d)(?::[0-5]\\d)?(?![\\w:])${ZONE}`), readTime],
  [sticky(`(?<word>noon|midnight)\\b${ZONE}`), readTime],
  [
    sticky(
      `(?<unit>US\\$|USD|EUR|GBP|[$€£])\\s*(?<number>${NUMBER})(?<scale>${SCALE}(?!\\w))?${NUMBER_END}(?:\\s*(?:USD|EUR|GBP|dollars|euros|pounds)\\b)?`,
    ),
    readQuantity,
  ],
  [
    sticky(
      `(?<number>${NUMBER})(?<scale>${SCALE}(?!\\w))?\\s*(?<unit>%|€|£|(?:per\\s?cent|dollars?|usd|euros?|eur|pounds?|gbp)\\b)`,
    ),
    readQuantity,
  ],
  [sticky(`(?<number>${NUMBER})(?<scale>${SCALE}(?!\\w))?${NUMBER_END}`), readQuantity],
];

/** The value that starts at `start`, which must not lie inside a word. */
export function valueAt(text: string, start: number): { readonly value: Value; readonly end: number } | null {
  for (const [pattern, read] of READERS) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    const value = match === null ? null : read(match.groups ?? {}, match[0]);
    if (value !== null) return { value, end: pattern.lastIndex };
  }
  return null;
}

function monthNumber(groups: Groups): number {
  const name = groups['month']?.slice(0, 3).toLowerCase();
  return name === undefined ? Number(groups['monthNumber']) : MONTHS.indexOf(name) + 1;
}

function readDate(groups: Groups): Value | null {
  const month = monthNumber(groups);
  const day = Number(groups['day']);
  const year = groups['year'] ?? groups['yearTight'];
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  return { kind: 'date', year: year === undefined ? null : fullYear(year), month, day };
}

function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

function readMonth(groups: Groups): Value {
  return { kind: 'month', year: Number(groups['year']), month: monthNumber(groups) };
}

function readTime(groups: Groups): Value | null {
  const zone = groups['zone']?.toUpperCase() ?? null;
  const word = groups['word']?.toLowerCase();
  if (word !== undefined) return { kind: 'time', minutes: word === 'noon' ? 720 : 0, zone };
  const hour = Number(groups['hour']);
  const minute = Number(groups['minute'] ?? 0);
  const half = groups['half']?.toLowerCase();
  if (half === undefined) return hour > 23 ? null : { kind: 'time', minutes: 60 * hour + minute, zone };
  if (hour < 1 || hour > 12) return null;
  return { kind: 'time', minutes: 60 * ((hour % 12) + (half === 'p' ? 12 : 0)) + minute, zone };
}

function readQuantity(groups: Groups): Value {
  const scale = SCALES[groups['scale']?.trim().toLowerCase() ?? ''] ?? 1;
  const unit = UNITS[groups['unit']?.toLowerCase().replace(/\s+/g, ' ') ?? ''] ?? null;
  return { kind: 'quantity', amount: Number((groups['number'] ?? '').replace(/,/g, '')) * scale, unit };
}

const SMALL_NUMBERS = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
  'eighteen nineteen twenty'
).split(' ');
const TENS = 'thirty forty fifty sixty seventy eighty ninety hundred'.split(' ');

/** Value of a number word up to a hundred; null for other words. */
export function numberWord(word: string): Value | null {
  const small = SMALL_NUMBERS.indexOf(word);
  const amount = small >= 0 ? small : TENS.includes(word) ? 10 * (TENS.indexOf(word) + 3) : null;
  return amount === null ? null : { kind: 'quantity', amount, unit: null };
}
