/** Does an answer offer others beside the one that is right? */
import { FIRST_NAMES } from '../first-names';
import type { Span } from './spans';
import type { Token } from './tokens';
import { classOf, isEqual } from './values/same';
import type { Value } from './values/types';
import { AUXILIARIES, COMPANIONS, FUNCTION_WORDS, isRegion, JOINS, stem } from './words';

/** Words of its own that an answer may add to the gold answer's and the question's. */
const MAX_OWN_WORDS = 12;

const BREAK = /[,;:!?\n()]|\.\s|\.$|\s-+\s|\.\.\./;
const MAIL_WORD = /^(?:e?mails?|message|note|memo|letter|thread|reply|mailbox|inbox)$/;
const SAYS =
  /^(?:wrote|writes|said|says|stated|states|mentioned|mentions|confirmed|confirms|noted|notes|told|informed|announced)$/;
const AFFILIATIONS = new Set(['of', 'from', 'at', 'in', 'for']);

/** What puts another thing beside one. "With" alone is none: "Ann Lee with Acme" names one person. */
const ADDITIONS = [
  'as well as',
  'along with',
  'together with',
  'in addition to',
  'besides',
  'not to mention',
];

/** The answer as the rules look at it: without what it denies. */
export interface Said {
  readonly tokens: readonly Token[];
  readonly covered: readonly boolean[];
  readonly question: readonly Token[];
}

/** True when something stands beside the spans that could be another answer of the kind of `gold`. */
export function hasTextRival(said: Said, spans: readonly Span[], gold: readonly Token[]): boolean {
  const view = new View(said);
  const words = gold.filter(({ text, value }) => value === null && !FUNCTION_WORDS.has(text));
  const isNamed = words.length > 0 && words.every((token) => token.isCapital || token.isCode);
  const inside = spans.flatMap(({ start, end }) => said.tokens.slice(start, end));
  const isLower =
    !isNamed || !inside.some((token) => token.isCapital || token.isCode) || isShouted(said.tokens);
  if (view.ownWords() > MAX_OWN_WORDS) return true;
  const hasDigits = gold.some(
    ({ isCode, value }) => isCode || (value?.kind === 'quantity' && value.unit === null),
  );
  if (hasDigits && (view.hasOtherCode() || view.hasLoosePart())) return true;
  if (spans.some((span) => view.isJoined(span, isLower))) return true;
  if (isLower && spans.some((span) => view.hasNeighbour(span))) return true;
  if (view.hasSecondClaim()) return true;
  if (isLower && view.hasShortSegment(words.length)) return true;
  if (isLower && isNamed && view.ownWords() > 2) return true;
  if (view.isBareList()) return true;
  if (words.every(({ isCode }) => isCode)) return false;
  return isNamed && !isShouted(said.tokens) && view.hasOtherName(spans, gold);
}

/** The same for gold answers that are values. */
export function hasLooseRival(said: Said): boolean {
  const view = new View(said);
  if (said.covered.some((covered, i) => covered && view.isJoined({ start: i, end: i + 1 }, false)))
    return true;
  return view.ownWords() > MAX_OWN_WORDS || view.hasSecondClaim() || view.hasLoosePart();
}

/** An answer in capitals throughout has no names to be told by them. */
function isShouted(tokens: readonly Token[]): boolean {
  const small = tokens.filter(
    ({ text, value }) => value === null && FUNCTION_WORDS.has(text) && text !== 'i',
  );
  return small.length > 1 && small.every(({ isCapital }) => isCapital);
}

class View {
  readonly #tokens: readonly Token[];
  readonly #covered: readonly boolean[];
  readonly #stems: ReadonlySet<string>;
  readonly #cited: readonly boolean[];
  readonly #asked: readonly Token[];

  constructor({ tokens, covered, question }: Said) {
    this.#tokens = tokens;
    this.#covered = covered;
    this.#stems = new Set(question.flatMap(({ text, spelledOut }) => [stem(text), stem(spelledOut)]));
    this.#asked = question;
    this.#cited = this.#citations();
  }

  ownWords(): number {
    return this.#tokens.filter((_token, i) => this.#isOwn(i)).length;
  }

  /** Words of its own and nothing that makes them a sentence: "Falcon heron", "heron, Falcon". */
  isBareList(): boolean {
    const rest = this.#tokens.filter((_token, i) => !this.#covered[i]);
    const isSentence = rest.some(
      ({ text, value }) => value === null && FUNCTION_WORDS.has(text) && !JOINS.has(text),
    );
    return !isSentence && this.#tokens.some((token, i) => this.#isOwn(i) && !token.isCapital);
  }

  hasOtherCode(): boolean {
    const inside = new Set(this.#tokens.filter((_token, i) => this.#covered[i]).map(({ text }) => text));
    return this.#tokens.some(
      (token, i) =>
        token.isCode && !this.#covered[i] && !inside.has(token.text) && !this.#stems.has(stem(token.text)),
    );
  }

  /** "Falcon and Heron", "Falcon/Heron", "Falcon or else". */
  isJoined({ start, end }: Span, isLower: boolean): boolean {
    const [before, after] = [this.#tokens[start - 1], this.#tokens[end]];
    const gapBefore = this.#tokens[start]?.gap ?? '';
    if (this.#isAdded(start, end)) return true;
    if (before !== undefined && !this.#covered[start - 1]) {
      if (/[/|&+]/.test(gapBefore) && !this.#isKnown(start - 1)) return true;
      if (before.text === 'or' || (JOINS.has(before.text) && !/^(?:and|plus|then)$/.test(before.text)))
        return true;
      if (JOINS.has(before.text) && start >= 2 && this.#isOther(start - 2, isLower)) return true;
    }
    if (after === undefined || this.#covered[end]) return false;
    if (/[/|&+]/.test(after.gap) && !this.#isKnown(end) && (isLower || after.isCapital || after.isCode))
      return true;
    if (after.text === 'or')
      return !/^(?:so|more|less|fewer|later|earlier|above|below|higher)$/.test(
        this.#tokens[end + 1]?.text ?? '',
      );
    if (!JOINS.has(after.text)) return false;
    const next = this.#tokens[end + 1];
    if (next === undefined) return after.text !== 'then';
    // "Ann Lee and she will call" goes on with another clause.
    if (FUNCTION_WORDS.has(next.text) && next.value === null) return false;
    return this.#isOther(end + 1, isLower);
  }

  /** "Falcon as well as Heron", "along with Heron, Falcon": whatever is added is offered, too. */
  #isAdded(start: number, end: number): boolean {
    const wordsAt = (from: number, to: number): string =>
      this.#tokens
        .slice(Math.max(from, 0), to)
        .map(({ text }) => text)
        .join(' ');
    // An article or the like may stand between: "as well as the Heron".
    const isOpen = (index: number, by: 1 | -1): boolean =>
      [0, 1, 2].some((n) => this.#covered[index + n * by] !== true && !this.#isKnown(index + n * by));
    return ADDITIONS.some((words) => {
      const { length } = words.split(' ');
      return (
        (wordsAt(end, end + length) === words && isOpen(end + length, 1)) ||
        (wordsAt(start - length, start) === words && isOpen(start - length - 1, -1))
      );
    });
  }

  #isOther(index: number, isLower: boolean): boolean {
    if (this.#covered[index] || !this.#isOwn(index)) return false;
    const token = this.#tokens[index];
    return isLower || token?.isCapital === true || token?.isCode === true;
  }

  /** A word of its own right beside the span: "red blue green". */
  hasNeighbour({ start, end }: Span): boolean {
    const isBlank = (gap: string | undefined): boolean => /^\s*-?\s*$/.test(gap ?? '');
    const isName =
      this.#tokens[start - 1]?.isCapital === true && /^\s+the\s+$/i.test(this.#tokens[start]?.gap ?? '');
    // "They chose green": behind a pronoun stands a verb.
    const isVerb = /^(?:they|we|he|she|i|it|you)$/.test(this.#tokens[start - 2]?.text ?? '');
    const left =
      !isVerb && start > 0 && (isName || isBlank(this.#tokens[start]?.gap)) && this.#isOwn(start - 1);
    const right = end < this.#tokens.length && isBlank(this.#tokens[end]?.gap) && this.#isOwn(end);
    return left || right;
  }

  /** A part between commas or stops that is nothing but a few words: "red. green. blue." */
  hasShortSegment(goldWords: number): boolean {
    return this.#segments().some((indices) => {
      if (indices.some((i) => this.#covered[i])) return false;
      const own = indices.filter((i) => this.#isOwn(i));
      if (own.length === 0 || own.length > Math.max(2, goldWords + 1)) return false;
      return !indices.some((i) => {
        const { text, value } = this.#tokens[i] as Token;
        return (
          value === null &&
          (AUXILIARIES.has(text) ||
            AFFILIATIONS.has(text) ||
            /^(?:as|to|by|on|per|which|that|who|because|so|when)$/.test(text))
        );
      });
    });
  }

  /** "It is steel, it is wood": the second says the same of another thing. */
  hasSecondClaim(): boolean {
    return this.#segments().some((indices) => {
      if (indices.some((i) => this.#covered[i])) return false;
      const own = indices.filter((i) => this.#isOwn(i));
      const [at, last] = [own[0], own.at(-1)];
      if (at === undefined || last === undefined || last < (indices.at(-1) ?? 0) - 1 || last - at > 2)
        return false;
      const words = indices.map((i) => this.#tokens[i]?.text ?? '');
      return (
        AUXILIARIES.has(this.#tokens[at - 1]?.text ?? '') &&
        words.some((word) => /^(?:it|its|that|this|they|is)$/.test(word))
      );
    });
  }

  /** Parts that are nothing but another value or a few words: "3 pm. $500. Houston." */
  hasLoosePart(): boolean {
    const isBare = this.isBareList();
    return this.#segments().some((indices) => {
      const tokens = indices.map((i) => this.#tokens[i] as Token);
      const holds = indices.some((i) => this.#covered[i]);
      const open = indices.filter(
        (i) => !this.#isKnown(i) && (this.#tokens[i]?.value === null || this.#isOtherValue(i)),
      );
      const isPhrase = tokens.some(
        ({ text, value }) => value === null && FUNCTION_WORDS.has(text) && !JOINS.has(text),
      );
      if (holds)
        return open.some(
          (i) =>
            this.#touches(i) &&
            (this.#tokens[i]?.value !== null || (this.#tokens[i]?.isCapital === true && !isPhrase)),
        );
      if (open.length === 0 || isPhrase) return false;
      const inParentheses = /\(/.test(tokens[0]?.gap ?? '');
      return (
        open.some(
          (i) =>
            this.#isOtherValue(i) || this.#tokens[i]?.isCapital === true || this.#tokens[i]?.isCode === true,
        ) ||
        (!inParentheses && (isBare || open.length <= 2))
      );
    });
  }

  /** A value that is no part of a day and hour that the answer gives. */
  #isOtherValue(index: number): boolean {
    const value = this.#tokens[index]?.value ?? null;
    if (value === null) return false;
    const isTimely = (other: Value | null): boolean =>
      other !== null && /^(?:day|month|time|ordinal)/.test(classOf(other));
    const isRate = value.kind === 'quantity' && value.digits === '' && value.amount === 1;
    return (
      !isRate &&
      !(isTimely(value) && this.#tokens.some((token, i) => this.#covered[i] && isTimely(token.value)))
    );
  }

  #touches(index: number): boolean {
    const token = this.#tokens[index];
    if (token?.value !== null && !this.#isOtherValue(index)) return false;
    const isBlank = (gap: string | undefined): boolean => /^[\s(-]*$/.test(gap ?? '');
    const left = this.#covered[index - 1] === true && isBlank(token?.gap);
    const right = this.#covered[index + 1] === true && isBlank(this.#tokens[index + 1]?.gap);
    return left || right;
  }

  /** Another capital word that is no place of work, no source, no title and not in the question. */
  hasOtherName(spans: readonly Span[], gold: readonly Token[]): boolean {
    const tolerated = new Set(spans.flatMap((span) => this.#companyOf(span, gold)));
    return this.#tokens.some((token, i) => {
      if (!token.isCapital || token.isCode || !this.#isOwn(i) || tolerated.has(i)) return false;
      const next = this.#tokens[i + 1];
      const nextIsName =
        next !== undefined &&
        (next.isCapital || next.text.length === 1 || next.value !== null) &&
        /^\s*$/.test(next.gap) &&
        this.#covered[i + 1] !== true;
      // The first word of a sentence is capital anyway.
      const isFirst = (i === 0 || /[.!?:\n]/.test(token.gap)) && !nextIsName;
      const touches = spans.some(({ start, end }) => {
        if (i === start - 1 && /^\s*$/.test(this.#tokens[start]?.gap ?? ''))
          return isFirst && !this.#isSentence();
        return i === end && /^\s*$/.test(token.gap);
      });
      return touches || !isFirst || FIRST_NAMES.has(token.text) || this.#isAlone(i);
    });
  }

  #isSentence(): boolean {
    return this.#tokens.some((token, i) => !token.isCapital && token.value === null && !this.#covered[i]);
  }

  /** A segment that is this word only. */
  #isAlone(index: number): boolean {
    return this.#segments().some(
      (indices) => indices.length === 1 && indices[0] === index && this.#tokens.length > 1,
    );
  }

  /** Indices of "of Enron", "(Acme)", ", Texas" behind a span. */
  #companyOf({ end }: Span, gold: readonly Token[]): number[] {
    const token = this.#tokens[end];
    if (token === undefined) return [];
    const run = (from: number): number[] => {
      const indices: number[] = [];
      for (let i = from; i < this.#tokens.length && i < from + 4; i++) {
        const other = this.#tokens[i] as Token;
        if (!other.isCapital || (i > from && /[,;.!?()\n]/.test(other.gap))) break;
        indices.push(i);
      }
      return indices;
    };
    const isPerson = (indices: readonly number[]): boolean =>
      indices.some((i) => FIRST_NAMES.has(this.#tokens[i]?.text ?? ''));
    const joined = (indices: readonly number[]): string =>
      indices.map((i) => this.#tokens[i]?.text ?? '').join('');
    if (AFFILIATIONS.has(token.text) && /^\s*$/.test(token.gap)) {
      const indices = run(end + 1);
      return isPerson(indices) ? [] : indices;
    }
    if (/^[\s]*\($/.test(token.gap)) {
      const indices = run(end);
      return isPerson(indices) || indices.length === gold.length ? [] : indices;
    }
    if (/^\s*,?\s*$/.test(token.gap)) {
      const indices = run(end);
      for (let length = indices.length; length > 0; length--) {
        if (isRegion(joined(indices.slice(0, length)))) return indices.slice(0, length);
      }
    }
    return [];
  }

  #segments(): number[][] {
    const segments: number[][] = [];
    for (const [i, { gap }] of this.#tokens.entries()) {
      const [next, after] = [this.#tokens[i + 1]?.text ?? '', this.#tokens[i + 2]?.text ?? ''];
      const isClause =
        this.#tokens[i]?.text === 'and' && /^(?:it|that|this|they)$/.test(next) && AUXILIARIES.has(after);
      if (i === 0 || isClause || BREAK.test(gap)) segments.push([]);
      segments.at(-1)?.push(i);
    }
    return segments;
  }

  /** A word that neither the gold answer, the question nor the language brings. */
  #isOwn(index: number): boolean {
    return !this.#isKnown(index) && this.#tokens[index]?.value === null;
  }

  #isKnown(index: number): boolean {
    const token = this.#tokens[index];
    if (token === undefined || this.#covered[index] === true || this.#cited[index] === true) return true;
    if (token.value !== null)
      return this.#asked.some(({ value }) => value !== null && isEqual(value, token.value as Value));
    return (
      FUNCTION_WORDS.has(token.text) ||
      COMPANIONS.has(token.text) ||
      this.#stems.has(stem(token.text)) ||
      this.#stems.has(stem(token.spelledOut))
    );
  }

  /** What tells where the answer comes from: "according to the mail of 4 May from Bob Ray", "Bob Ray wrote that". */
  #citations(): boolean[] {
    const tokens = this.#tokens;
    const cited = tokens.map(() => false);
    for (let i = 0; i < tokens.length; i++) {
      const text = tokens[i]?.text ?? '';
      const begins = text === 'according' || text === 'per' || MAIL_WORD.test(text);
      if (begins) {
        for (let k = i; k < tokens.length && !this.#covered[k]; k++) {
          const token = tokens[k] as Token;
          const fits =
            token.value !== null ||
            MAIL_WORD.test(token.text) ||
            token.isCapital ||
            (token.isCode && token.text.includes('@')) ||
            /^(?:according|to|per|of|from|by|sent|dated|on|in|his|her|their|subject|titled|latest|last)$/.test(
              token.text,
            );
          if (!fits || (k > i && /[.;!?\n]/.test(token.gap))) break;
          cited[k] = true;
        }
      }
      if (SAYS.test(text) || MAIL_WORD.test(text)) {
        for (
          let k = i - 1;
          k >= 0 && tokens[k]?.isCapital === true && !this.#covered[k] && tokens[k]?.value === null;
          k--
        ) {
          if (/[.;!?\n]/.test(tokens[k + 1]?.gap ?? '')) break;
          cited[k] = true;
        }
      }
    }
    return cited;
  }
}
