/** The expert's turns in the form in which MailGym's small model writes calls. */
import { renderCall } from '../../src/chat/parse/hermes';
import type { Question } from '../../src/env/mail/corpus/types';
import { expertCalls } from '../../src/env/mail/expert';

/** @throws AgentError when the question has no trace. */
export function expertTexts(question: Question): string[] {
  return expertCalls(question).map((call) => renderCall(call.name, call.arguments));
}
