/** The one accepted way to say that the mailbox does not hold the answer. */
import type { Question } from './corpus/types';

/** Text of an abstaining final answer, and gold answer of an unanswerable question. */
export const I_DONT_KNOW = "I don't know";

/** `exact` takes only {@link I_DONT_KNOW}; `normalised` also its plain wordings: "Unknown", "The mailbox does not say". */
export type AbstentionMatch = 'exact' | 'normalised';

const WHERE =
  '(?: (?:in|from) (?:the|any|my|your|this|that|these) (?:[a-z]+ )?(?:mailbox|inbox|mail|mails|emails?|messages?|e mails?|correspondence))?';
const SOURCE =
  '(?:(?:the|my|your|this|any|none of the) )?(?:mailbox|inbox|mail|mails|emails?|e mails?|messages?|thread)';
const NEVER =
  '(?:does not|do not|did not|doesnt|dont|didnt|cannot|cant|could not|couldnt|can not|was not able to|am unable to|unable to)';
const WHAT = '(?: (?:it|that|this|so|anything|any information|the answer|an answer|any mail|a mail))?';
/** Whole answers without punctuation, lower case. */
const FORMS = new RegExp(
  `^(?:(?:sorry|unfortunately) )?(?:${[
    '(?:i )?(?:do not|dont) know',
    'i have no idea|no idea',
    '(?:(?:it|that|this|the answer) (?:is|was) )?(?:unknown|not known|not mentioned|not stated|not specified|not given|not found|not available|unspecified|unclear|unanswerable)' +
      WHERE,
    `${SOURCE} ${NEVER} (?:say|tell|mention|state|specify|contain|include|show|give|provide)${WHAT}`,
    `(?:i )?${NEVER} (?:find|tell|say|determine|answer)${WHAT}${WHERE}`,
    '(?:there (?:is|was|were|are) )?no (?:information|answer|mention|mails?|emails?|messages?|results?|details?)(?: (?:found|available|given|about (?:it|this|that)|on (?:it|this|that)))?' +
      WHERE,
    '(?:it|that|this|the answer) (?:cannot|could not|cant|couldnt) be (?:found|determined|answered)' + WHERE,
    'none of the (?:mails|emails|messages|e mails) (?:say|says|mention|mentions|tell|tells)' + WHAT,
    'nothing (?:was )?found' + WHERE,
  ].join('|')})$`,
);

/** @param question lets a whole sentence repeat it: "I don't know when the meeting is" */
function isAbstention(answer: string, match: AbstentionMatch, question: string): boolean {
  if (match === 'exact') return answer === I_DONT_KNOW;
  const words = plainWords(answer);
  if (FORMS.test(words)) return true;
  const asked = new Set(plainWords(question).split(' '));
  const short = words
    .split(' ')
    .filter((word, i) => i < 2 || !(asked.has(word) && !KEPT.has(word)))
    .join(' ')
    .replace(
      / (?:about|of|for|whether|if|what|when|who|where|how|which|is|was|the|it|that|this|to|will|on|any|information)(?= |$)/g,
      '',
    )
    .trim();
  const rest = words
    .split(' ')
    .filter((word) => !asked.has(word) && !/^(?:the|is|was|are|were|it|this|that)$/.test(word))
    .join(' ');
  if (
    question !== '' &&
    /^(?:unknown|(?:not )(?:known|mentioned|stated|specified|given|found|available)|(?:could|can) ?not be found)$/.test(
      rest,
    )
  )
    return true;
  return (
    question !== '' &&
    /^(?:i (?:do not|dont) know|i (?:could not|couldnt|cannot|cant) find)$/.test(short.replace(/^sorry /, ''))
  );
}

const KEPT = new Set([
  'i',
  'do',
  'not',
  'dont',
  'know',
  'could',
  'couldnt',
  'cannot',
  'cant',
  'find',
  'maybe',
]);

function plainWords(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’‘`´]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

/**
 * Whether an answer abstains from a question. Words that are the gold answer of a question with one, such as "Not
 * available", answer it.
 */
export function abstainsFrom(
  { question, answer: gold, aliases }: Pick<Question, 'question' | 'answer' | 'aliases'>,
  answer: string,
  match: AbstentionMatch,
): boolean {
  if (!isAbstention(answer, match, question)) return false;
  const words = plainWords(answer);
  return isGoldAbstention(gold) || [gold, ...aliases].every((text) => plainWords(text) !== words);
}

/** Gold answers are written by the makers of data sets: only {@link I_DONT_KNOW} itself says that there is none. */
export function isGoldAbstention(gold: string): boolean {
  return /^i (?:dont|do not) know$/.test(plainWords(gold));
}

/** True when abstaining is the right final answer. */
export function isUnanswerable(question: Pick<Question, 'answer' | 'emailIds'>): boolean {
  if (isGoldAbstention(question.answer)) return true;
  return question.answer.trim() === '' && question.emailIds.length === 0;
}
