/** Dates, months and quarters as written, and days that are said from another day. */
import type { Day, FoundValue, Shift, Value } from './types';

const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH =
  '(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|' +
  'oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\b\\.?';
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FULL_WEEKDAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
const WEEKDAY_NAME = '(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)';
const WEEKDAY = `(?:(?<weekday>${WEEKDAY_NAME})\\b\\.?,?\\s+(?:the\\s+)?)?`;
const DAY = '(?<day>\\d{1,2})(?:st|nd|rd|th)?';
const YEAR = "(?<year>\\d{4}|'\\d{2})";

type Groups = Readonly<Record<string, string | undefined>>;
const sticky = (source: string, flags = 'yiu'): RegExp => new RegExp(source, flags);

type Reader = readonly [RegExp, (groups: Groups, anchor: Day | null) => Value | null];

const READERS: readonly Reader[] = [
  [sticky(`${WEEKDAY}(?<year>\\d{4})-(?<monthNumber>\\d{1,2})-(?<day>\\d{1,2})(?![\\d-])`), readDate],
  [sticky('(?<year>\\d{4})([/.])(?<monthNumber>\\d{1,2})\\2(?<day>\\d{1,2})(?![\\d/])'), readDate],
  [
    sticky(
      `${WEEKDAY}${MONTH}\\s+(?:the\\s+)?${DAY}(?:\\s*,?\\s+(?:of\\s+)?${YEAR}|,(?<yearTight>\\d{4}))?(?![\\w:]|,\\d|-\\d|\\.\\d)`,
    ),
    readDate,
  ],
  [sticky(`${MONTH}-(?<day>\\d{1,2})(?:-(?<year>\\d{4}|\\d{2}))?(?![\\w-])`), readDate],
  [
    sticky(
      `${WEEKDAY}${DAY}(?:\\s+(?:day\\s+)?of\\s+|\\s+|-)${MONTH}(?:(?:,?\\s+(?:of\\s+)?|-)${YEAR}|-(?<yearTight>\\d{2})(?!\\d))?(?![\\w:])`,
    ),
    readDate,
  ],
  [sticky(`${WEEKDAY}(?<first>\\d{1,2})/(?<second>\\d{1,2})/(?<year>\\d{4}|\\d{2})(?![\\w/])`), readSlashes],
  [sticky(`${WEEKDAY}(?<first>\\d{1,2})-(?<second>\\d{1,2})-(?<year>\\d{4}|\\d{2})(?![\\w-])`), readSlashes],
  [
    sticky('(?<day>\\d{1,2})\\.\\s?(?<monthNumber>\\d{1,2})\\.\\s?(?<year>\\d{4}|\\d{2})(?![\\w.])'),
    readDate,
  ],
  [sticky(`${MONTH},?\\s+(?:of\\s+)?(?<year>\\d{4}|'\\d{2})(?!\\w)`), readMonth],
  [sticky(`${MONTH}-(?<year>\\d{4}|\\d{2})(?![\\w-])`), readMonth],
  [sticky('(?<monthNumber>0?[1-9]|1[0-2])/(?<year>(?:19|20)\\d{2})(?![\\w/])'), readMonth],
  [sticky('(?<year>(?:19|20)\\d{2})-(?<monthNumber>0[1-9]|1[0-2])(?![\\w-])'), readMonth],
  [
    sticky(
      "(?:Q(?<quarter>[1-4])|(?<quarter2>[1-4])Q)(?:[\\s,/-]*(?:of\\s+)?(?:FY\\s?)?(?<year>\\d{4}|'?\\d{2}))?(?!\\w)",
    ),
    readQuarter,
  ],
  [
    sticky(
      "(?<word>first|second|third|fourth|1st|2nd|3rd|4th)\\s+quarter(?:,?\\s+(?:of\\s+)?(?<year>\\d{4}|'\\d{2}))?(?!\\w)",
    ),
    readQuarter,
  ],
  [
    sticky(
      `(?:the\\s+)?(?<word>day after tomorrow|day before yesterday|today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening))(?:\\s+(?:morning|afternoon|evening|night))?(?!\\w)`,
    ),
    readOffset,
  ],
  [
    sticky(
      `(?:(?:on\\s+)?(?<shift>next|last|past|this coming|coming|this|upcoming|following)\\s+)?(?<weekday>${FULL_WEEKDAY})s?(?:\\s+(?<after>next|this)\\s+week)?(?!\\w)`,
    ),
    readWeekday,
  ],
  [sticky('(?<weekday>(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\\b)\\.?(?!\\w)', 'yu'), readWeekday],
  [
    sticky(
      '(?<month>January|February|March|April|May|June|July|August|September|October|November|December)(?!\\w)',
      'yu',
    ),
    readMonth,
  ],
];

export function readCalendar(text: string, start: number, anchor: Day | null): FoundValue | null {
  for (const [pattern, read] of READERS) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    const value = match === null ? null : read(match.groups ?? {}, anchor);
    if (value !== null) return { value, end: pattern.lastIndex };
  }
  return null;
}

function monthOf(groups: Groups): number {
  const name = groups['month']?.slice(0, 3).toLowerCase();
  return name === undefined ? Number(groups['monthNumber']) : MONTH_NAMES.indexOf(name) + 1;
}

/** 1 to 12 for `sept`; null for other words. */
export function monthNamed(word: string): number | null {
  const found = new RegExp(`^(?:${MONTH})$`, 'iu').test(word);
  return found ? monthOf({ month: word }) : null;
}

function weekdayOf(name: string | undefined): number | null {
  return name === undefined ? null : DAY_NAMES.indexOf(name.slice(0, 3).toLowerCase());
}

function fullYear(written: string): number {
  const year = Number(written.replace("'", ''));
  if (written.replace("'", '').length > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

const yearOf = (groups: Groups): number | null => {
  const written = groups['year'] ?? groups['yearTight'];
  return written === undefined ? null : fullYear(written);
};

const isDay = ({ month, day }: Day): boolean => month >= 1 && month <= 12 && day >= 1 && day <= 31;

function readDate(groups: Groups): Value | null {
  const day = { year: yearOf(groups), month: monthOf(groups), day: Number(groups['day']) };
  return isDay(day) ? { kind: 'date', readings: [day], weekday: weekdayOf(groups['weekday']) } : null;
}

/** Month first, as the mails of this corpus have it; then day first. */
function readSlashes(groups: Groups): Value | null {
  const [first, second, year] = [Number(groups['first']), Number(groups['second']), yearOf(groups)];
  const readings = [
    { year, month: first, day: second },
    ...(first === second ? [] : [{ year, month: second, day: first }]),
  ].filter(isDay);
  return readings.length === 0 ? null : { kind: 'date', readings, weekday: weekdayOf(groups['weekday']) };
}

/** `3/10` beside a date; null when it is none. */
export function dayOfFraction(text: string): Value | null {
  const found = /^(\d{1,2})[/.](\d{1,2})\.?$/.exec(text);
  return found === null ? null : readSlashes({ first: found[1], second: found[2] });
}

function readMonth(groups: Groups): Value {
  return { kind: 'month', year: yearOf(groups), month: monthOf(groups) };
}

const QUARTERS: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4 };

function readQuarter(groups: Groups): Value {
  const written = groups['quarter'] ?? groups['quarter2'] ?? groups['word'] ?? '';
  return {
    kind: 'quarter',
    year: yearOf(groups),
    quarter: QUARTERS[written.toLowerCase()] ?? parseInt(written, 10),
  };
}

const OFFSETS: Readonly<Record<string, number>> = {
  'day after tomorrow': 2,
  'day before yesterday': -2,
  tomorrow: 1,
  yesterday: -1,
};

function plusDays({ year, month, day }: Day, days: number): Day {
  const date = new Date(Date.UTC(year ?? 2000, month - 1, day + days));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** So many days, weeks, months or years from a day; null for other units. */
export function daysFrom(anchor: Day, amount: number, unit: string): Day | null {
  const days: Readonly<Record<string, number>> = { day: 1, week: 7, fortnight: 14 };
  const each = days[unit];
  if (each !== undefined) return plusDays(anchor, Math.round(amount * each));
  if (unit !== 'month' && unit !== 'year') return null;
  const months = anchor.month - 1 + Math.round(amount * (unit === 'year' ? 12 : 1));
  return plusDays({ year: anchor.year, month: 1 + months, day: anchor.day }, 0);
}

/** "The 11th" is in this month or the next. */
export function daysOfNumber({ year, month }: Day, day: number): Day[] {
  return [plusDays({ year, month, day }, 0), plusDays({ year, month: month + 1, day }, 0)].filter(
    (found) => found.day === day,
  );
}

export function weekdayOfDay({ year, month, day }: Day): number | null {
  return year === null ? null : new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

function readOffset(groups: Groups, anchor: Day | null): Value {
  const name = groups['word']?.toLowerCase() ?? '';
  const offset = OFFSETS[name] ?? 0;
  return {
    kind: 'relative',
    name: String(offset),
    weekday: null,
    shift: null,
    days: anchor === null ? [] : [plusDays(anchor, offset)],
  };
}

/** "Friday" is the coming one, today included; "next Friday" that one or the one after, as people disagree. */
function readWeekday(groups: Groups, anchor: Day | null): Value | null {
  const weekday = weekdayOf(groups['weekday']);
  if (weekday === null) return null;
  const written = groups['shift']?.toLowerCase();
  const shift: Shift | null =
    written === undefined
      ? ((groups['after']?.toLowerCase() as Shift | undefined) ?? null)
      : /last|past/.test(written)
        ? 'last'
        : /next|following/.test(written)
          ? 'next'
          : 'this';
  return {
    kind: 'relative',
    name: 'weekday',
    weekday,
    shift,
    days: weekdays(weekday, shift, anchor, groups['after'] !== undefined),
  };
}

function weekdays(weekday: number, shift: Shift | null, anchor: Day | null, isWeek: boolean): Day[] {
  const today = anchor === null ? null : weekdayOfDay(anchor);
  if (anchor === null || today === null) return [];
  const ahead = (weekday - today + 7) % 7;
  const coming = plusDays(anchor, ahead);
  switch (shift) {
    case null:
      return ahead === 0 ? [coming, plusDays(coming, 7)] : [coming];
    case 'this':
      return [coming, plusDays(coming, ahead === 0 ? 7 : 0)];
    case 'next': {
      // Weeks begin on Monday.
      const nextWeek = plusDays(anchor, ((8 - today) % 7 || 7) + ((weekday + 6) % 7));
      if (isWeek) return [nextWeek];
      return [ahead === 0 ? plusDays(coming, 7) : coming, nextWeek];
    }
    case 'last': {
      const before = plusDays(coming, -7);
      const lastWeek = plusDays(anchor, -((today + 6) % 7) - 7 + ((weekday + 6) % 7));
      return [before, lastWeek];
    }
  }
}
