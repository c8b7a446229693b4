/**
 * Offline judge: is an answer right, by rules alone? Accepts the gold value in other notations (dates, times, money,
 * units, numbers to call, names, lists) and inside a short sentence; refuses denials, several candidates and long
 * quotations. It does no arithmetic but that of units and calendars, and knows no synonyms: a gold answer that can be
 * worded freely needs aliases.
 */
import { abstainsFrom, isGoldAbstention } from './abstention';
import type { MailStore, Question } from './corpus/types';
import { sameBound } from './scorer/bounds';
import { deniedTokens, isHedged } from './scorer/denial';
import { goldForms, rateOf } from './scorer/golds';
import { hasLooseRival, hasTextRival } from './scorer/rivals';
import { findSpans, isSameToken, type Span } from './scorer/spans';
import { tokenise, type Reading, type Token } from './scorer/tokens';
import { hasRivalValue, matchValues, valueTokens } from './scorer/value-match';
import { sameValue } from './scorer/values/same';
import type { Day } from './scorer/values/types';
import { FUNCTION_WORDS, WHO } from './scorer/words';
import { polarityOf } from './scorer/yes-no';

/** Tokens beyond those of the gold answer that still make a short sentence. */
const MAX_EXTRA_TOKENS = 22;

/** A question as the judge needs it. */
export interface JudgedQuestion extends Pick<Question, 'question' | 'answer' | 'aliases'> {
  /** "Today" of the question, `YYYY-MM-DD`. */
  readonly queryDate?: string;
  /** Day of the mail that holds the answer, `YYYY-MM-DD`: what "tomorrow" is said from; `queryDate` when absent. */
  readonly mailDate?: string | undefined;
}

/** The question with the day of the mail that holds its answer. */
export function judged(question: Question, store: Pick<MailStore, 'read'>): JudgedQuestion {
  const [id] = question.emailIds;
  const date = id === undefined ? null : (store.read(id)?.date ?? null);
  return date === null ? question : { ...question, mailDate: new Date(date).toISOString().slice(0, 10) };
}

export function scoreAnswer(question: JudgedQuestion, answer: string): boolean {
  const abstains = abstainsFrom(question, answer, 'normalised');
  const isUnknown = isGoldAbstention(question.answer);
  if (abstains || isUnknown) return abstains && isUnknown;
  const reading: Reading = {
    anchor: dayOf(question.mailDate ?? question.queryDate),
    isTelephone:
      /\b(?:phone|telephone|call|fax|cell|mobile|dial|extension|pager)\b|\b(?:his|her|their|my|your|whose|\w+'s) (?:\w+ )?number\b/i.test(
        question.question,
      ),
  };
  const judge = new Judge(question.question, answer, reading);
  return [question.answer, ...question.aliases].some((gold) => judge.accepts(gold));
}

function dayOf(text: string | undefined): Day | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(text ?? '');
  return found === null ? null : { year: Number(found[1]), month: Number(found[2]), day: Number(found[3]) };
}

/** One answer to one question, held against gold answers. */
class Judge {
  readonly #question: string;
  readonly #asked: readonly Token[];
  readonly #given: readonly Token[];
  /** {@link #given} without what the answer puts aside. */
  readonly #said: readonly Token[];
  readonly #denied: readonly boolean[];
  readonly #reading: Reading;
  readonly #asksWho: boolean;
  readonly #isExtension: boolean;

  constructor(question: string, answer: string, reading: Reading) {
    this.#question = question;
    this.#reading = reading;
    this.#asked = tokenise(question, reading);
    this.#isExtension = /\bextension\b/i.test(question);
    this.#given = this.#read(answer);
    this.#denied = deniedTokens(this.#given, this.#asked, /\?\W*$/.test(answer));
    this.#said = without(this.#given, this.#denied);
    this.#asksWho = this.#asked.some(({ text }) => WHO.has(text));
  }

  /** Marks say nothing in the number of an extension: x3-7950 is 37950. */
  #read(text: string): Token[] {
    const plain = this.#isExtension
      ? text.replace(/(?<!\p{L})(?:x|ext\.?|extension)\s*(?=\d)/giu, '').replace(/(?<=\d)-(?=\d)/g, '')
      : text;
    return tokenise(plain, this.#reading);
  }

  accepts(gold: string): boolean {
    const tokens = this.#read(gold);
    const [first] = tokens;
    if (first === undefined || this.#given.length === 0) return false;
    if (this.#given.length > tokens.length + MAX_EXTRA_TOKENS) return false;
    if (isSame(tokens, this.#given)) return true;
    if (first.text === 'yes' || first.text === 'no') return this.#acceptsYesNo(first.text, tokens);
    const [rate, said] = [rateOf(tokens), rateOf(this.#given)];
    if (rate !== '' && said !== '' && rate !== said) return false;
    return goldForms(tokens, this.#asked).some((form) => this.#acceptsForm(form));
  }

  #acceptsYesNo(gold: 'yes' | 'no', tokens: readonly Token[]): boolean {
    if (polarityOf(this.#given, this.#asked) !== gold) return false;
    // "Yes, at 3 pm" asks for the time as well.
    const values = valueTokens(tokens.slice(1));
    return values.length === 0 || this.#acceptsForm(values);
  }

  #acceptsForm(gold: readonly Token[]): boolean {
    if (isNegative(gold)) return this.#holds(gold, this.#given);
    if (isHedged(this.#given)) return false;
    return this.#holds(gold, this.#said) && !this.#denies(gold);
  }

  /** "Approved, not approved". */
  #denies(gold: readonly Token[]): boolean {
    const said = new Set(this.#said.map(({ text }) => text));
    const denied = this.#given.filter((_token, i) => this.#denied[i]);
    if (gold.every(({ value }) => value !== null)) {
      return denied.some(
        ({ value }) =>
          value !== null && gold.every((token) => token.value !== null && sameValue(token.value, value)),
      );
    }
    return denied.every(({ text }) => !said.has(text)) ? false : findSpans(gold, denied, false).length > 0;
  }

  #holds(gold: readonly Token[], said: readonly Token[]): boolean {
    if (said.length === 0) return false;
    const matched = matchValues(gold, said, this.#asked, this.#question, this.#reading.anchor);
    if (matched !== null) return matched;
    const whole = findSpans(gold, said, this.#asksWho);
    if (whole.length > 0 && this.#isAlone([gold], [whole], said)) return true;
    const items = itemsOf(gold);
    if (items.length < 2 || !agreesInOr(gold, said)) return false;
    const spans = items.map((item) => this.#spansOf(item, said));
    return spans.every((found) => found.length > 0) && this.#isAlone(items, spans, said);
  }

  #spansOf(item: readonly Token[], said: readonly Token[]): Span[] {
    const [token] = item;
    if (item.length === 1 && token?.value !== null && token?.value !== undefined) {
      return said.flatMap((other, i) =>
        isSameToken({ ...token, bound: null }, { ...other, bound: null }) ? [{ start: i, end: i + 1 }] : [],
      );
    }
    return findSpans(item, said, this.#asksWho);
  }

  /** No other candidates beside the spans of the items. */
  #isAlone(
    items: readonly (readonly Token[])[],
    spans: readonly (readonly Span[])[],
    said: readonly Token[],
  ): boolean {
    const covered = said.map(() => false);
    for (const { start, end } of spans.flat()) covered.fill(true, start, end);
    const bounded = said.some(
      (token, i) =>
        covered[i] &&
        token.bound !== null &&
        !items.flat().some((gold) => sameBound(gold.bound, token.bound, this.#question)),
    );
    if (bounded) return false;
    const view = { tokens: said, covered, question: this.#asked };
    if (items.length > 1 && hasLooseRival(view)) return false;
    if (hasRivalValue(items.flat(), said, covered, this.#asked)) return false;
    return items.every((item, i) => {
      const isValue = item.every(({ value }) => value !== null);
      return isValue || !hasTextRival(view, spans[i] ?? [], item);
    });
  }
}

function without(tokens: readonly Token[], dropped: readonly boolean[]): Token[] {
  const kept: Token[] = [];
  let isBroken = false;
  for (const [i, token] of tokens.entries()) {
    if (dropped[i] === true) {
      isBroken = true;
      continue;
    }
    kept.push(isBroken && kept.length > 0 ? { ...token, gap: `, ${token.gap}` } : token);
    isBroken = false;
  }
  return kept;
}

function isSame(gold: readonly Token[], given: readonly Token[]): boolean {
  return (
    gold.length === given.length &&
    gold.every(
      (token, i) =>
        token.text === given[i]?.text && token.bound === given[i]?.bound && sameGap(token, given[i]),
    )
  );
}

/** "Lee, Ann" is not "Lee Ann". */
function sameGap(gold: Token, given: Token): boolean {
  return /[,;/]/.test(gold.gap) === /[,;/]/.test(given.gap) || !gold.isCapital;
}

/** Gold answers such as "not approved" are to be denials. */
function isNegative(gold: readonly Token[]): boolean {
  return gold.some(({ text }) => /^(?:not|never|no|without|none|nobody|nothing|cannot)$/.test(text));
}

/** "Rome, Paris and Oslo" in three, "Room 4B, 12 Main Street" in two. */
function itemsOf(gold: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  for (const token of gold) {
    const isJoin = token.value === null && /^(?:and|or|plus)$/.test(token.text);
    const isNext =
      /[,;\n/&+]|\s-\s/.test(token.gap) || (token.value === null && /^(?:at|on|in)$/.test(token.text));
    if (isJoin || isNext) items.push([]);
    if (!isJoin && !(token.value === null && FUNCTION_WORDS.has(token.text))) items.at(-1)?.push(token);
  }
  return items.filter((item) => item.length > 0);
}

/** "Rome or Paris" is another answer than "Rome and Paris". */
function agreesInOr(gold: readonly Token[], said: readonly Token[]): boolean {
  const has = (tokens: readonly Token[]): boolean => tokens.some(({ text }) => text === 'or');
  return has(gold) === has(said);
}
