/** Percentages. */
import { ASKS_WHAT, findAll, sentenceBefore, withoutRanges, type ValueKind } from './types';

const PERCENTAGE = /(?<![\w.,$/-])\d{1,3}(?:,\d{3})*(?:\.\d+)?\s?(?:%(?!\w)|percent\b|per cent\b)/gi;
const NAMED =
  /\b(?:the|an?|our|your)\s+(?<noun>interest rate|tax rate|rate|discount|increase|decrease|share|stake|success rate|yield|return|growth rate|commission|probability|chance|markup|occupancy)\s(?:(?:is|was|of|will be|at)\s)(?:only |about |just )?$/i;

export const percentage: ValueKind = {
  id: 'percentage',
  level: 1,
  find: (text) =>
    withoutRanges(text, findAll(text, PERCENTAGE)).map((value) => {
      const noun = NAMED.exec(sentenceBefore(text, value.start))?.groups?.['noun'];
      return noun === undefined ? value : { ...value, what: `the ${noun.toLowerCase()}` };
    }),
  hints: /\d\s?(?:%|per\s?cent|pct\b)|\b(?:percentage points?|basis points)\b/gi,
  asks: [
    'What percentage is mentioned in {mail}?',
    'Which percentage does {mail} mention?',
    'What percentage is given in {mail}?',
  ],
  asksWhat: ASKS_WHAT,
};
