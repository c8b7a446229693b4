/** Where an answer says a gold text that is no plain value. */
import { isAcronym, isAddressOf, isPerson, samePerson, sameWord, withoutCompanyForm } from './names';
import type { Token } from './tokens';
import { sameValue } from './values/same';
import { FUNCTION_WORDS, stem, TITLES } from './words';

/** Half-open range of tokens. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How many more tokens an answer may split a code or compound into: `AB 12 34` for `AB-1234`. */
const MAX_SPLIT_TOKENS = 4;

/** Words that a name may go without: "Falcon" for "Project Falcon". */
const OPTIONAL = new Set(['project', 'team', 'dept', 'group', 'deal']);

export function findSpans(gold: readonly Token[], given: readonly Token[], asksWho: boolean): Span[] {
  const spans: Span[] = [];
  let start = 0;
  while (start < given.length) {
    const end = endOfMatch(gold, given, start, asksWho);
    if (end === null) start++;
    else {
      spans.push({ start, end });
      start = end;
    }
  }
  return spans;
}

/** The longest match that begins at `start`. */
function endOfMatch(
  gold: readonly Token[],
  given: readonly Token[],
  start: number,
  asksWho: boolean,
): number | null {
  const furthest = Math.min(given.length, start + gold.length + MAX_SPLIT_TOKENS);
  for (let end = furthest; end > start; end--) {
    if (isWindow(gold, given.slice(start, end), asksWho) && !isPartOfName(gold, given, start, end))
      return end;
  }
  return null;
}

/** One name of a person's two stands for both only on its own: "Petra" is not in "Petra Stone" where Petra Verford is meant. */
function isPartOfName(gold: readonly Token[], given: readonly Token[], start: number, end: number): boolean {
  if (end - start !== 1 || withoutTitles(gold).length < 2) return false;
  const isName = (token: Token | undefined, gap: string | undefined): boolean =>
    token !== undefined &&
    (token.isCapital || token.isCode) &&
    token.value === null &&
    /^\s*$/.test(gap ?? '') &&
    !TITLES.has(token.text);
  return isName(given[start - 1], given[start]?.gap) || isName(given[end], given[end]?.gap);
}

function isWindow(gold: readonly Token[], window: readonly Token[], asksWho: boolean): boolean {
  if (isSpelledAlike(gold, window)) return true;
  const bare = withoutCompanyForm(gold);
  if (isSpelledAlike(bare, withoutCompanyForm(window)) && isCapital(bare)) return true;
  const short = gold.filter(({ text }) => !OPTIONAL.has(text));
  if (short.length > 0 && short.length < gold.length && isCapital(short) && isSpelledAlike(short, window))
    return true;
  if (isPerson(gold, asksWho)) {
    if (samePerson(gold, window, asksWho)) return true;
    if (window.length === 1 && isAddressOf(gold, window[0])) return true;
  }
  const [plainGold, plainWindow] = [gold, window].map((tokens) => tokens.filter(({ text }) => text !== 'of'));
  if (
    plainGold !== undefined &&
    plainWindow !== undefined &&
    plainGold.length > 1 &&
    gold.length - window.length === 1 &&
    plainGold.length === plainWindow.length
  ) {
    if (plainGold.every((token, i) => isSameToken(token, plainWindow[i] as Token))) return true;
  }
  if (window.length === 1 && isAcronym(window[0], gold)) return true;
  if (gold.length === 1 && isAcronym(gold[0], window)) return true;
  return hasSameWords(gold, window);
}

function isCapital(tokens: readonly Token[]): boolean {
  return tokens.length > 0 && tokens.every((token) => token.isCapital && token.value === null);
}

/** Joined without blanks, so that `AB 123` is `AB-123`; values are compared as values. */
function isSpelledAlike(gold: readonly Token[], window: readonly Token[]): boolean {
  if (window.length === gold.length && gold.every((token, i) => isSameToken(token, window[i] as Token)))
    return true;
  if (!gold.every(isSpelled) || !window.every(isSpelled)) return false;
  if (window.some((token, i) => i > 0 && /[,;.!?\n()]\s/.test(token.gap) && !/^[\s.]*$/.test(token.gap)))
    return false;
  const spelled = join(gold);
  const isLongNumber = gold.some(({ isCode }) => isCode) && /^\d{6,}$/.test(spelled);
  return (/\p{L}/u.test(spelled) || isLongNumber) && join(window) === spelled;
}

export function isSameToken(gold: Token, given: Token): boolean {
  if (gold.value !== null && given.value !== null) {
    return sameValue(gold.value, given.value) && gold.bound === given.bound;
  }
  if (gold.value !== null || given.value !== null) return gold.text === given.text;
  if (sameWord(gold, given)) return true;
  return isCommon(gold) && isCommon(given) && gold.text.length > 3 && stem(gold.text) === stem(given.text);
}

/** Plain numbers can be part of a code; dates and sums cannot. */
function isSpelled(token: Token): boolean {
  return token.value === null || /^\d+$/.test(token.text);
}

function join(tokens: readonly Token[]): string {
  return tokens.map((token) => token.text.replace(/[-/]/g, '')).join('');
}

const isCommon = (token: Token): boolean => !token.isCapital && !token.isCode && token.value === null;
const ORDERED = new Set(['from', 'to', 'before', 'after', 'over', 'under', 'than', 'not', 'by', 'no']);

/** "Weather was bad" for "bad weather": the same words in another order, with nothing but small words between. */
function hasSameWords(gold: readonly Token[], window: readonly Token[]): boolean {
  const isSmall = ({ text, value }: Token): boolean => value === null && FUNCTION_WORDS.has(text);
  const wanted = gold.filter((token) => !isSmall(token));
  if (wanted.length < 2 || !wanted.some(isCommon)) return false;
  if (gold.some(({ text }) => ORDERED.has(text)) || window.some(({ text }) => text === 'or')) return false;
  const given = window.filter((token) => !isSmall(token));
  if (given.length !== wanted.length) return false;
  const [first, last] = [window[0], window.at(-1)];
  if (first === undefined || last === undefined || isSmall(first) || isSmall(last)) return false;
  if (window.some((token, i) => i > 0 && /[.;!?\n]/.test(token.gap))) return false;
  const left = [...given];
  return wanted.every((token) => {
    const at = left.findIndex(
      (other) =>
        isSameToken(token, other) ||
        (token.text.length > 3 &&
          stem(token.text) === stem(other.text) &&
          token.value === null &&
          other.value === null),
    );
    if (at < 0) return false;
    left.splice(at, 1);
    return true;
  });
}

/** Without "Mr." and the like. */
function withoutTitles(tokens: readonly Token[]): Token[] {
  return tokens.filter(({ text }) => !TITLES.has(text));
}
