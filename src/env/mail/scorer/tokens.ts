/** Text as a list of words, codes and values, in a form that can be compared. */
import { numberWord, valueAt, type Value } from './values';

export interface Token {
  /** Lower case, without accents and apostrophes; hyphens are left out of words and of codes with letters. */
  readonly text: string;
  readonly value: Value | null;
  readonly isCode: boolean;
  readonly isCapital: boolean;
  /** What stands between this token and the one before, blanks included. */
  readonly gap: string;
}

const EMAIL_OR_URL = /(?:https?:\/\/[^\s,;)>]*[^\s,;)>.!?]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)/uy;
/** Letters and digits in one run, such as `INV-2025/03`, `v1.2` or `4th`. */
const CODE = /(?=[\p{L}\d\-_/.#]*\d)(?=[\p{L}\d\-_/.#]*\p{L})[\p{L}\d]+(?:[-_/.#]+[\p{L}\d]+)*/uy;
/** Digits only, such as a telephone number or `5/6`; its marks tell it from a number. */
const DIGITS = /\d+(?:[-/.]\d+)+/uy;
const WORD = /[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*/uy;

const ARTICLES = new Set(['a', 'an', 'the']);

/** Articles are left out. */
export function tokenise(text: string): Token[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[’‘`´]/g, "'")
    .replace(/[‐‑–—]/g, '-');
  const tokens: Token[] = [];
  let gapStart = 0;
  let position = 0;
  while (position < plain.length) {
    const found = tokenAt(plain, position);
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
  return tokens;
}

type Found = { readonly token: Omit<Token, 'gap'>; readonly end: number } | null;

function tokenAt(text: string, start: number): Found {
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = start;
    return pattern.exec(text)?.[0] ?? null;
  };
  const made = (raw: string, form: string, isCode: boolean): Found => ({
    token: { text: form.toLowerCase(), value: null, isCode, isCapital: /^\p{Lu}/u.test(raw) },
    end: start + raw.length,
  });
  const address = take(EMAIL_OR_URL);
  if (address !== null) return made(address, address, true);
  const found = valueAt(text, start);
  if (found !== null) {
    const written = text.slice(start, found.end).toLowerCase().replace(/[\s,]/g, '');
    return { token: { text: written, value: found.value, isCode: false, isCapital: false }, end: found.end };
  }
  const code = take(CODE);
  if (code !== null) return made(code, code.replace(/[^\p{L}\d.]/gu, ''), true);
  const digits = take(DIGITS);
  if (digits !== null) return made(digits, digits, true);
  const word = take(WORD);
  return word === null ? null : made(word, word.replace(/['-]/g, ''), false);
}

/** Number words become values; for texts without digits, since "one" is rarely a number elsewhere. */
export function withNumberWords(tokens: readonly Token[]): Token[] {
  return tokens.map((token) => ({ ...token, value: token.value ?? numberWord(token.text) }));
}
