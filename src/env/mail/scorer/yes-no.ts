/** What an answer says to a question that is answered by yes or no. */
import type { Token } from './tokens';
import { AUXILIARIES, FUNCTION_WORDS, HEDGES, NEGATIONS, stem } from './words';

const YES = new Set([
  'yes',
  'yep',
  'yeah',
  'yup',
  'true',
  'correct',
  'right',
  'affirmative',
  'indeed',
  'certainly',
  'definitely',
  'absolutely',
  'sure',
  'aye',
  'y',
]);
const NO = new Set(['no', 'nope', 'nah', 'false', 'negative', 'incorrect', 'never', 'untrue', 'n', 'not']);
/** Begin with "no" and mean something else. */
const IDIOMS = new Set([
  'problem',
  'doubt',
  'worries',
  'question',
  'matter',
  'wonder',
  'sooner',
  'idea',
  'one',
]);

export type Polarity = 'yes' | 'no';

export function polarityOf(answer: readonly Token[], question: readonly Token[]): Polarity | null {
  const [first, second] = answer;
  if (first === undefined || answer.some(({ text, value }) => value === null && HEDGES.has(text)))
    return null;
  const has = (words: ReadonlySet<string>): boolean => answer.some(({ text }) => words.has(text));
  const plainYes = answer.some(({ text }) => text === 'yes');
  const plainNo = answer.some(
    ({ text }, i) =>
      text === 'no' && !IDIOMS.has(answer[i + 1]?.text ?? '') && answer[i + 1]?.text !== 'later',
  );
  if (plainYes && plainNo) return null;
  const second2 = second?.text ?? '';
  if (first.text === 'no' && IDIOMS.has(second2) && /^\s*$/.test(second?.gap ?? '')) return null;
  if (first.text === 'not') {
    return /^(?:true|correct|really|at|yet|any)$/.test(second2) || isStatement(answer, question)
      ? 'no'
      : null;
  }
  if (YES.has(first.text) && !has(new Set(['not'])) && !plainNo) return 'yes';
  if (first.text === 'yes')
    return isNegated(answer.slice(1)) && isStatement(answer.slice(1), question) ? null : 'yes';
  if (NO.has(first.text)) {
    const rest = answer.slice(1);
    // "No, he approved it" contradicts itself where the question is if he approved it.
    if (first.text === 'no' && rest.length > 0 && !isNegated(rest) && isEcho(rest, question)) return null;
    return 'no';
  }
  if (/^(?:that|this|it|its|thats)$/.test(first.text) && answer.length <= 4) {
    const last = answer.at(-1)?.text ?? '';
    if (YES.has(last)) return isNegated(answer) ? 'no' : 'yes';
    if (NO.has(last) && last !== 'not') return isNegated(answer.slice(0, -1)) ? 'yes' : 'no';
  }
  if (!isStatement(answer, question)) return null;
  return isNegated(answer) ? 'no' : 'yes';
}

function isNegated(tokens: readonly Token[]): boolean {
  return tokens.filter(({ text }) => NEGATIONS.has(text) || text === 'no').length % 2 === 1;
}

const isContent = ({ text, value }: Token): boolean =>
  value !== null || (!FUNCTION_WORDS.has(text) && !NEGATIONS.has(text) && !AUXILIARIES.has(text));

/** A sentence that says nothing but what the question asks: "It is closed." "He did not." */
function isStatement(tokens: readonly Token[], question: readonly Token[]): boolean {
  if (question.length < 2) return false;
  const stems = new Set(question.map(({ text }) => stem(text)));
  const isVerb = ({ text }: Token): boolean =>
    AUXILIARIES.has(text) ||
    /^(?:is|was|are|were|does|did|do|has|have|would|will|could|can)nt$|^(?:wont|cant)$/.test(text);
  const content = tokens.filter(isContent).filter((token) => !isVerb(token));
  if (content.length === 0) return tokens.length >= 2 && tokens.some(isVerb);
  return content.every(({ text }) => stems.has(stem(text)) || isIrregular(text, stems));
}

/** Repeats what the question asks, with something of it in the sentence. */
function isEcho(tokens: readonly Token[], question: readonly Token[]): boolean {
  return tokens.some(isContent) && isStatement(tokens, question);
}

const IRREGULAR: Readonly<Record<string, string>> = {
  paid: 'pay', sent: 'send', went: 'go', came: 'come', got: 'get', made: 'make', said: 'say', took: 'take', gave: 'give',
  bought: 'buy', sold: 'sell', met: 'meet', left: 'leave', wrote: 'write', read: 'read', held: 'hold', lost: 'lose', won: 'win',
  found: 'find', knew: 'know', began: 'begin', chose: 'choose', broke: 'break', spoke: 'speak', agreed: 'agree', kept: 'keep',
}; // prettier-ignore

function isIrregular(word: string, stems: ReadonlySet<string>): boolean {
  const base = IRREGULAR[word];
  return base !== undefined && stems.has(stem(base));
}
