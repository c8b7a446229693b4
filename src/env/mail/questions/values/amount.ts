/** Sums of money. */
import { ASKS_WHAT, findAll, sentenceBefore, withoutRanges, type ValueKind } from './types';

const AMOUNT =
  /(?<![\w$€£.,])(?:US)?[$€£]\s?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?(?:thousand|million|billion|MM|mm|bn|[MBKk])(?![\w]))?(?![\d,.]*\d|\w|%)/g;
const NOUNS =
  'price|cost|fee|budget|salary|bonus|total|rent|payment|balance|bid|charge|premium|deposit|credit limit|tuition|refund|discount|settlement|exposure|purchase price|invoice|loan|fine|registration fee|admission';
const NAMED = new RegExp(
  `\\b(?:the|a|an|your|our|total|my)\\s+(?:[a-z]+\\s)?(?<noun>${NOUNS})\\s(?:(?:is|was|of|will be|would be|comes to|at)\\s)(?:only |just |about |now )?$`,
  'i',
);

export const amount: ValueKind = {
  id: 'amount',
  level: 1,
  find: (text) =>
    withoutRanges(text, findAll(text, AMOUNT)).map((value) => {
      const noun = NAMED.exec(sentenceBefore(text, value.start))?.groups?.['noun'];
      return noun === undefined ? value : { ...value, what: `the ${noun.toLowerCase()}` };
    }),
  hints: /[$€£]\s?\.?\d[\d,.]*|\b\d[\d,.]*\s?(?:dollars|bucks|cents|grand|USD|euros?|pounds)\b/gi,
  asks: [
    'What sum of money is mentioned in {mail}?',
    'How much money does {mail} mention?',
    'Which amount of money is named in {mail}?',
    'What amount of money is given in {mail}?',
  ],
  asksWhat: ASKS_WHAT,
};
