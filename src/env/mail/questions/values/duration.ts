/** Lengths of time. */
import { findAll, withoutRanges, type ValueKind } from './types';

const NUMBER =
  '(?:\\d+(?:\\.\\d+)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety)';
const UNIT = '(?:minutes?|hours?|days?|weeks?|months?|years?)';
const DURATION = new RegExp(
  `(?<=\\b(?:for|in|within|takes?|took|lasts?|last(?:ed|ing)|about|approximately|additional|another|next|past|of|least|than|every|after) )${NUMBER} (?:business |calendar |working |more )?${UNIT}\\b(?! (?:old|ago|earlier|later|a (?:day|week|year)|per|before|after|prior)|-|')`,
  'gi',
);

export const duration: ValueKind = {
  id: 'duration',
  level: 2,
  find: (text) => withoutRanges(text, findAll(text, DURATION)),
  hints: new RegExp(
    `\\b(?:${NUMBER}|an?|one|few|several|couple(?: of)?|half)(?:[ -](?:\\w+ )?)${UNIT}\\b|\\b\\d+(?:-?(?:min|hr|hrs|mins|yr|yrs|day|week|month|year))\\b|\\b\\d+ (?:min|hr|hrs|mins|yr|yrs)\\b`,
    'gi',
  ),
  asks: [
    'What length of time is mentioned in {mail}?',
    'Which period of time does {mail} mention?',
    'How long a time is mentioned in {mail}?',
  ],
  asksWhat: [],
};
