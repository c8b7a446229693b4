/**
 * Text as the broad index holds it. Words stay words, for SQLite's tokenizer to stem; scripts without blanks become
 * overlapping pairs of characters, as in Lucene's CJKAnalyzer. Pairs rather than Intl.Segmenter, whose dictionaries
 * differ between versions of ICU: a search must find the same in Node and in every browser.
 */
import { plainLetters } from '../../letters';

/** Han, kana, Hangul, Thai, Lao, Khmer and Burmese: written without blanks, or with endings glued on. */
export const GLUED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u30fc\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const GLUED_RUN = new RegExp(`[${GLUED}]+`, 'gu');
const HAS_GLUED = new RegExp(`[${GLUED}]`, 'u');
const BEYOND_ASCII = /[^\0-\x7f]/;
/** Accents of alphabets; vowel signs of other scripts are letters of theirs. */
const ACCENTS = /[\u0300-\u036f]/g;
const PICTURE = /\p{Extended_Pictographic}/gu;

/** Case stays, as SQLite folds it. */
export function foldText(text: string): string {
  let folded = text.includes("'") || BEYOND_ASCII.test(text) ? joinApostrophes(text) : text;
  if (BEYOND_ASCII.test(folded)) folded = foldLetters(folded);
  // 1,234 is 1234.
  return folded.replace(/(?<=\d),(?=\d{3}(?!\d))/g, '');
}

function foldLetters(text: string): string {
  return plainLetters(text.normalize('NFKD').replace(ACCENTS, '').normalize('NFC'))
    .replace(PICTURE, (picture) => ` u${(picture.codePointAt(0) ?? 0).toString(16)}x `)
    .replace(GLUED_RUN, (run) => ` ${pairs(run).join(' ')} `);
}

/** "don't" is dont and O'Brien obrien; a French article stays apart. */
function joinApostrophes(text: string): string {
  return text.replace(/(?<=[\p{L}])['’](?=\p{L})/gu, (mark, at: number) =>
    /(?:^|[^\p{L}])(?:[ldcjmnst]|qu)$/iu.test(text.slice(Math.max(0, at - 3), at)) ? mark : '',
  );
}

/** The pairs of a run, and its last character alone, so that every character begins a term. */
function pairs(run: string): string[] {
  const characters = [...run];
  return characters.map((character, i) => character + (characters[i + 1] ?? ''));
}

/** Joined forms of hyphenated words: `followup` for "follow-up". */
export function joinedWords(text: string): string {
  if (!text.includes('-')) return '';
  const found = text.match(/\p{L}{2,}(?:-\p{L}{2,})+/gu);
  return found === null ? '' : [...new Set(found.map((word) => word.replaceAll('-', '')))].join(' ');
}

export function isGlued(text: string): boolean {
  return HAS_GLUED.test(text);
}

// What unicode61 takes as part of a token, with the marks of scripts that need them.
const TERM = /[\p{L}\p{N}\p{Co}\p{M}]+/gu;

/** One thing that must be found: its FTS5 expression, and its words for excerpts. */
export interface Term {
  readonly match: string;
  readonly words: readonly string[];
}

/** What a keyword asks for: words, phrases in quotes, and runs of other scripts as phrases of pairs. */
export function termsOf(keyword: string): Term[] {
  const terms: Term[] = [];
  const plain = keyword.replaceAll('\0', ' ').replace(/[“”„]/g, '"');
  for (const [, quoted, bare] of plain.matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    const term = quoted === undefined ? wordTerm(bare ?? '') : phraseTerm(quoted);
    if (term !== null) terms.push(term);
  }
  return terms;
}

function phraseTerm(text: string): Term | null {
  const words = foldText(text).match(TERM) ?? [];
  return words.length === 0 ? null : { match: phrase(words, isGlued(text)), words: originals(text) };
}

const UMLAUT = /(?<=\p{L})([aou])e(?=\p{L}{2})/iu;

/** "follow-up" is also "followup"; what is glued together in other scripts is a phrase each. */
function wordTerm(text: string): Term | null {
  const split = text.match(new RegExp(`[${GLUED}]+|[^${GLUED}]+`, 'gu')) ?? [];
  if (split.length > 1) {
    const parts = split.flatMap((part) => wordTerm(part) ?? []);
    if (parts.length === 0) return null;
    return {
      match: `(${parts.map(({ match }) => match).join(' AND ')})`,
      words: parts.flatMap(({ words }) => words),
    };
  }
  const term = phraseTerm(text);
  if (term === null) return null;
  // German without umlauts: Mueller for Müller.
  const plain =
    UMLAUT.test(text) && !isGlued(text) ? (foldText(text.replace(UMLAUT, '$1')).match(TERM) ?? []) : [];
  const others = [joinedWords(text), plain.join(' ')].filter((other) => other !== '');
  if (others.length === 0) return term;
  return { ...term, match: `(${[term.match, ...others.map((other) => `"${other}"`)].join(' OR ')})` };
}

/** The last pair of a run is its last character alone, which other text may go on from. */
function phrase(words: readonly string[], isGluedText: boolean): string {
  if (!isGluedText) return `"${words.join(' ')}"`;
  const characters = [...(words[0] ?? '')].length;
  if (words.length === 1) return characters === 1 ? `"${words[0] ?? ''}" *` : `"${words.join(' ')}"`;
  const last = words.at(-1) ?? '';
  return `"${([...last].length === 1 ? words.slice(0, -1) : words).join(' ')}"`;
}

function originals(text: string): string[] {
  return text.match(isGlued(text) ? GLUED_RUN : /[\p{L}\p{N}\p{Co}\p{M}]+(?:['’]\p{L}+)*/gu) ?? [];
}
