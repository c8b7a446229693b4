/** Questions about imported mail: this project's own JSON Lines, ART-E's, or SQuAD-shaped JSON over raw mails. */
import { I_DONT_KNOW } from '../../abstention';
import { CorpusError, type Email, type EmailId, type Question } from '../types';
import { participants } from '../dataset';
import { normaliseAddress, parseDay } from '../query';
import { FieldReader, isRecord, jsonLines, madeFields, messageOf, questionOf } from '../records';
import { SPLITS, type Split } from '../../../types';
import { bareMessageId, parseMail } from './message';
import type { ImportOutcome, Rejection } from './mail';
import { squadParagraphs, type SquadParagraph, type SquadQuestion } from './squad';
import { encodeRawMail } from './text';

export interface QuestionOutcome {
  readonly questions: readonly Question[];
  /** Question id to a name of the mail it is about; questions with one name belong in one split. */
  readonly mailOf: ReadonlyMap<string, string>;
  /** Question id to its split, for those that name one. */
  readonly splitOf: ReadonlyMap<string, Split>;
  /** Question id to the question that it puts in other words. */
  readonly paraphraseOf: ReadonlyMap<string, string>;
  readonly rejected: readonly Rejection[];
}

const DAY = 86_400_000;

/** What questions need to know of the mail. */
export type AskedMail = Pick<ImportOutcome, 'emails' | 'idOfMessage' | 'whyAbsent'>;

/**
 * Reads questions and ties them to the mail. A question about mail that is absent is rejected with the reason, and so is
 * one whose inbox cannot see its mail.
 * @param file name for messages
 * @throws CorpusError when no question is left.
 */
export async function importQuestions(text: string, file: string, mail: AskedMail): Promise<QuestionOutcome> {
  const reader = new QuestionReader(file, mail);
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    whole = undefined;
  }
  const paragraphs = squadParagraphs(whole);
  if (paragraphs !== null) {
    for (const [i, paragraph] of paragraphs.entries()) await reader.addParagraph(paragraph, i + 1);
  } else if (Array.isArray(whole)) {
    for (const [i, value] of whole.entries()) reader.addFields(value, `${file}#${i + 1}`);
  } else {
    for (const { line, fields } of jsonLines(text, [{ file }])) reader.addFields(fields, `${file}#${line}`);
  }
  return reader.finish();
}

class QuestionReader {
  readonly #file: string;
  readonly #mail: AskedMail;
  readonly #byId: ReadonlyMap<EmailId, Email>;
  readonly #questions = new Map<string, Question>();
  readonly #mailOf = new Map<string, string>();
  readonly #splitOf = new Map<string, Split>();
  readonly #paraphraseOf = new Map<string, string>();
  readonly #rejected: Rejection[] = [];
  #mailCounts: ReadonlyMap<string, number> | undefined;

  constructor(file: string, mail: AskedMail) {
    this.#file = file;
    this.#mail = mail;
    this.#byId = new Map(mail.emails.map((email) => [email.id, email]));
  }

  addFields(value: unknown, source: string): void {
    try {
      if (!isRecord(value)) throw CorpusError.of('corpus/item-no-object');
      const question =
        'message_ids' in value ? this.#artQuestion(value) : questionOf(value, [{ same: 'question' }]);
      const split = splitIn(value);
      this.#add(question, question.emailIds[0] ?? question.id);
      if (split !== null) this.#splitOf.set(question.id, split);
      const { paraphrase_of: first } = value;
      if (typeof first === 'string') this.#paraphraseOf.set(question.id, first);
    } catch (error) {
      this.#rejected.push({ source, reason: messageOf(error) });
    }
  }

  async addParagraph(paragraph: SquadParagraph, number: number): Promise<void> {
    const source = `${this.#file}#${number}`;
    let email: Email;
    try {
      email = await this.#mailOfContext(paragraph.context);
    } catch (error) {
      this.#rejected.push(
        ...paragraph.questions.map((q) => ({
          source: `${source} question ${q.id}`,
          reason: messageOf(error),
        })),
      );
      return;
    }
    for (const each of paragraph.questions) {
      try {
        this.#add(squadQuestion(each, email, this.#inboxOf(email), number), email.id);
      } catch (error) {
        this.#rejected.push({ source: `${source} question ${each.id}`, reason: messageOf(error) });
      }
    }
  }

  finish(): QuestionOutcome {
    const questions = [...this.#questions.values()];
    if (questions.length === 0) {
      throw CorpusError.of('corpus/no-usable-question', {
        file: this.#file,
        rejected: this.#rejected.length,
        first: this.#rejected[0] ?? null,
      });
    }
    return {
      questions,
      mailOf: this.#mailOf,
      splitOf: this.#splitOf,
      paraphraseOf: this.#paraphraseOf,
      rejected: this.#rejected,
    };
  }

  #add(question: Question, mailName: string): void {
    if (this.#questions.has(question.id)) throw CorpusError.of('corpus/question-twice', { id: question.id });
    for (const id of question.emailIds) {
      const email = this.#byId.get(id);
      if (email === undefined) throw CorpusError.of('corpus/question-mail-missing', { mail: id });
      if (!participants(email).has(normaliseAddress(question.inbox))) {
        throw CorpusError.of('corpus/question-mail-hidden', { mail: id, inbox: question.inbox });
      }
    }
    this.#questions.set(question.id, question);
    this.#mailOf.set(question.id, mailName);
  }

  #artQuestion(fields: Readonly<Record<string, unknown>>): Question {
    const reader = new FieldReader({ ...fields, id: String(fields['id'] ?? '') }, [{ same: 'question' }]);
    const messageIds = reader.texts('message_ids').map(bareMessageId);
    // Several ids are mostly copies of one mail under different Message-IDs: one of them is enough.
    const present = messageIds.filter((messageId) => this.#mail.idOfMessage.has(messageId));
    const emailIds = (present.length > 0 ? present : messageIds).map(
      (messageId) => this.#mailOfMessage(messageId).id,
    );
    const queryDate = reader.filled('query_date').slice(0, 10);
    if (parseDay(queryDate) === null) reader.fail('query_date', 'day', queryDate);
    return {
      id: reader.filled('id'),
      question: reader.filled('question'),
      answer: reader.filled('answer'),
      aliases: reader.texts('aliases'),
      emailIds: [...new Set(emailIds)],
      inbox: normaliseAddress(reader.filled('inbox_address')),
      queryDate,
      family: reader.text('kind', ''),
      level: reader.numberOrNull('level') ?? 1,
      ...this.#withIds(madeFields(reader)),
    };
  }

  /** The expert's calls with this mailbox's ids in place of Message-IDs. */
  #withIds(made: Pick<Question, 'expert' | 'evidence' | 'stage'>): typeof made {
    const { expert } = made;
    if (expert === undefined) return made;
    const idOf = (messageId: unknown): EmailId => this.#mailOfMessage(bareMessageId(String(messageId))).id;
    const calls = expert.map(({ name, arguments: given }) => {
      const { message_id: read, source_message_ids: sources } = given;
      return {
        name,
        arguments: {
          ...given,
          ...(read === undefined ? {} : { message_id: idOf(read) }),
          ...(Array.isArray(sources) ? { source_message_ids: sources.map(idOf) } : {}),
        },
      };
    });
    return { ...made, expert: calls };
  }

  async #mailOfContext(context: string): Promise<Email> {
    const { messageId } = await parseMail(encodeRawMail(context.trimStart()));
    if (messageId === '') throw CorpusError.of('corpus/context-without-id');
    return this.#mailOfMessage(messageId);
  }

  #mailOfMessage(messageId: string): Email {
    const { idOfMessage, whyAbsent } = this.#mail;
    const email = this.#byId.get(idOfMessage.get(messageId) ?? '');
    if (email !== undefined) return email;
    const why = whyAbsent.get(messageId);
    throw CorpusError.of('corpus/message-missing', { messageId, why: why ?? null });
  }

  /** Of the people on a mail the one with most mail here: the fullest inbox to search. First in header order on a tie. */
  #inboxOf(email: Email): string {
    this.#mailCounts ??= countMail(this.#mail.emails);
    const counts = this.#mailCounts;
    const count = (address: string): number => counts.get(address) ?? 0;
    return [...participants(email)].reduce(
      (best, address) => (count(address) > count(best) ? address : best),
      '',
    );
  }
}

/** The split that a question names. @throws CorpusError when there is no such split */
function splitIn(fields: Readonly<Record<string, unknown>>): Split | null {
  const { split } = fields;
  if (split === undefined) return null;
  const known = SPLITS.find((name) => name === split);
  return known ?? new FieldReader(fields, [{ same: 'question' }]).fail('split', 'split', split);
}

function countMail(emails: readonly Email[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const email of emails) {
    for (const address of participants(email)) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return counts;
}

/**
 * SQuAD questions say "the email" of the context beside them. An agent with a whole mailbox has no such context, so the
 * question names the mail by subject and day; it is asked on the day after the mail.
 */
function squadQuestion(asked: SquadQuestion, email: Email, inbox: string, paragraph: number): Question {
  const { id, question, answers } = asked;
  if (inbox === '') throw CorpusError.of('corpus/mail-without-people');
  if (email.date === null) throw CorpusError.of('corpus/mail-without-date');
  const [answer = I_DONT_KNOW, ...aliases] = answers
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .filter((text) => text !== '');
  const subject = email.subject === '' ? 'no subject' : `the subject "${email.subject}"`;
  return {
    id: `${paragraph}-${id}`,
    question: `${question.trim()} (About the e-mail with ${subject} of ${day(email.date)}.)`,
    answer,
    aliases,
    emailIds: answer === I_DONT_KNOW ? [] : [email.id],
    inbox,
    queryDate: day(email.date + DAY),
    family: answer === I_DONT_KNOW ? 'unanswerable' : 'single',
    level: 1,
  };
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
