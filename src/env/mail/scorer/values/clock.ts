/** Times of day as written. */
import { readNumberWords } from './number-words';
import type { FoundValue, Value } from './types';

const ZONE =
  '(?:\\s*\\(?(?<zone>[ECMP][SD]?T|UTC|GMT|CET|CEST|BST|(?:Eastern|Central|Mountain|Pacific)(?:\\s+(?:Standard|Daylight))?(?:\\s+Time)?)\\b\\)?)?';
const HALF = '(?<half>[ap])\\.?\\s?m\\b\\.?';
const sticky = (source: string): RegExp => new RegExp(source, 'yiu');
const PART = '(?:\\s+(?:in the|at)\\s+(?<part>morning|afternoon|evening|night))?';

type Groups = Readonly<Record<string, string | undefined>>;

const CLOCKS = [
  sticky(`T?(?<hour>\\d{1,2})(?:[:.](?<minute>[0-5]\\d)(?::[0-5]\\d)?)?\\s*${HALF}${ZONE}`),
  sticky(
    `T?(?<hour>\\d{1,2}):(?<minute>[0-5]\\d)(?::[0-5]\\d(?:\\.\\d+)?Z?)?(?:\\s*(?:hrs|hours|h)\\b)?(?![\\w:])${PART}${ZONE}`,
  ),
  sticky(`(?<hour>\\d{1,2})\\s?h\\s?(?<minute>[0-5]\\d)(?!\\w|\\s*min)${ZONE}`),
  sticky(`(?<hour>[01]\\d|2[0-3])(?<minute>[0-5]\\d)\\s?(?:hrs|h|hours)\\b${ZONE}`),
  sticky(`(?<hour>\\d{1,2})\\s*o'?\\s?clock\\b${PART}${ZONE}`),
  sticky(`(?<hour>\\d{1,2})\\s+(?:in the|at)\\s+(?<part>morning|afternoon|evening|night)\\b${ZONE}`),
  sticky(`(?:12\\s+)?(?<word>noon|midday|midnight)\\b${ZONE}`),
];
const SPOKEN =
  /(?<what>half(?:\s+past)?|(?:a\s+)?quarter\s+(?:past|after|to|of|before)|(?<minutes>\d{1,2}|five|ten|twenty|twenty[- ]five)(?:\s+minutes\s+(?:to|before)|(?:\s+minutes)?\s+past))\s+/iuy;
const HOUR_WORD = new RegExp(
  `(?:\\s+o'?\\s?clock\\b)?(?:\\s*${HALF}|\\s+(?:in the|at)\\s+(?<part>morning|afternoon|evening|night))?${ZONE}`,
  'yiu',
);

export function readClock(text: string, start: number): FoundValue | null {
  for (const pattern of CLOCKS) {
    pattern.lastIndex = start;
    const groups = pattern.exec(text)?.groups;
    const value = groups === undefined ? null : timeOf(groups);
    if (value !== null) return { value, end: pattern.lastIndex };
  }
  return readSpoken(text, start);
}

function timeOf(groups: Groups): Value | null {
  const zone = zoneOf(groups['zone']);
  const word = groups['word']?.toLowerCase();
  if (word !== undefined) return { kind: 'time', minutes: word === 'midnight' ? 0 : 720, open: false, zone };
  const written = groups['hour'] ?? '';
  return time(Number(written), Number(groups['minute'] ?? 0), halfOf(groups), zone, /^0/.test(written));
}

function halfOf(groups: Groups): 'a' | 'p' | null {
  const half = groups['half']?.toLowerCase();
  if (half === 'a' || half === 'p') return half;
  const part = groups['part']?.toLowerCase();
  if (part === undefined) return null;
  return part === 'morning' ? 'a' : 'p';
}

function time(
  hour: number,
  minute: number,
  half: 'a' | 'p' | null,
  zone: string | null,
  isPadded: boolean,
): Value | null {
  if (hour === 24 && minute === 0) return { kind: 'time', minutes: 0, open: false, zone };
  if (hour > 23 || minute > 59) return null;
  if (half === null || hour > 12) {
    return { kind: 'time', minutes: 60 * hour + minute, open: !isPadded && hour >= 1 && hour <= 12, zone };
  }
  if (hour < 1) return null;
  return { kind: 'time', minutes: 60 * ((hour % 12) + (half === 'p' ? 12 : 0)) + minute, open: false, zone };
}

/** Standard and daylight time of a zone are one: mails mix them up. */
function zoneOf(written: string | undefined): string | null {
  if (written === undefined) return null;
  const zone = written.toUpperCase();
  if (/^[ECMP]/.test(zone) && !/^CES?T?$/.test(zone)) return zone.slice(0, 1);
  return zone === 'GMT' ? 'UTC' : zone;
}

/** "half past three", "a quarter to five", "ten to six", "three o'clock", "three in the afternoon". */
function readSpoken(text: string, start: number): FoundValue | null {
  SPOKEN.lastIndex = start;
  const spoken = SPOKEN.exec(text);
  const place = spoken === null ? start : SPOKEN.lastIndex;
  const hour = hourAt(text, place);
  if (hour === null) return null;
  HOUR_WORD.lastIndex = hour.end;
  const rest = HOUR_WORD.exec(text);
  const groups = rest?.groups ?? {};
  const half = halfOf(groups);
  const said = rest?.[0] ?? '';
  if (spoken === null && !hour.isWord) return null;
  if (spoken === null && half === null && !/clock/i.test(said)) return null;
  const minutes = spoken === null ? 0 : minutesOf(spoken[0].toLowerCase(), spoken.groups?.['minutes']);
  const whole = time(hour.hour, 0, half, zoneOf(groups['zone']), false);
  if (whole?.kind !== 'time') return null;
  const end = rest === null ? hour.end : HOUR_WORD.lastIndex;
  return { value: { ...whole, minutes: (whole.minutes + minutes + 1440) % 1440 }, end };
}

function hourAt(text: string, start: number): { hour: number; end: number; isWord: boolean } | null {
  const digits = /\d{1,2}(?![\d:.]\d|\d)/y;
  digits.lastIndex = start;
  const found = digits.exec(text);
  if (found !== null) return { hour: Number(found[0]), end: digits.lastIndex, isWord: false };
  const words = readNumberWords(text, start);
  return words !== null && words.amount >= 1 && words.amount <= 12
    ? { hour: words.amount, end: words.end, isWord: true }
    : null;
}

function minutesOf(what: string, counted: string | undefined): number {
  const words = counted === undefined ? null : readNumberWords(counted, 0);
  const amount = /^half/.test(what) ? 30 : /quarter/.test(what) ? 15 : (words?.amount ?? Number(counted));
  return /\b(?:to|of|before)\s*$/.test(what) ? -amount : amount;
}
