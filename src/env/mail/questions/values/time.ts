/** Times of day. */
import { findAll, sentenceBefore, withoutRanges, type ValueKind } from './types';

const TIME = /(?<![\d:.,$-])(?:1[0-2]|0?[1-9])(?::[0-5]\d)?\s?(?:[ap]\.m\.|[ap]m\b)/gi;
const EVENT =
  /\b(?<event>conference call|staff meeting|floor meeting|board meeting|team meeting|meeting|call|lunch|dinner|breakfast|flight|party|game|class|presentation|interview|appointment|training|seminar|workshop|reception|luncheon|webcast|show|concert|deadline|kick-?off|tee time|wedding|service|hearing|demo|orientation|review)\b/gi;
/** What may stand between an event and its time. */
const LINK =
  /^(?:\s(?:with|for|about|to|of|regarding|in)\b[^.?!;:,]{1,30})?\s(?:is|will be|has been|was|at|from|@|begins?|starts?|scheduled|set|moved)\b[^.?!;:]{0,30}$/i;

export const time: ValueKind = {
  id: 'time',
  level: 1,
  find: (text) =>
    withoutRanges(text, findAll(text, TIME)).map((value) => {
      const before = sentenceBefore(text, value.start);
      const events = [...before.matchAll(EVENT)];
      const [event] = events;
      const name = event?.groups?.['event']?.toLowerCase();
      if (events.length !== 1 || event === undefined || name === undefined) return value;
      return LINK.test(before.slice(event.index + name.length)) ? { ...value, what: `the ${name}` } : value;
    }),
  hints:
    /\b\d{1,2}:\d\d\b|\b\d{1,2}\s?[ap]\.?m\b|\b(?:noon|midnight|o'clock)\b|\b(?:at|by|@|around|until|till|after|before) \d{1,2}(?:-\d{1,2})?\b(?![:\d%,$/'.]|\s?[ap]\.?m)|\b\d{4}\s?(?:hours|hrs)\b/gi,
  asks: [
    'What time is mentioned in {mail}?',
    'Which time of day does {mail} mention?',
    'What time of day is given in {mail}?',
  ],
  asksWhat: [
    'At what time is {what} mentioned in {mail}?',
    'According to {mail}, what time is {what}?',
    'What time is {what} that {mail} mentions?',
  ],
};
