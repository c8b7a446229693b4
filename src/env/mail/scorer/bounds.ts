/** "More than 5" is not 5: what words around a value make of it. */
import type { Token } from './tokens';
import type { Bound, Value } from './values/types';

const BEFORE: readonly (readonly [string, Bound])[] = [
  ['no more than', 'most'],
  ['not more than', 'most'],
  ['no later than', 'most'],
  ['no less than', 'least'],
  ['not less than', 'least'],
  ['no fewer than', 'least'],
  ['no earlier than', 'least'],
  ['more than', 'over'],
  ['greater than', 'over'],
  ['higher than', 'over'],
  ['longer than', 'over'],
  ['upwards of', 'over'],
  ['in excess of', 'over'],
  ['just over', 'over'],
  ['over', 'over'],
  ['above', 'over'],
  ['exceeding', 'over'],
  ['exceeds', 'over'],
  ['beyond', 'over'],
  ['less than', 'under'],
  ['fewer than', 'under'],
  ['lower than', 'under'],
  ['smaller than', 'under'],
  ['shorter than', 'under'],
  ['just under', 'under'],
  ['under', 'under'],
  ['below', 'under'],
  ['at least', 'least'],
  ['minimum of', 'least'],
  ['minimum', 'least'],
  ['at most', 'most'],
  ['up to', 'most'],
  ['maximum of', 'most'],
  ['maximum', 'most'],
  ['max', 'most'],
  ['almost', 'almost'],
  ['nearly', 'almost'],
  ['close to', 'almost'],
  ['before', 'before'],
  ['earlier than', 'before'],
  ['prior to', 'before'],
  ['after', 'after'],
  ['later than', 'after'],
  ['following', 'after'],
];
const AFTER: readonly (readonly [string, Bound])[] = [
  ['or more', 'least'],
  ['or above', 'least'],
  ['or higher', 'least'],
  ['and up', 'least'],
  ['minimum', 'least'],
  ['at least', 'least'],
  ['or less', 'most'],
  ['or fewer', 'most'],
  ['or below', 'most'],
  ['maximum', 'most'],
  ['max', 'most'],
  ['at most', 'most'],
  ['or later', 'after'],
  ['or earlier', 'before'],
];
const TIMELY = new Set(['date', 'relative', 'month', 'quarter', 'time', 'range']);

/** Gives every value its bound. */
export function boundsOf(tokens: readonly Token[]): Token[] {
  return tokens.map((token, i) =>
    token.value === null ? token : { ...token, bound: boundAt(tokens, i, token.value) },
  );
}

function boundAt(tokens: readonly Token[], index: number, value: Value): Bound | null {
  const before = BEFORE.find(([words]) => standsBefore(tokens, index, words.split(' ')));
  const isTimely = TIMELY.has(value.kind);
  if (before !== undefined) {
    const isOfTime = before[1] === 'before' || before[1] === 'after';
    if (!isOfTime || isTimely) return before[1];
  }
  return AFTER.find(([words]) => standsAfter(tokens, index, words.split(' ')))?.[1] ?? null;
}

function standsBefore(tokens: readonly Token[], index: number, words: readonly string[]): boolean {
  return words.every((word, i) => {
    const at = index - words.length + i;
    const next = tokens[at + 1];
    return tokens[at]?.text === word && !/[.;!?\n]/.test(next?.gap ?? '');
  });
}

function standsAfter(tokens: readonly Token[], index: number, words: readonly string[]): boolean {
  return words.every((word, i) => {
    const token = tokens[index + 1 + i];
    return token?.text === word && !/[.;!?\n]/.test(token.gap);
  });
}

const ASKED: Readonly<Record<Bound, RegExp>> = {
  most: /\b(?:max\w*|limit\w*|most|cap|capped|ceiling|up to|deadline|latest|by when|until|due|allowed|can)\b/i,
  least: /\b(?:min\w*|least|floor|earliest|required|needed|need)\b/i,
  over: /\b(?:more than|exceed\w*|over|above)\b/i,
  under: /\b(?:less than|under|below|fewer than)\b/i,
  almost: /\b(?:almost|nearly|about|approximately|roughly)\b/i,
  before: /\b(?:before|deadline|due|by when|latest|no later)\b/i,
  after: /\b(?:after|earliest|since)\b/i,
};

/** Whether an answer's bound is the gold answer's, or is what the question asks about anyway. */
export function sameBound(gold: Bound | null, given: Bound | null, question: string): boolean {
  if (gold === given) return true;
  const bounds = [gold, given].filter((bound) => bound !== null);
  return bounds.every((bound) => ASKED[bound].test(question));
}
