/** People that a mail names for something: whom to contact, and what somebody is. */
import { FIRST_NAMES } from '../../first-names';
import { findAll, type FoundValue, type ValueKind } from './types';

const NAME = "[A-Z][a-z]+(?: [A-Z]\\.)? [A-Z](?:[a-z]+|[a-z]*['-][A-Z][a-z]+|c[A-Z][a-z]+)";
const NO_NAME =
  /\b(?:Client|Customer|Human|Help|Market|Enron|The|Our|This|Energy|Power|Gas|Legal|Risk|Credit|Investor|Public|Corporate|North|South|East|West|New|San|Los|Las|Fort|St|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|September|October|November|December|Support|Service|Services|Resources|Department|Center|Office|Team|Desk|Group|Relations|House|Street|Red|Perl|Linux|Windows|Microsoft|Information|Web|Air|Continental|American|United|Southwest|Business|Development|Trading|Management|Accounting|Operations)\b/;
const CONTACT = new RegExp(
  `\\b(?:[Cc]ontact|[Gg]et in touch with|[Nn]otify|[Rr]eport to|[Rr]SVP to|[Cc]all|[Rr]espond to)\\s(?<value>${NAME})(?=\\s(?:at|on|x|if|for|with|by|in|via|or me|to|\\(|directly|prior|no later)|[.,;(/]|\\s?$)`,
  'gm',
);
const TITLE =
  '(?:(?:Senior|Sr\\.|Executive|Managing|Assistant|Associate|Deputy|Chief|Vice|General|Regional|Project) ){0,2}(?:Vice President|President|Director|Manager|Chairman|Chief Executive Officer|Chief Financial Officer|Chief Operating Officer|CEO|CFO|COO|CTO|Counsel|Analyst|Secretary|Treasurer|Engineer|Editor|Professor|Commissioner|Senator|Governor|Attorney)(?: of (?:[A-Z][a-z]+|the)(?: (?:and |of |& )?[A-Z][a-z]+){0,3})?';
const ROLE = new RegExp(
  `(?<name>${NAME})(?:,| is| as| was|, who is) (?:the |our |an? )?(?:new |current |former )?(?<value>${TITLE})(?=[.,;)]|\\s(?:at|for|and)\\b|\\s*$)`,
  'gm',
);

function isName(text: string): boolean {
  return FIRST_NAMES.has(text.split(' ')[0]?.toLowerCase() ?? '') && !NO_NAME.test(text);
}

export const contact: ValueKind = {
  id: 'contact',
  level: 2,
  find: (text) => findAll(text.replace(/\n/g, ' '), CONTACT).filter(({ text: name }) => isName(name)),
  hints:
    /\b(?:contact|get in touch with|notify|report to|rsvp to|call|respond to) (?:me\b|us\b|[A-Z][a-z]+)/g,
  asks: [
    'Whom does {mail} say to contact?',
    'Which person should be contacted, according to {mail}?',
    'Who is named as the person to contact in {mail}?',
  ],
  asksWhat: [],
};

/** "Ann Lee, Vice President of Sales": asked for by the name. */
export const role: ValueKind = {
  id: 'role',
  level: 2,
  find: (text) =>
    Array.from(text.matchAll(ROLE), (match): FoundValue | null => {
      const { name = '', value = '' } = match.groups ?? {};
      if (!isName(name) || /\n/.test(match[0])) return null;
      const start = match.index + match[0].lastIndexOf(value);
      return { start, end: start + value.length, text: value, what: `${name}'s position` };
    }).filter((value) => value !== null),
  hints: /(?!)/g,
  asks: [],
  asksWhat: [
    'According to {mail}, what is {what}?',
    'What is {what} in {mail}?',
    'What does {mail} say is {what}?',
  ],
};
