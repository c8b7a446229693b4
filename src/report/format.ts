/** Numbers and times as people read them, in one language. Pure. */

const MINUS = '\u2212';
/** Shown where there is no value. */
export const NONE = '–';

/** How a language writes what Intl does not know of its locale; digits and separators come from there. */
export interface FormatWords {
  /** Tag of the locale, as Intl takes it. */
  readonly locale: string;
  /** @param number of percent, as digits */
  readonly percent: (number: string) => string;
  readonly seconds: (seconds: string) => string;
  /** @param seconds of two digits */
  readonly minutes: (minutes: string, seconds: string) => string;
  /** @param minutes of two digits */
  readonly hours: (hours: string, minutes: string) => string;
  readonly left: {
    readonly unknown: string;
    readonly fewSeconds: string;
    readonly seconds: (seconds: string) => string;
    readonly minutes: (minutes: string) => string;
    readonly longer: (duration: string) => string;
  };
  /** A token without characters. */
  readonly emptyToken: string;
}

type Maybe = number | null | undefined;

export interface Formats {
  /** About three significant digits, a true minus sign, no exponent for everyday sizes. */
  readonly number: (value: Maybe, digits?: number) => string;
  /** Labels of an axis: as few digits as tell them apart, no trailing zeros. */
  readonly tick: (value: number) => string;
  /** A number with its sign always written. */
  readonly signed: (value: Maybe, digits?: number) => string;
  /** A number with so many digits behind the point, and a true minus sign. */
  readonly fixed: (value: number, digits: number) => string;
  /** A share in [0, 1] as a percentage. */
  readonly percent: (share: Maybe, digits?: number) => string;
  readonly integer: (value: number) => string;
  readonly bytes: (value: number) => string;
  /** Seconds as a number: "12.3 s". */
  readonly seconds: (value: number) => string;
  /** Seconds as "42 s", "3 min 05 s", "1 h 12 min". */
  readonly duration: (seconds: number) => string;
  /** Remaining time, rounded to what an estimate can promise. */
  readonly remaining: (seconds: number | null) => string;
  /** The day alone. */
  readonly date: (date: Date) => string;
  /** A day with its time, to the minute. */
  readonly moment: (date: Date) => string;
  readonly list: (items: readonly string[]) => string;
  /** A token with its invisible characters made visible, for captions. */
  readonly visibleToken: (text: string) => string;
}

export function formatsOf(words: FormatWords): Formats {
  const { locale } = words;
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const point = new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal');
  const isMissing = (value: Maybe): value is null | undefined =>
    value === null || value === undefined || Number.isNaN(value);
  const local = (digits: string): string => digits.replace('.', point?.value ?? '.');

  const plain = (value: Maybe, digits: number): string => {
    if (isMissing(value)) return NONE;
    if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
    const size = Math.abs(value);
    let text: string;
    if (size === 0) text = '0';
    else if (size < 1e-4) text = size.toExponential(1);
    else if (size >= 1e5) text = whole.format(size);
    else if (size >= 10 ** (digits - 1)) text = Math.round(size).toString();
    else text = size.toPrecision(digits);
    return value < 0 ? MINUS + text : text;
  };
  const number: Formats['number'] = (value, digits = 3) => {
    const text = plain(value, digits);
    return typeof value === 'number' && Math.abs(value) >= 1e5 ? text : local(text);
  };
  const tick: Formats['tick'] = (value) => {
    const text = plain(Number(value.toPrecision(6)), 6)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '');
    return Math.abs(value) >= 1e5 ? text : local(text);
  };
  const fixed: Formats['fixed'] = (value, digits) => {
    const text = local(Math.abs(value).toFixed(digits));
    return value < 0 && Number(Math.abs(value).toFixed(digits)) !== 0 ? MINUS + text : text;
  };
  const signed: Formats['signed'] = (value, digits = 2) => {
    if (isMissing(value)) return NONE;
    const text = fixed(value, digits);
    return value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
  };
  const percent: Formats['percent'] = (share, digits = 0) =>
    isMissing(share) ? NONE : words.percent(local((share * 100).toFixed(digits)));
  const integer: Formats['integer'] = (value) => whole.format(Math.round(value));
  const two = (value: number): string => String(value).padStart(2, '0');
  const duration: Formats['duration'] = (seconds) => {
    if (!Number.isFinite(seconds)) return NONE;
    const total = Math.max(0, Math.round(seconds));
    if (total < 60) return words.seconds(String(total));
    const minutes = Math.floor(total / 60);
    if (minutes < 60) return words.minutes(String(minutes), two(total % 60));
    return words.hours(String(Math.floor(minutes / 60)), two(minutes % 60));
  };
  return {
    ...{ number, tick, fixed, signed, percent, integer, duration },
    seconds: (value) => words.seconds(number(value)),
    bytes: (value) => {
      const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
      let size = value;
      let unit = 0;
      while (size >= 1024 && unit < units.length - 1) {
        size /= 1024;
        unit++;
      }
      const text = unit === 0 || size >= 100 ? Math.round(size).toString() : local(size.toFixed(1));
      return `${text} ${units[unit]}`;
    },
    remaining: (seconds) => {
      const { left } = words;
      if (seconds === null || !Number.isFinite(seconds)) return left.unknown;
      if (seconds < 10) return left.fewSeconds;
      if (seconds < 60) return left.seconds(String(Math.ceil(seconds / 10) * 10));
      if (seconds < 3600) return left.minutes(String(Math.ceil(seconds / 60)));
      return left.longer(duration(Math.ceil(seconds / 300) * 300));
    },
    date: (date) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(date),
    moment: (date) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(date),
    list: (items) => new Intl.ListFormat(locale, { style: 'narrow' }).format(items),
    visibleToken: (text) =>
      text === ''
        ? words.emptyToken
        : text.replaceAll('\n', '⏎').replaceAll('\t', '⇥').replaceAll('\r', '␍').replaceAll(' ', '␣'),
  };
}

export const ENGLISH: FormatWords = {
  locale: 'en-GB',
  percent: (number) => `${number} %`,
  seconds: (seconds) => `${seconds} s`,
  minutes: (minutes, seconds) => `${minutes} min ${seconds} s`,
  hours: (hours, minutes) => `${hours} h ${minutes} min`,
  left: {
    unknown: 'estimating time left',
    fewSeconds: 'a few seconds left',
    seconds: (seconds) => `about ${seconds} s left`,
    minutes: (minutes) => `about ${minutes} min left`,
    longer: (duration) => `about ${duration} left`,
  },
  emptyToken: '(empty)',
};

/** Of English, for console, files and docs. Views take those of the page's language (src/ui/format.ts). */
export const english: Formats = formatsOf(ENGLISH);
export const { number, tick, signed, percent, integer, bytes, duration, remaining, visibleToken } = english;

/** "1 file", "3 files". */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${integer(value)} ${value === 1 ? noun : plural}`;
}
