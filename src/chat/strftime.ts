/** Python's strftime in the C locale, for templates that write the date; of a fixed day, so that runs repeat. */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
] as const;
const MS_PER_DAY = 86_400_000;

const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

/** @param date read in UTC; directives that Python does not know stay as they are */
export function strftime(date: Date, format: string): string {
  return format.replace(/%([-#]?)([a-zA-Z%])/g, (whole, flag: string, directive: string) => {
    const text = DIRECTIVES[directive]?.(date) ?? whole;
    return flag === '' || text === whole ? text : text.replace(/^[0 ]+(?=.)/, '');
  });
}

/** Days since the first of January. */
function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / MS_PER_DAY);
}

/** Weeks that begin on `first` (0: Sunday); days before the first such day are in week 0. */
function weekOfYear(date: Date, first: number): number {
  return Math.floor((dayOfYear(date) + 7 - ((date.getUTCDay() + 7 - first) % 7)) / 7);
}

const DIRECTIVES: Readonly<Record<string, (date: Date) => string>> = {
  Y: (d) => String(d.getUTCFullYear()),
  y: (d) => pad(d.getUTCFullYear() % 100),
  m: (d) => pad(d.getUTCMonth() + 1),
  d: (d) => pad(d.getUTCDate()),
  e: (d) => String(d.getUTCDate()).padStart(2),
  B: (d) => MONTHS[d.getUTCMonth()] ?? '',
  b: (d) => (MONTHS[d.getUTCMonth()] ?? '').slice(0, 3),
  h: (d) => (MONTHS[d.getUTCMonth()] ?? '').slice(0, 3),
  A: (d) => DAYS[d.getUTCDay()] ?? '',
  a: (d) => (DAYS[d.getUTCDay()] ?? '').slice(0, 3),
  w: (d) => String(d.getUTCDay()),
  u: (d) => String(d.getUTCDay() || 7),
  j: (d) => pad(dayOfYear(d) + 1, 3),
  U: (d) => pad(weekOfYear(d, 0)),
  W: (d) => pad(weekOfYear(d, 1)),
  H: (d) => pad(d.getUTCHours()),
  I: (d) => pad(d.getUTCHours() % 12 || 12),
  M: (d) => pad(d.getUTCMinutes()),
  S: (d) => pad(d.getUTCSeconds()),
  f: (d) => pad(d.getUTCMilliseconds() * 1000, 6),
  p: (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM'),
  Z: () => 'UTC',
  z: () => '+0000',
  s: (d) => String(Math.floor(d.getTime() / 1000)),
  F: (d) => strftime(d, '%Y-%m-%d'),
  T: (d) => strftime(d, '%H:%M:%S'),
  R: (d) => strftime(d, '%H:%M'),
  D: (d) => strftime(d, '%m/%d/%y'),
  x: (d) => strftime(d, '%m/%d/%y'),
  X: (d) => strftime(d, '%H:%M:%S'),
  c: (d) => strftime(d, '%a %b %e %H:%M:%S %Y'),
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
};
