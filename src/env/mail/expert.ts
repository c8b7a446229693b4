/** Scripted expert for warm starts and as an upper bound in tests. */
import type { JsonObject } from '../../conversation/types';
import { I_DONT_KNOW, isUnanswerable } from './abstention';
import type { Question } from './corpus/types';
import { READ_EMAIL, RETURN_FINAL_ANSWER, SEARCH_EMAILS, type ToolName } from './tools';
import { AgentError } from './types';

export interface ExpertCall {
  readonly name: ToolName;
  readonly arguments: JsonObject;
}

/**
 * Calls of a perfect episode, one a turn: search, read the right mail, answer with its source; or, for an unanswerable
 * question, search and abstain.
 * @throws AgentError when the question has no trace.
 */
export function expertCalls(question: Question): ExpertCall[] {
  const { trace } = question;
  if (trace === undefined) {
    throw AgentError.of('agent/no-trace', { question: question.id });
  }
  const search: ExpertCall = { name: SEARCH_EMAILS, arguments: trace.search };
  const answer = (text: string, sources: readonly string[]): ExpertCall => ({
    name: RETURN_FINAL_ANSWER,
    arguments: { answer: text, source_message_ids: sources },
  });
  if (isUnanswerable(question)) return [search, answer(I_DONT_KNOW, [])];
  if (trace.read === undefined) {
    throw AgentError.of('agent/trace-without-read', { question: question.id });
  }
  const read: ExpertCall = { name: READ_EMAIL, arguments: { message_id: trace.read } };
  return [search, read, answer(question.answer, [trace.read])];
}
