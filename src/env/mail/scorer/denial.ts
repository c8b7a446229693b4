/** Which parts of an answer it puts aside: "5, not 6", "formerly green", "Falcon? No, Heron". */
import type { Token } from './tokens';
import { AUXILIARIES, EXCEPTIONS, FORMER, HEDGES, NEGATIONS } from './words';

const BOUNDARY = /[,;.!?()\n:]|\s-+\s|\.\.\./;
const FALSE = new Set(['wrong', 'incorrect', 'false', 'untrue', 'mistaken', 'outdated']);
/** Begin a clause of their own. */
const OPENERS = new Set(['but', 'however', 'whereas', 'although', 'though', 'now']);

/** True for every token that the answer denies. */
export function deniedTokens(answer: readonly Token[], question: readonly Token[]): boolean[] {
  const denied = answer.map(() => false);
  const asksNegation = question.some(({ text }) => NEGATIONS.has(text));
  let start = 0;
  for (let i = 1; i <= answer.length; i++) {
    const token = answer[i];
    const isEnd =
      token === undefined ||
      BOUNDARY.test(token.gap) ||
      (OPENERS.has(token.text) && !isExcepting(answer, start, i));
    if (!isEnd) continue;
    for (const index of deniedOf(answer, start, i, asksNegation)) denied[index] = true;
    // A clause that ends as a question is asked, not said.
    if (token !== undefined && /\?/.test(token.gap)) for (let k = start; k < i; k++) denied[k] = true;
    start = i;
  }
  return denied;
}

/** Indices of one clause that it denies. */
function deniedOf(answer: readonly Token[], start: number, end: number, asksNegation: boolean): number[] {
  const range = (from: number): number[] =>
    Array.from({ length: Math.max(0, end - from) }, (_, i) => from + i);
  // "5, not 6, is wrong" stands by nothing.
  if (answer.slice(start, end).some(({ text, value }) => value === null && FALSE.has(text)))
    return range(start);
  for (let i = start; i < end; i++) {
    const text = answer[i]?.text ?? '';
    const [next, after] = [answer[i + 1]?.text ?? '', answer[i + 2]?.text ?? ''];
    const previous = i > start ? (answer[i - 1]?.text ?? '') : '';
    if (answer[i]?.value !== null) continue;
    if (EXCEPTIONS.has(text)) return range(i);
    if ((text === 'instead' || text === 'out') && next === 'of') return range(i);
    if ((text === 'rather' || text === 'other') && next === 'than') return range(i);
    if (text === 'as' && next === 'opposed') return range(i);
    if (text === 'but' && isExcepting(answer, start, i)) return range(i);
    if (text === 'no' && next === 'longer') return i + 2 >= end ? range(start) : range(i);
    if (text === 'used' && next === 'to') return range(start);
    if (text === 'no' && end > i + 1 && i === start && !isIdle(next))
      return isBound(next, after) ? [] : range(start);
    if (FORMER.has(text)) {
      return i === end - 1 || AUXILIARIES.has(previous) ? range(start) : range(i);
    }
    if (!NEGATIONS.has(text)) continue;
    if (text === 'not' && isBound(next, after)) continue;
    if (text === 'not' && next === 'only') continue;
    const isContrast = (text === 'not' || text === 'never') && i > start && !AUXILIARIES.has(previous);
    if (asksNegation && (isContrast || AUXILIARIES.has(previous) || text !== 'not') && i > start) continue;
    return isContrast ? range(i) : range(start);
  }
  return [];
}

/** "Any day but Tuesday". */
function isExcepting(answer: readonly Token[], start: number, index: number): boolean {
  return answer
    .slice(Math.max(start, index - 3), index)
    .some(({ text }) => /^(?:any|every|all)(?:thing|one|body)?$/.test(text));
}

/** "no more than", "not later than" bound a value and deny nothing. */
function isBound(next: string, after: string): boolean {
  return /^(?:more|less|fewer|later|earlier)$/.test(next) && after === 'than';
}

/** "No, …" and "no problem" deny nothing of what follows. */
function isIdle(next: string): boolean {
  return /^(?:problem|doubt|worries|question|idea|sooner|one|body|st|\d+)$/.test(next);
}

/** Whether the answer leaves open if it is right: "maybe", "it could be", "not sure". */
export function isHedged(answer: readonly Token[]): boolean {
  return answer.some(({ text, value }, i) => {
    if (value !== null) return false;
    const next = answer[i + 1]?.text ?? '';
    return (
      HEDGES.has(text) ||
      ((text === 'could' || text === 'may') && next === 'be') ||
      (text === 'dont' && next === 'know') ||
      (text === 'not' && (next === 'sure' || next === 'certain')) ||
      (text === 'one' && next === 'of' && /^(?:these|those|following|them)$/.test(answer[i + 2]?.text ?? ''))
    );
  });
}
