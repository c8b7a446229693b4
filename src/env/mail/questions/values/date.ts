/** Days of the calendar, and days of the week. */
import { ASKS_WHAT, findAll, sentenceBefore, withoutRanges, type ValueKind } from './types';

const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
const DAY = '(?:3[01]|[12]\\d|0?[1-9])';
const DATE = new RegExp(
  `(?<![\\w/-])(?:${MONTH}\\.? ${DAY}(?:st|nd|rd|th)?(?:,? (?:19|20)\\d\\d)?|${DAY}(?:st|nd|rd|th)? (?:of )?${MONTH}(?:,? (?:19|20)\\d\\d)?|(?:1[0-2]|0?[1-9])/${DAY}/(?:(?:19|20)\\d\\d|\\d\\d))(?![\\w/:-]|,\\d|\\.\\d)`,
  'g',
);
const HINTS = new RegExp(
  `\\b${MONTH}[a-z]*\\.?,? ?(?:the )?\\d{1,4}|\\b\\d{1,2}[ -]?${MONTH}\\b|\\b\\d{1,2}/\\d{1,2}(?:/\\d{2,4})?\\b|\\b\\d{1,2}-\\d{1,2}-\\d{2,4}\\b|\\b\\d{1,2}(?:st|nd|rd|th)\\b|\\b(?:19|20)\\d\\d-\\d\\d-\\d\\d\\b`,
  'gi',
);
const WEEKDAY = /\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b(?!'s? (?:best|first)|s\b)/g;
const EVENT =
  /\b(?<event>conference call|meeting|deadline|due date|effective date|closing|party|wedding|conference|training|seminar|workshop|interview|presentation|hearing|game|trip|election|class|start date|end date|expiration date|last day|settlement date|invoice date|review|luncheon|dinner|lunch|release)\b/gi;
const LINK =
  /^(?:\s(?:with|for|about|to|of|regarding|in)\b[^.?!;:,]{1,30})?\s(?:is|will be|has been|was|on|begins?|starts?|scheduled|set|moved)\b[^.?!;:]{0,30}$|^\s*[:=-]?\s*$/i;

function named(text: string, values: ReturnType<ValueKind['find']>): ReturnType<ValueKind['find']> {
  return values.map((value) => {
    const before = sentenceBefore(text, value.start);
    const events = [...before.matchAll(EVENT)];
    const [event] = events;
    const name = event?.groups?.['event']?.toLowerCase();
    if (events.length !== 1 || event === undefined || name === undefined) return value;
    if (!LINK.test(before.slice(event.index + name.length))) return value;
    const what = `the ${name}`;
    // "On what date is the due date" says it twice.
    if (!/date$|^deadline$|day$/.test(name)) return { ...value, what };
    return { ...value, what, asks: ASKS_WHAT.map((ask) => ask.replaceAll('{what}', what)) };
  });
}

export const date: ValueKind = {
  id: 'date',
  level: 1,
  find: (text) => named(text, withoutRanges(text, findAll(text, DATE))),
  hints: HINTS,
  asks: [
    'What date is mentioned in {mail}?',
    'Which date does {mail} mention?',
    'What calendar date is given in {mail}?',
    'Which date is named in the text of {mail}?',
  ],
  asksWhat: [
    'According to {mail}, on what date is {what}?',
    'What date does {mail} give for {what}?',
    'On which date is {what} mentioned in {mail}?',
  ],
};

export const weekday: ValueKind = {
  id: 'weekday',
  level: 1,
  find: (text) => withoutRanges(text, findAll(text, WEEKDAY)),
  hints:
    /\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?\b|\b(?:today|tomorrow|tonight|yesterday|weekend)\b/gi,
  asks: [
    'Which day of the week is mentioned in {mail}?',
    'What day of the week does {mail} mention?',
    'Which weekday is named in {mail}?',
  ],
  asksWhat: [],
};
