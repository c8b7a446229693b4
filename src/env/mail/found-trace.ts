/** How an expert would find an answer whose question does not tell: by really searching. */
import { isUnanswerable } from './abstention';
import type { MailStore, Question, QuestionTrace } from './corpus/types';

/** Words too common to tell one mail from another. */
const COMMON = new Set(
  (
    'about after before does from have into much many that their there they this what when where which will with whom ' +
    'whose would your'
  ).split(' '),
);
/** Longest list of words that are tried in pairs. */
const MOST_WORDS = 8;

/**
 * The question's own trace; else the first search, by one or two words that question and mail share, whose results show
 * the mail that holds the answer. For an unanswerable question, a search by its most telling words, which must fail.
 * @param limit most hits of a search
 * @returns null when no such search is found
 */
export function traceOf(question: Question, store: MailStore, limit: number): QuestionTrace | null {
  if (question.trace !== undefined) return question.trace;
  const words = tellingWords(question.question);
  if (isUnanswerable(question)) {
    const keywords = words.slice(0, 2);
    return keywords.length === 0 ? null : { search: { keywords } };
  }
  for (const id of question.emailIds) {
    const mail = store.read(id);
    if (mail === null || !mail.body.includes(question.answer)) continue;
    const text = `${mail.subject} ${mail.body}`.toLowerCase();
    const shared = words.filter((word) => text.includes(word.toLowerCase())).slice(0, MOST_WORDS);
    for (const keywords of combinations(shared)) {
      const hits = store.search({ inbox: question.inbox, keywords, maxResults: limit });
      if (hits.some((hit) => hit.id === id)) return { search: { keywords }, read: id };
    }
  }
  return null;
}

/** Names and numbers first, then long words: both are rarer than others. */
function tellingWords(question: string): string[] {
  const found = question.match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? [];
  const words = [...new Set(found.slice(1))].filter(
    (word) => (word.length > 3 || /\d/.test(word)) && !COMMON.has(word.toLowerCase()),
  );
  const rank = (word: string) => (/^\p{Lu}|\d/u.test(word) ? 100 : 0) + word.length;
  return words.sort((a, b) => rank(b) - rank(a));
}

/** Pairs before single words: they find fewer mails. */
function combinations(words: readonly string[]): string[][] {
  const pairs = words.flatMap((first, i) => words.slice(i + 1).map((second) => [first, second]));
  return [...pairs, ...words.map((word) => [word])];
}
