/** Text as a list of words, codes and values, in a form that can be compared. */
import { boundsOf } from './bounds';
import { mergeValues } from './merge';
import { expandShared, fold, foldUmlauts, plainText } from './text';
import { readAmount, readPhone } from './values/amounts';
import { readCalendar } from './values/calendar';
import { readClock } from './values/clock';
import type { Bound, Day, FoundValue, Value } from './values/types';
import { ARTICLES, spelling, stateCode } from './words';

export interface Token {
  /** Lower case, without accents and apostrophes; hyphens are left out of words and of codes with letters. */
  readonly text: string;
  /** {@link text} with umlauts spelled out. */
  readonly spelledOut: string;
  readonly value: Value | null;
  /** What the value is held to be: "more than 5". */
  readonly bound: Bound | null;
  readonly isCode: boolean;
  readonly isCapital: boolean;
  /** What stands between this token and the one before, blanks included. */
  readonly gap: string;
}

/** What decides how a text is read. */
export interface Reading {
  /** The day that "tomorrow" is said from. */
  readonly anchor: Day | null;
  /** The question asks for a number to call. */
  readonly isTelephone: boolean;
}

const EMAIL_OR_URL =
  /(?:mailto:)?(?<address>https?:\/\/[^\s,;)>\]"]*[^\s,;)>\]".!?]|www\.[^\s,;)>\]"]*[^\s,;)>\]".!?]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:[\w-]+\.)+(?:com|org|net|edu|gov|example|io|de|uk)(?:\/[^\s,;)>\]"]*[^\s,;)>\]".!?])?(?![\w@]))/uy;
const FILE =
  /[\p{L}\d][\p{L}\d_-]*(?:\.[\p{L}\d_-]+)*\.(?:pdf|docx?|xlsx?|pptx?|csv|txt|zip|png|jpe?g|gif|html?|eml|msg|mp3|mp4|json|xml|rtf|tif|vsd|wav|py|ts|js)(?![\p{L}\d])/iuy;
/** Letters and digits in one run, such as `INV-2025/03`, `v1.2` or `4th`. */
const CODE = /(?=[\p{L}\d\-_/.#]*\d)(?=[\p{L}\d\-_/.#]*\p{L})[\p{L}\d]+(?:[-_/.#]+[\p{L}\d]+)*/uy;
/** Digits only, such as `5/6` or `1.2.3`; its marks tell it from a number. */
const DIGITS = /\d+(?:[-/.]\d+)+/uy;
const WORD = /[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*/uy;

/** Articles are left out. */
export function tokenise(text: string, reading: Reading = { anchor: null, isTelephone: false }): Token[] {
  const plain = expandShared(plainText(text));
  const tokens: Token[] = [];
  let gapStart = 0;
  let position = 0;
  while (position < plain.length) {
    const found = tokenAt(plain, position, reading);
    if (found === null) {
      position++;
      continue;
    }
    const token = { ...found.token, gap: plain.slice(gapStart, position) };
    if (!ARTICLES.has(token.text)) {
      tokens.push(token);
      gapStart = found.end;
    }
    position = found.end;
  }
  return boundsOf(mergeValues(tokens));
}

type Found = { readonly token: Omit<Token, 'gap'>; readonly end: number } | null;

function tokenAt(text: string, start: number, reading: Reading): Found {
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = start;
    return pattern.exec(text);
  };
  const made = (raw: string, form: string, isCode: boolean, length = raw.length): Found => ({
    token: {
      text: spelling(fold(form)),
      spelledOut: foldUmlauts(form),
      value: null,
      bound: null,
      isCode,
      isCapital: /^\p{Lu}/u.test(raw),
    },
    end: start + length,
  });
  const address = take(EMAIL_OR_URL);
  if (address !== null) return made(address[0], plainAddress(address.groups?.['address'] ?? ''), true);
  const file = take(FILE)?.[0];
  if (file !== undefined) return made(file, file, true);
  const found = valueAt(text, start, reading);
  if (found !== null) {
    const raw = text.slice(start, found.end);
    const written = raw.toLowerCase().replace(/[\s,]/g, '');
    return {
      token: {
        text: written,
        spelledOut: written,
        value: found.value,
        bound: null,
        isCode: false,
        isCapital: /^\p{Lu}/u.test(raw),
      },
      end: found.end,
    };
  }
  const code = take(CODE)?.[0];
  if (code !== undefined) return made(code, code.replace(/[^\p{L}\d.]/gu, ''), true);
  const digits = take(DIGITS)?.[0];
  if (digits !== undefined) return made(digits, digits, true);
  const word = take(WORD)?.[0];
  if (word === undefined) return null;
  // A state's name behind a comma is its abbreviation.
  const isState = /^\p{Lu}/u.test(word) && /,\s*$/.test(text.slice(0, start));
  const form = word.replace(/['-]/g, '');
  return made(word, isState ? stateCode(form) : form, false);
}

/** The first value that is read at `start`, which must not lie inside a word. */
function valueAt(text: string, start: number, reading: Reading): FoundValue | null {
  const before = text[start - 1];
  if (before !== undefined && /[\p{L}\d]/u.test(before) && !/^T\d\d:/.test(text.slice(start, start + 4)))
    return null;
  const day = readCalendar(text, start, reading.anchor);
  // `10.03.2025` and `2025-03-10` look like numbers to call, too.
  if (day !== null && /^[\d./-]+$/.test(text.slice(start, day.end))) return day;
  return (
    readPhone(text, start, reading.isTelephone) ?? day ?? readClock(text, start) ?? readAmount(text, start)
  );
}

/** Scheme, `www.` and a last slash say nothing about where an address leads. */
function plainAddress(address: string): string {
  return address
    .replace(/^https?:\/\//i, '')
    .replace(/^www\./i, '')
    .replace(/\/$/, '');
}
