/** Does an answer stand by the part that is right, or does it deny it or offer others beside it? */
import type { Token } from './tokens';

/** Half-open range of tokens. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const NEGATIONS = new Set(
  (
    'not never neither nor isnt wasnt arent werent doesnt didnt dont wont cannot cant wouldnt except unlike instead rather ' +
    'incorrect wrong false'
  ).split(' '),
);
const HEDGES = new Set('either or maybe perhaps possibly might unsure unclear alternatively'.split(' '));
const JOINS = new Set(['and', 'plus', 'or', 'versus', 'vs']);
/** Words that stand beside an answer without being another candidate. */
const COMPANIONS = new Set(
  (
    'yes no ok okay sure hi hello thanks sorry so well answer mr mrs ms dr prof sir ceo cfo cto coo vp president director ' +
    'manager head lead project team company client room building inc ltd llc corp co gmbh'
  ).split(' '),
);

/** False when a word outside the span denies or hedges. A question that asks for a negation may be answered with one. */
export function isCommitted(
  answer: readonly Token[],
  isInside: (index: number) => boolean,
  question: readonly Token[],
): boolean {
  const asksNegation = question.some((token) => NEGATIONS.has(token.text));
  return answer.every((token, index) => {
    if (isInside(index) || token.value !== null) return true;
    if (HEDGES.has(token.text)) return false;
    if (!NEGATIONS.has(token.text)) return true;
    return asksNegation && !isInside(index + 1);
  });
}

/**
 * True when other candidates are listed beside the span: "Falcon, Heron", "Falcon/Heron", "Falcon and Heron", or
 * another code anywhere beside a code.
 */
export function isListed(answer: readonly Token[], span: Span, question: readonly Token[]): boolean {
  if (
    answer.slice(span.start, span.end).some((token) => token.isCode) &&
    hasOtherCode(answer, span, question)
  ) {
    return true;
  }
  const before = answer[span.start - 1];
  const after = answer[span.end];
  if (before !== undefined) {
    const gap = answer[span.start]?.gap ?? '';
    if (JOINS.has(before.text) || /[/|&+]/.test(gap)) return true;
    if (/[,;\n]/.test(gap) && isCandidate(chunkBefore(answer, span.start), answer, span, question))
      return true;
  }
  if (after === undefined) return false;
  if (JOINS.has(after.text) || /[/|&+]/.test(after.gap)) return true;
  return /[,;\n]/.test(after.gap) && isCandidate(chunkAfter(answer, span.end), answer, span, question);
}

function hasOtherCode(answer: readonly Token[], span: Span, question: readonly Token[]): boolean {
  const allowed = new Set([...answer.slice(span.start, span.end), ...question].map((token) => token.text));
  return answer.some((token, index) => {
    const isOutside = index < span.start || index >= span.end;
    return isOutside && token.isCode && !allowed.has(token.text);
  });
}

const BREAK = /[,;.:!?\n()]/;

function chunkAfter(answer: readonly Token[], start: number): readonly Token[] {
  let end = start + 1;
  while (end < answer.length && !BREAK.test(answer[end]?.gap ?? '') && !JOINS.has(answer[end]?.text ?? ''))
    end++;
  return answer.slice(start, end);
}

function chunkBefore(answer: readonly Token[], end: number): readonly Token[] {
  let start = end - 1;
  while (start > 0 && !BREAK.test(answer[start]?.gap ?? '') && !JOINS.has(answer[start - 1]?.text ?? ''))
    start--;
  return answer.slice(start, end);
}

/** Whether a chunk looks like the thing in the span: a name beside a name, a code beside a code, few words beside few. */
function isCandidate(
  chunk: readonly Token[],
  answer: readonly Token[],
  span: Span,
  question: readonly Token[],
): boolean {
  const isKnown = (token: Token): boolean =>
    COMPANIONS.has(token.text) || token.value !== null || question.some((asked) => asked.text === token.text);
  if (chunk.every(isKnown)) return false;
  const inside = answer.slice(span.start, span.end);
  if (chunk.length === inside.length) return true;
  if (!inside.every((token) => token.isCapital || token.isCode)) return chunk.length < inside.length;
  return chunk.length <= 4 && chunk.every((token) => token.isCapital || token.isCode || isKnown(token));
}

const WHO = new Set(['who', 'whom', 'whose']);

/** True when the span is only part of a longer name: "Mary Ann Lee" or "Ann Lee Smith" for "Ann Lee". */
export function isPartOfLongerName(
  answer: readonly Token[],
  span: Span,
  question: readonly Token[],
): boolean {
  const inside = answer.slice(span.start, span.end);
  if (!inside.every((token) => token.isCapital && !token.isCode)) return false;
  const isName = (token: Token | undefined, gap: string | undefined): boolean =>
    token !== undefined &&
    token.isCapital &&
    !token.isCode &&
    (gap ?? '').trim() === '' &&
    !COMPANIONS.has(token.text) &&
    !question.some((asked) => asked.text === token.text);
  const after = isName(answer[span.end], answer[span.end]?.gap);
  // The first word of a sentence is capital anyway; it is a name only where the whole answer is one.
  const isSentence = answer.some((token) => !token.isCapital);
  const before = isName(answer[span.start - 1], answer[span.start]?.gap) && !(isSentence && span.start === 1);
  // Asked who, "Ann Lee" is a fuller form of "Ann"; elsewhere two names side by side are two candidates.
  if (inside.length === 1 && after && !before && question.some((asked) => WHO.has(asked.text))) {
    return isName(answer[span.end + 1], answer[span.end + 1]?.gap);
  }
  return after || before;
}
