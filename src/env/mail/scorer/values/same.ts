/** Whether two values say the same, and which values compete for one answer. */
import { samePhone } from './amounts';
import { weekdayOfDay } from './calendar';
import { dimensionOf, sameQuantity } from './units';
import type { Day, Value } from './types';

/** Whether a given value says what the gold value says. What only one side tells (year, zone, unit) is not held against it. */
export function sameValue(gold: Value, given: Value): boolean {
  switch (gold.kind) {
    case 'date':
    case 'relative':
      return sameDay(gold, given);
    case 'month':
      return given.kind === 'month' && gold.month === given.month && knows(gold.year, given.year);
    case 'quarter':
      return given.kind === 'quarter' && gold.quarter === given.quarter && knows(gold.year, given.year);
    case 'time':
      return given.kind === 'time' && sameTime(gold, given);
    case 'quantity':
      if (given.kind === 'ordinal') return false;
      return given.kind === 'quantity' && sameQuantity(gold, given);
    case 'ordinal':
      if (given.kind === 'ordinal') return gold.number === given.number;
      return given.kind === 'quantity' && given.unit === null && given.amount === gold.number;
    case 'phone':
      return given.kind === 'phone' && samePhone(gold, given);
    case 'range':
      return given.kind === 'range' && sameValue(gold.from, given.from) && sameValue(gold.to, given.to);
  }
}

const agree = <T>(a: T | null, b: T | null): boolean => a === null || b === null || a === b;
/** A month without its year is any year's. */
const knows = (gold: number | null, given: number | null): boolean => gold === null || gold === given;

function sameTime(gold: Value & { kind: 'time' }, given: Value & { kind: 'time' }): boolean {
  if (!agree(gold.zone, given.zone)) return false;
  if (gold.minutes === given.minutes) return true;
  const differsByHalf = Math.abs(gold.minutes - given.minutes) === 720;
  if (!differsByHalf) return false;
  // "3:30" for half past three in the afternoon; but "12:00" is noon, "9:00" the morning.
  if (gold.minutes % 720 < 60) return false;
  if (given.open) return !gold.open && gold.minutes >= 720;
  return gold.open && gold.minutes < 7 * 60;
}

function sameDay(gold: Value, given: Value): boolean {
  if (gold.kind === 'date' && given.kind === 'date') {
    if (!agree(gold.weekday, given.weekday)) return false;
    return gold.readings.some((a) =>
      given.readings.some(
        (b) => sameCalendarDay(a, b) && fitsWeekday(a.year === null ? b : a, given.weekday),
      ),
    );
  }
  if (gold.kind === 'relative' && given.kind === 'relative') return sameRelative(gold, given);
  const date = gold.kind === 'date' ? gold : given;
  const other = gold.kind === 'date' ? given : gold;
  if (date.kind !== 'date' || other.kind !== 'relative') return false;
  if (other.days.length > 0) {
    return other.days.some((day) => date.readings.some((reading) => sameCalendarDay(reading, day)));
  }
  // "Friday, May 11" is a fuller form of "Friday".
  return other.weekday !== null && gold.kind === 'relative' && date.weekday === other.weekday;
}

type Relative = Value & { kind: 'relative' };

function sameRelative(gold: Relative, given: Relative): boolean {
  if (gold.weekday !== null && gold.weekday === given.weekday) {
    if (gold.shift === given.shift) return true;
    if (gold.days.length === 0)
      return (gold.shift === null || given.shift === null) && gold.shift !== 'last' && given.shift !== 'last';
  }
  if (gold.days.length > 0 && given.days.length > 0) {
    return gold.days.some((a) => given.days.some((b) => sameCalendarDay(a, b)));
  }
  return gold.weekday === null && given.weekday === null && gold.name === given.name;
}

function sameCalendarDay(a: Day, b: Day): boolean {
  return a.month === b.month && a.day === b.day && agree(a.year, b.year);
}

/** A weekday beside a full date must be that date's. */
function fitsWeekday(day: Day, weekday: number | null): boolean {
  return weekday === null || agree(weekdayOfDay(day), weekday);
}

/** Values of one class compete: two of them are two answers. */
export function classOf(value: Value): string {
  switch (value.kind) {
    case 'date':
    case 'relative':
      return 'day';
    case 'month':
    case 'quarter':
      return 'month';
    case 'quantity':
      return `quantity ${/^[A-Z]{3}$/.test(value.unit ?? '') ? 'money' : (dimensionOf(value) ?? '')}`;
    case 'range':
      return classOf(value.from);
    case 'time':
    case 'ordinal':
    case 'phone':
      return value.kind;
  }
}

/** Compares two values without the other's blanks: what a question already says. */
export function isEqual(a: Value, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
