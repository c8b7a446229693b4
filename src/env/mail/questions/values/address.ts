/** E-mail, web and postal addresses. */
import { findAll, type FoundValue, type ValueKind } from './types';

const EMAIL =
  /(?<![\w.@+=/&?%-])[A-Za-z0-9][\w.+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,6}(?![\w@-]|\.\w|\s+(?:writes|wrote|said))/g;
const WEB = /(?<![\w@/.])(?:https?:\/\/|www\.)[^\s<>"'()[\]{}|\\^`]+/gi;
const STREET =
  /(?<![\w#$.-])\d{1,5} (?:[NSEW]\.? |(?:North|South|East|West) )?(?:[A-Z][a-z]+ ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Parkway|Pkwy|Court|Ct|Place|Circle|Highway|Hwy|Freeway|Fwy|Plaza|Way)\b\.?(?:,? (?:Suite|Ste\.?|Apt\.?|Unit|#) ?[\w-]+)?/g;

export const emailAddress: ValueKind = {
  id: 'email-address',
  level: 1,
  find: (text) => findAll(text, EMAIL),
  hints: /\S+@\S+/g,
  asks: [
    'Which e-mail address is given in {mail}?',
    'What e-mail address does {mail} mention?',
    'What e-mail address is given in the text of {mail}?',
  ],
  asksWhat: [],
};

/** Longest address that a person would ask for. */
const LONGEST_WEB = 90;

export const webAddress: ValueKind = {
  id: 'web-address',
  level: 1,
  find: (text) => findAll(text, WEB).flatMap((value) => wholeAddress(text, value)),
  hints: /\b(?:https?:\/\/|www\.|ftp:\/\/)\S+|(?<![@\w.-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|gov)\b(?!@)/gi,
  asks: [
    'Which web address is given in {mail}?',
    'What web address does {mail} mention?',
    'Which web page does {mail} point to?',
  ],
  asksWhat: [],
};

/** Without punctuation behind it; none for one that a line end has cut in two. */
function wholeAddress(text: string, value: FoundValue): FoundValue[] {
  const written = value.text.replace(/[.,;:!?*_~>-]+$/, '');
  const column = value.start - (text.lastIndexOf('\n', value.start) + 1);
  const rest = text.slice(value.start + written.length).match(/^[ \t]*\n(?![ \t]*\n)/);
  const isCut = rest !== null && column + written.length > 60;
  const isWhole = /^(?:https?:\/\/)?[\w-]+(?:\.[\w-]+)+/i.test(written);
  if (isCut || !isWhole || written.length > LONGEST_WEB) return [];
  return [{ ...value, text: written, end: value.start + written.length }];
}

export const postalAddress: ValueKind = {
  id: 'postal-address',
  level: 2,
  find: (text) => findAll(text, STREET),
  hints:
    /\b\d{1,5} (?:[NSEW]\.? )?(?:[A-Z][a-z]+ ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Parkway|Pkwy|Court|Ct|Place|Circle|Highway|Hwy|Freeway|Fwy|Plaza|Way)\b|\bP\.? ?O\.? Box\b|\b[A-Z]{2},? \d{5}\b/g,
  asks: [
    'Which street address is given in {mail}?',
    'What street address does {mail} give?',
    'What street address is mentioned in {mail}?',
  ],
  asksWhat: [],
};
