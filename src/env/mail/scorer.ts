/**
 * Offline judge: is an answer right, by rules alone? Accepts the gold value in other notations (dates, times, money,
 * numbers, names, codes) and inside a short sentence; refuses denials, several candidates and long quotations.
 * It does not understand paraphrase: a gold answer that can be worded freely needs aliases.
 */
import { isAbstention } from './abstention';
import { isCommitted, isListed, isPartOfLongerName, type Span } from './scorer/commitment';
import { tokenise, withNumberWords, type Token } from './scorer/tokens';
import { sameValue, type Value } from './scorer/values';
import type { Question } from './corpus/types';

/** Tokens beyond those of the gold answer that still make a short sentence. */
const MAX_EXTRA_TOKENS = 20;

/** How many more tokens an answer may split a code or compound into: `AB 12 34` for `AB-1234`. */
const MAX_SPLIT_TOKENS = 4;

/** Words around values that change nothing: "on March 4 at 3 pm". */
const FILLERS = new Set(
  'at on by in to from of until about around approximately is was it its between'.split(' '),
);

export function scoreAnswer(
  question: Pick<Question, 'question' | 'answer' | 'aliases'>,
  answer: string,
): boolean {
  const abstains = isAbstention(answer, 'normalised');
  if (abstains || isAbstention(question.answer, 'normalised')) {
    return abstains && isAbstention(question.answer, 'normalised');
  }
  const asked = tokenise(question.question);
  const given = tokenise(answer);
  if (given.length === 0) return false;
  return [question.answer, ...question.aliases].some((gold) => matches(tokenise(gold), given, asked));
}

function matches(goldTokens: readonly Token[], given: readonly Token[], asked: readonly Token[]): boolean {
  if (goldTokens.length === 0 || given.length > goldTokens.length + MAX_EXTRA_TOKENS) return false;
  const gold = goldTokens.some((token) => token.value !== null) ? goldTokens : withNumberWords(goldTokens);
  if (isWindow(goldTokens, given, 0, given.length)) return true;
  const [first] = goldTokens;
  if (goldTokens.length === 1 && (first?.text === 'yes' || first?.text === 'no'))
    return saysYesOrNo(first.text, given);
  if (gold.every((token) => token.value !== null || FILLERS.has(token.text))) {
    return matchesValues(gold, given, asked);
  }
  return matchesText(goldTokens, given, asked) || matchesMeasure(gold, given, asked);
}

/** The first word decides; the opposite must not follow. */
function saysYesOrNo(gold: string, given: readonly Token[]): boolean {
  const said = new Set(given.map((token) => token.text).filter((text) => text === 'yes' || text === 'no'));
  return given[0]?.text === gold && said.size === 1;
}

/** All values of the gold answer, in order, and no other of their kinds. */
function matchesValues(gold: readonly Token[], given: readonly Token[], asked: readonly Token[]): boolean {
  const wanted = valuesOf(gold);
  const answer = given.some((token) => token.value?.kind === 'quantity') ? given : withNumberWords(given);
  if (!isCommitted(answer, (index) => answer[index]?.value !== null, asked)) return false;
  // A range such as `6-7` is no value, but beside a quantity it is another candidate.
  const wantsQuantity = wanted.some((value) => value.kind === 'quantity');
  if (wantsQuantity && answer.some((token) => token.isCode && /^[\d./-]+$/.test(token.text))) return false;
  const candidates = candidateValues(wanted, answer, asked);
  return candidates.length === wanted.length && candidates.every((value, i) => isSame(wanted[i], value));
}

function isSame(gold: Value | undefined, given: Value): boolean {
  return gold !== undefined && sameValue(gold, given);
}

/**
 * Values of the answer that compete with the wanted ones: same kind, and same unit if the answer uses it anywhere
 * ("$4,500 for 3 seats" names one sum). Repetitions and values that the question mentions are left out.
 */
function candidateValues(
  wanted: readonly Value[],
  answer: readonly Token[],
  asked: readonly Token[],
): Value[] {
  const values = valuesOf(answer);
  const fromQuestion = valuesOf(asked);
  const units = new Set(wanted.map((value) => (value.kind === 'quantity' ? value.unit : null)));
  const usesUnit = values.some(
    (value) => value.kind === 'quantity' && value.unit !== null && units.has(value.unit),
  );
  const kinds = new Set(wanted.map((value) => value.kind));
  return values.filter((value, index) => {
    if (!kinds.has(value.kind)) return false;
    const isWanted = wanted.some((gold) => sameValue(gold, value));
    if (values.slice(0, index).some((earlier) => isWanted && isEqual(earlier, value)) && !repeats(wanted))
      return false;
    if (isWanted) return true;
    if (usesUnit && value.kind === 'quantity' && value.unit === null) return false;
    return !fromQuestion.some((known) => isEqual(known, value));
  });
}

function valuesOf(tokens: readonly Token[]): Value[] {
  return tokens.flatMap((token) => (token.value === null ? [] : [token.value]));
}

function isEqual(a: Value, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function repeats(values: readonly Value[]): boolean {
  return values.some((value, i) => values.slice(0, i).some((earlier) => isEqual(earlier, value)));
}

/** "12 days": the number alone will do, another unit will not. */
function matchesMeasure(gold: readonly Token[], given: readonly Token[], asked: readonly Token[]): boolean {
  const [number, unit] = gold;
  if (gold.length !== 2 || number?.value?.kind !== 'quantity' || unit === undefined || unit.isCode)
    return false;
  const answer = given.some((token) => token.value?.kind === 'quantity') ? given : withNumberWords(given);
  const hasUnit = answer.some(
    (token, i) => singular(token.text) === singular(unit.text) && isSameToken(number, answer[i - 1]),
  );
  const isBare = answer.every((token) => token.value !== null || FILLERS.has(token.text));
  return (hasUnit || isBare) && matchesValues([number], given, asked);
}

function isSameToken(gold: Token, given: Token | undefined): boolean {
  const value = given?.value ?? null;
  return gold.value !== null && value !== null && sameValue(gold.value, value);
}

function singular(word: string): string {
  return word.length > 3 ? word.replace(/s$/, '') : word;
}

/** The gold text as a run of tokens, standing for itself and alone. */
function matchesText(gold: readonly Token[], given: readonly Token[], asked: readonly Token[]): boolean {
  const span = findSpan(gold, given);
  if (span === null) return false;
  if (!isCommitted(given, (index) => index >= span.start && index < span.end, asked)) return false;
  if (isListed(given, span, asked) || isPartOfLongerName(given, span, asked)) return false;
  const wanted = valuesOf(gold);
  return candidateValues(wanted, given, asked).every((value) =>
    wanted.some((goldValue) => sameValue(goldValue, value)),
  );
}

function findSpan(gold: readonly Token[], given: readonly Token[]): Span | null {
  const forms = [gold, ...nameForms(gold)];
  for (let start = 0; start < given.length; start++) {
    const furthest = Math.min(given.length, start + gold.length + MAX_SPLIT_TOKENS);
    for (let end = start + 1; end <= furthest; end++) {
      if (forms.some((form) => isWindow(form, given, start, end))) return { start, end };
    }
  }
  return null;
}

/**
 * Whether the tokens of a window spell the gold answer. Joined without blanks, so that `AB 123` is `AB-123`; values
 * are compared as values.
 */
function isWindow(gold: readonly Token[], given: readonly Token[], start: number, end: number): boolean {
  const window = given.slice(start, end);
  if (
    window.length === gold.length &&
    gold.every((token, i) => isSameToken(token, window[i]) || spells(token, window[i]))
  ) {
    return true;
  }
  const spelled = join(gold);
  return (
    /\p{L}/u.test(spelled) && gold.every(isSpelled) && window.every(isSpelled) && join(window) === spelled
  );
}

function spells(gold: Token, given: Token | undefined): boolean {
  return (
    gold.value === null && given?.value === null && gold.text === given.text && agreesInComma(gold, given)
  );
}

/** "Lee, Ann" is not "Lee Ann": reversed forms carry a comma that must be there. */
function agreesInComma(gold: Token, given: Token): boolean {
  return gold.gap !== REVERSED || given.gap.trim() === ',';
}

const REVERSED = ', (reversed)';

/** Plain numbers can be part of a code; dates and sums cannot. */
function isSpelled(token: Token): boolean {
  return token.gap !== REVERSED && (token.value === null || /^\d+$/.test(token.text));
}

function join(tokens: readonly Token[]): string {
  return tokens.map((token) => token.text.replace(/[-/]/g, '')).join('');
}

/** Other ways to write a name of two to four capital words: "Lee, Ann" for "Ann Lee" and the reverse. */
function nameForms(gold: readonly Token[]): Token[][] {
  if (gold.length < 2 || gold.length > 4) return [];
  if (!gold.every((token) => token.isCapital && !token.isCode && token.value === null)) return [];
  const [first, second] = gold;
  const last = gold.at(-1);
  if (first === undefined || second === undefined || last === undefined) return [];
  if (second.gap.trim() === ',') return [[...gold.slice(1), first]];
  return [[last, { ...first, gap: REVERSED }, ...gold.slice(1, -1)]];
}
