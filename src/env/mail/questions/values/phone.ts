/** Telephone numbers, and what they reach. */
import { findAll, sentenceBefore, type ValueKind } from './types';

const PHONE =
  /(?<![\w#/.-]|\d[ ])(?:\+?1[-. ])?(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[-. ])\d{3}[-. ]\d{4}(?![\w-]|\.\d)(?!\s?(?:x|ext|or\b|\/|\(?\d))/gi;
const LABELS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bfax(?:es)?(?: (?:number|no|#|num|machine))?(?: (?:is|at|to))?[.:#=-]*\s*$/i, 'the fax number'],
  [
    /\b(?:cell(?:ular)?|mobile)(?: ?phone)?(?: (?:number|no|#))?(?: (?:is|at))?[.:#=-]*\s*$/i,
    'the mobile phone number',
  ],
  [/\bpager?(?: (?:number|no|#))?(?: (?:is|at))?[.:#=-]*\s*$/i, 'the pager number'],
  [/\bhome(?: ?phone)?(?: (?:number|no|#))?(?: (?:is|at))?[.:#=-]*\s*$/i, 'the home phone number'],
  [
    /\b(?:office|work)(?: ?phone)?(?: (?:number|no|#))?(?: (?:is|at))?[.:#=-]*\s*$/i,
    'the office phone number',
  ],
  [/\btoll[- ]free(?: (?:number|no|#))?(?: (?:is|at))?[.:#=-]*\s*$/i, 'the toll-free number'],
  [/\b(?:dial|call)-?in(?: (?:number|no|#|info|phone))*(?: (?:is|at))?[.:#=-]*\s*$/i, 'the dial-in number'],
];

export const phone: ValueKind = {
  id: 'phone',
  level: 1,
  find: (text) =>
    findAll(text, PHONE).map((value) => {
      const before = sentenceBefore(text, value.start);
      const what = LABELS.find(([pattern]) => pattern.test(before))?.[1] ?? null;
      return { ...value, what };
    }),
  hints:
    /\+\d[\d ()-]{7,}|\(?\b\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}\b|\b\d{3}[-.]\d{4}\b|\b(?:x|ext\.?|extension) ?-?\d{4,5}\b|\b1-8\d\d-[\w-]{7,}|\b\d-\d{4}\b/gi,
  asks: [
    'What phone number is given in {mail}?',
    'Which phone number does {mail} give?',
    'Which telephone number is mentioned in {mail}?',
    'What telephone number does {mail} mention?',
  ],
  asksWhat: [
    'What is {what} given in {mail}?',
    'According to {mail}, what is {what}?',
    'What is {what} in {mail}?',
  ],
};
