/** What a subject says, cleaned of what mail programs and writers in a hurry put around it. */
import { REPLY_PREFIX } from '../../corpus/reply-prefix';
import type { Topic } from '../types';

const PREFIX = new RegExp(
  `^\\s*(?:${REPLY_PREFIX}|(?:updated|accepted|declined|tentative|cancell?ed|out of office autoreply)\\s*[:;]\\s*|\\[[^\\]]{1,30}\\]\\s*)`,
  'i',
);
/** Words that do not tell one mail from another. */
const COMMON = new Set(
  (
    'the and for with from this that your our you are was were will has have had not but can all any about into more new ' +
    'its her his their them they she him who what when where why how please fyi per via out off get got just now see ' +
    'let here there some one two very much been being would could should may might does did'
  ).split(' '),
);
/** Subjects of one word, or of these words only, that anybody writes about anything. */
const EMPTY_WORDS = new Set(
  (
    'hello hey news update updates question questions meeting meetings message note info information report reports test ' +
    'photos photo picture pictures mail email e-mail reply request help thanks thank today tomorrow yesterday tonight ' +
    'monday tuesday wednesday thursday friday saturday sunday weekend morning afternoon evening important urgent reminder ' +
    'attached attachment document documents file files misc miscellaneous stuff subject none untitled call lunch dinner ' +
    'good hi happy birthday status schedule text draft final revised other another last next week month year day days ' +
    'follow followup follow-up response answer sorry wow funny joke check checking list data number numbers article ' +
    'read working work love great nice congratulations congrats welcome announcement notice confirmation fax phone ' +
    'something anything nothing everything time times spam unknown various'
  ).split(' '),
);
/** A subject that begins so is a sentence or a call, no name of a thing. */
const NO_NOUN = new Set(
  (
    'i you we he she it they who what when where why how which do does did is are was were will would can could should may ' +
    'need needs please call see let lets get got go going have has had want wanted looking look check send sent forward ' +
    'thank thanks hi hello hey no yes not just if as so but and or for to in on at by of with from about after before ' +
    'here there fyi new re your my our their his her this that these those approved urgent important reminder add remove ' +
    'change changing update updating review read open download try find take make be been keep tell ask give help ' +
    'lost found welcome congratulations happy merry sorry good great the a an'
  ).split(' '),
);
/** A date or a number with marks in it is one word. */
export const WORD = /\p{N}+(?:[/.,:]\p{N}+)+|[\p{L}\p{N}]+(?:['&-][\p{L}\p{N}]+)*/gu;
const LONGEST = 70;
/** Longer ones are nobody's words. */
const LONGEST_WORD = 30;

/** The subject without prefixes of replies and lists. */
export function bareSubject(subject: string): string {
  let text = subject.replace(/\s+/g, ' ').trim();
  for (let before = ''; before !== text;) {
    before = text;
    text = text
      .replace(PREFIX, '')
      .replace(/\s*\((?:fwd?|forwarded)\)\s*$/i, '')
      .trim();
  }
  return text;
}

/** Null for a subject that nobody could ask by: empty, cut, in a script of codes, or of words that fit any mail. */
export function topicOf(subject: string): Topic | null {
  const text = tidy(bareSubject(subject));
  if (text.length < 4 || text.length > LONGEST) return null;
  if (/[<>{}|\\"“”]|\.{3,}|…|_{2,}|={2,}|@|https?:|\?{2,}|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(text))
    return null;
  // A header that was folded inside a word.
  if (/(?:^|\s)[b-hj-z](?=\s|$)/.test(text)) return null;
  // A quotation that is opened and not closed, or the other way round.
  if ((text.match(/(?<!\p{L}|\p{N})'/gu)?.length ?? 0) > (text.match(/'(?!\p{L}|\p{N})/gu)?.length ?? 0))
    return null;
  const words = topicWords(text);
  const telling = words.filter((word) => !EMPTY_WORDS.has(word) && /\p{L}/u.test(word));
  if (telling.length === 0 || words.some((word) => word.length > LONGEST_WORD)) return null;
  if (telling.length === 1 && (telling[0]?.length ?? 0) < 4) return null;
  return { text, isPlain: isPlain(text), words };
}

/** Telling words of a text, lower case, in order, each once. */
export function topicWords(text: string): string[] {
  const words = Array.from(text.toLowerCase().matchAll(WORD), ([word]) => word);
  return [...new Set(words.filter((word) => (word.length > 2 || /\d/.test(word)) && !COMMON.has(word)))];
}

/** Outer quotation marks, shouting and loose punctuation taken off; shouted words written as words. */
function tidy(text: string): string {
  const plain = text
    .replace(/[‘’`´]/g, "'")
    .replace(/^["“”']+|["“”']+$/g, '')
    .replace(/^[\s*\-–—~.,:;!#>]+|[\s*\-–—~.,:;!]+$/g, '')
    .replace(/!+/g, '!')
    .trim();
  const letters = plain.replace(/[^\p{L}]/gu, '');
  const isShouted = letters.length > 5 && letters === letters.toUpperCase() && /\p{Lu}{4}/u.test(plain);
  return isShouted
    ? plain.replace(/\p{Lu}{4,}/gu, (word) => `${word.charAt(0)}${word.slice(1).toLowerCase()}`)
    : plain;
}

function isPlain(text: string): boolean {
  const first = /^[\p{L}\p{N}'-]+/u.exec(text)?.[0].toLowerCase() ?? '';
  if (NO_NOUN.has(first) || !/^\p{L}/u.test(first)) return false;
  return (
    /^[\p{L}\p{N} &'/-]+$/u.test(text) &&
    !/--|\s[-/&]\s*$/.test(text) &&
    text.includes(' ') &&
    text.split(' ').length <= 7
  );
}
