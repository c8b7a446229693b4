/** Made questions as JSON Lines: the fields that imported questions have, and what only made ones know. */
import type { Email, EmailId } from '../corpus/types';
import type { MadeQuestion } from './types';

/** Mails are named by their Message-ID, as ids of the mailbox change when mail is added. */
export function questionLines(questions: readonly MadeQuestion[], emails: readonly Email[]): string {
  const messageId = new Map(emails.map((email) => [email.id, `<${email.messageId}>`]));
  const name = (id: EmailId): string => messageId.get(id) ?? id;
  return questions.map((question) => `${JSON.stringify(lineOf(question, name))}\n`).join('');
}

function lineOf(made: MadeQuestion, name: (id: EmailId) => string): object {
  const expert = made.expert.map(({ name: tool, arguments: given }) => ({
    name: tool,
    arguments: {
      ...given,
      ...(typeof given['message_id'] === 'string' ? { message_id: name(given['message_id']) } : {}),
      ...(Array.isArray(given['source_message_ids'])
        ? { source_message_ids: (given['source_message_ids'] as EmailId[]).map(name) }
        : {}),
    },
  }));
  return {
    id: made.id,
    question: made.question,
    answer: made.answer,
    aliases: made.aliases,
    message_ids: made.emailIds.map(name),
    inbox_address: made.inbox,
    query_date: made.queryDate,
    kind: made.kind,
    level: made.level,
    split: made.split,
    ...(made.stage === undefined ? {} : { stage: made.stage }),
    ...(made.paraphraseOf === undefined ? {} : { paraphrase_of: made.paraphraseOf }),
    evidence: made.evidence.map(({ messageId, field, start, end }) => ({
      message_id: `<${messageId}>`,
      ...{ field, start, end },
    })),
    expert,
  };
}
