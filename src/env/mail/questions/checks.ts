/** What has to hold of every question before it is kept. */
import { topicWords } from './mail/subject';

/** For comparing values as written: letters, digits and signs only. */
export function plainValue(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}$€£%@.+]+/gu, '')
    .replace(/\.+$/, '');
}

/** Whether a question says its own answer, or most of its words. */
export function givesAway(question: string, answer: string): boolean {
  const asked = plainValue(question);
  const value = plainValue(answer);
  if (value === '' || asked.includes(value)) return true;
  const words = topicWords(answer);
  const known = new Set(topicWords(question));
  return words.length > 1 && words.every((word) => known.has(word));
}

/** Whether an answer can be said at all: not too long, on one line, with a letter or digit. */
export function isSayable(answer: string): boolean {
  return answer.length >= 1 && answer.length <= 100 && /[\p{L}\p{N}]/u.test(answer) && !/[\n…]/.test(answer);
}
