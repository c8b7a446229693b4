/** Places: labelled locations, rooms, houses with a name, towns. */
import { findAll, type FoundValue, type ValueKind } from './types';

const LABELLED =
  /^[ \t*•-]*(?:where|location|place|venue)[ \t]*:[ \t]*(?<value>[A-Z0-9][^\n]{2,60}?)[ \t.]*$/gim;
const ROOM =
  /\b(?:(?:conference |meeting )?room|conf\.? rm\.?|rm\.?)\s(?:#|no\.? )?(?<value>(?:[A-Z]{1,3}[ -]?)?\d{2,5}[A-Z]?\d{0,2})(?![\w-]|,\d)|\b(?<eb>EB[ -]?\d{2,4}[A-Z]?\d{0,2})(?![\w-])/g;
const HOUSE =
  /\b(?:at|in) (?:the )?(?<value>(?:[A-Z][\w'&]+ ){1,4}(?:Hotel|Restaurant|Grill|Inn|Club|Cafe|Caf\u00e9|Ballroom|Theater|Theatre|Stadium|Resort|Museum|Convention Center|Hyatt|Marriott|Hilton|Lounge|Steakhouse|Church|Pub|Brewery|Auditorium))\b(?! (?:of|in|at) [A-Z])/g;

const asksPlace = (noun: string): readonly string[] => [
  `Which ${noun} is mentioned in {mail}?`,
  `What ${noun} does {mail} mention?`,
  `Which ${noun} does {mail} name?`,
];

export const location: ValueKind = {
  id: 'place',
  level: 1,
  find: (text) =>
    findAll(text, LABELLED, () => 'the location').filter(({ text: value }) => !/https?:|@|\t/.test(value)),
  hints: /(?!)/g,
  asks: [],
  asksWhat: [
    'What is {what} given in {mail}?',
    'According to {mail}, what is {what}?',
    'Where is the event that {mail} announces?',
  ],
};

export const room: ValueKind = {
  id: 'room',
  level: 1,
  find: (text) =>
    Array.from(text.matchAll(ROOM), (match): FoundValue => {
      const value = match.groups?.['value'] ?? match.groups?.['eb'] ?? match[0];
      const start = match.index + match[0].lastIndexOf(value);
      return { start, end: start + value.length, text: value, what: null };
    }),
  hints: /\b(?:room|rm\.?) [\w#]+|\bEB ?-?\d+/gi,
  asks: asksPlace('room'),
  asksWhat: [],
};

export const house: ValueKind = {
  id: 'house',
  level: 2,
  find: (text) => findAll(text, HOUSE),
  hints:
    /\b(?:Hotel|Restaurant|Grill|Inn|Club|Cafe|Caf\u00e9|Ballroom|Theater|Theatre|Stadium|Resort|Museum|Center|Hyatt|Marriott|Hilton|Lounge|Steakhouse|Church|Pub|Bar|Brewery|Auditorium)\b/g,
  asks: [
    'Which venue is mentioned in {mail}?',
    'What venue does {mail} name?',
    'Which venue does {mail} mention?',
  ],
  asksWhat: [],
};
