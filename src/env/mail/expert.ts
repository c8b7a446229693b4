/** Scripted expert for warm-start traces and as an upper bound in tests. */
import { I_DONT_KNOW, isUnanswerable } from './abstention';
import { renderCall } from '../../chat/parse/hermes';
import { READ_EMAIL, RETURN_FINAL_ANSWER, SEARCH_EMAILS } from './tools';
import { AgentError } from './types';
import type { Question } from './corpus/types';

export { renderCall };

/**
 * Assistant texts of a perfect episode: search, read the right mail, answer with its source; or, for an
 * unanswerable question, search and abstain.
 * @throws AgentError when the question has no trace.
 */
export function expertTexts(question: Question): string[] {
  const { trace } = question;
  if (trace === undefined) {
    throw new AgentError(
      `Question "${question.id}" has no trace, so no expert can play it. Use a generated data set, or leave the question out.`,
    );
  }
  const search = renderCall(SEARCH_EMAILS, trace.search);
  if (isUnanswerable(question)) {
    return [search, renderCall(RETURN_FINAL_ANSWER, { answer: I_DONT_KNOW, source_message_ids: [] })];
  }
  if (trace.read === undefined) {
    throw new AgentError(
      `Question "${question.id}" has an answer, but its trace names no mail to read. Add trace.read to the data set.`,
    );
  }
  return [
    search,
    renderCall(READ_EMAIL, { message_id: trace.read }),
    renderCall(RETURN_FINAL_ANSWER, { answer: question.answer, source_message_ids: [trace.read] }),
  ];
}
