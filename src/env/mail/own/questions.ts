/** Changes of a mailbox's questions. Pure: a list goes in, another comes out. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { I_DONT_KNOW, isGoldAbstention } from '../abstention';
import { participants } from '../corpus/dataset';
import {
  threadOf,
  CorpusError,
  type Email,
  type EmailId,
  type Evidence,
  type Question,
} from '../corpus/types';
import type { ExpertCall } from '../expert';
import { dayAfter } from '../questions/expert';
import { questionLines } from '../questions/lines';
import type { MadeQuestion } from '../questions/types';
import { newestDay } from '../tasks';
import { READ_EMAIL, RETURN_FINAL_ANSWER } from '../tools';
import type { Split } from '../../types';
import { answerMarks, shownMail } from './marks';
import type { KeptQuestion, QuestionInput, QuestionRow } from './types';

type Questions = readonly KeptQuestion[];

/** What a change needs to know of the mail. */
export interface AskedOf {
  readonly emails: readonly Email[];
  readonly owner: readonly string[];
}

/** First wordings in order, each with its others. */
export function rowsOf(questions: Questions): QuestionRow[] {
  const others = new Map<string, string[]>();
  for (const { paraphraseOf, question } of questions) {
    if (paraphraseOf !== undefined) others.set(paraphraseOf, [...(others.get(paraphraseOf) ?? []), question]);
  }
  return questions.filter(isFirst).map((kept) => rowOf(kept, others.get(kept.id) ?? []));
}

function rowOf(kept: KeptQuestion, paraphrases: readonly string[]): QuestionRow {
  const { id, question, answer, level, split, origin, isAccepted, isEdited, emailIds, family } = kept;
  const row = { id, question, answer, level, split, origin, isAccepted, isEdited, emailIds };
  return { ...row, kind: family, paraphrases };
}

const isFirst = ({ paraphraseOf }: KeptQuestion): boolean => paraphraseOf === undefined;

/** With the given ones in the place of those of the same ids, behind the others. */
export function withQuestions(questions: Questions, more: Questions): KeptQuestion[] {
  const ids = new Set(more.map(({ id }) => id));
  return [...questions.filter(({ id }) => !ids.has(id)), ...more];
}

/**
 * What was made anew, in the place of what was made before. Questions that somebody accepted, edited, wrote or gave stay,
 * those that somebody deleted stay away, and what is asked about a conversation goes where its questions already are.
 */
export function withMade(
  questions: Questions,
  made: readonly MadeQuestion[],
  removed: readonly string[],
  emails: readonly Email[],
): { readonly questions: KeptQuestion[]; readonly made: number; readonly kept: number } {
  const stays = new Set(
    questions.filter((one) => one.origin !== 'made' || one.isAccepted || one.isEdited).map(({ id }) => id),
  );
  const kept = questions.filter(({ id, paraphraseOf }) => stays.has(id) || stays.has(paraphraseOf ?? ''));
  const known = new Set([...kept.map(({ id }) => id), ...removed]);
  const splitOf = splitsOfThreads(kept, emails);
  const splitFor = ({ emailIds, split }: MadeQuestion): Split =>
    emailIds.map((id) => splitOf(id)).find((one) => one !== undefined) ?? split;
  const fresh = made
    .filter(({ id, paraphraseOf }) => !known.has(id) && !known.has(paraphraseOf ?? ''))
    .map(({ kind, ...question }): KeptQuestion => ({
      ...question,
      family: kind,
      split: splitFor({ kind, ...question }),
      ...{ origin: 'made', isAccepted: false, isEdited: false },
    }));
  return {
    questions: [...kept, ...fresh],
    made: fresh.filter(isFirst).length,
    kept: kept.filter(isFirst).length,
  };
}

/** The split that the questions about a mail's conversation are in. */
function splitsOfThreads(questions: Questions, emails: readonly Email[]): (id: EmailId) => Split | undefined {
  const thread = new Map(emails.map((email) => [email.id, threadOf(email)]));
  const splits = new Map<EmailId, Split>();
  for (const { emailIds, split } of questions)
    for (const id of emailIds) splits.set(thread.get(id) ?? id, split);
  return (id) => splits.get(thread.get(id) ?? id);
}

/**
 * With a question changed, or one more. Its other wordings follow: they ask for the same.
 * @throws CorpusError saying what is missing
 */
export function withEdited(
  questions: Questions,
  input: QuestionInput,
  asked: AskedOf,
): { readonly questions: KeptQuestion[]; readonly id: string } {
  const question = input.question.trim();
  const answer = input.answer.trim();
  if (question === '' || answer === '') throw CorpusError.of('corpus/own-question-blank');
  if (input.id === null) {
    const added = ownQuestion({ ...input, question, answer }, asked);
    if (questions.some(({ id }) => id === added.id)) throw CorpusError.of('corpus/own-question-twice');
    return { questions: [...questions, added], id: added.id };
  }
  const { id, split, emailId } = input;
  const before = questions.find((one) => one.id === id);
  if (before === undefined) throw CorpusError.of('corpus/own-question-gone');
  const answered =
    answer === before.answer && emailId === undefined ? before : reanswered(before, answer, asked, emailId);
  const { aliases, emailIds, inbox } = answered;
  const changed: KeptQuestion = {
    ...answered,
    ...{ question, split, isAccepted: true },
    isEdited: before.isEdited || question !== before.question || answer !== before.answer,
  };
  const follow = (one: KeptQuestion): KeptQuestion => ({
    ...withoutMade(one),
    ...madeParts(changed),
    ...{ answer, aliases, emailIds, inbox, split },
  });
  return {
    questions: questions.map((one) =>
      one.id === id ? changed : one.paraphraseOf === id ? follow(one) : one,
    ),
    id,
  };
}

export function withAccepted(questions: Questions, ids: readonly string[]): KeptQuestion[] {
  const accepted = new Set(ids);
  return questions.map((one) => (accepted.has(one.id) ? { ...one, isAccepted: true } : one));
}

/** `removed`: made ones, which are not to be made again. */
export function withoutQuestions(
  questions: Questions,
  ids: readonly string[],
): { readonly questions: KeptQuestion[]; readonly removed: readonly string[] } {
  const gone = new Set(ids);
  return {
    questions: questions.filter(({ id, paraphraseOf = '' }) => !gone.has(id) && !gone.has(paraphraseOf)),
    removed: questions.filter(({ id, origin }) => origin === 'made' && gone.has(id)).map(({ id }) => id),
  };
}

/** As `npm run questions` writes them; {@link importQuestions} reads them back. */
export function linesOf(questions: Questions, emails: readonly Email[]): string {
  const made = questions.map(({ family, expert = [], evidence = [], ...question }): MadeQuestion => ({
    ...question,
    ...{ kind: family, expert, evidence },
  }));
  return questionLines(made, emails);
}

function ownQuestion(input: QuestionInput, asked: AskedOf): KeptQuestion {
  const { question, answer, split } = input;
  const hash = bytesToHex(sha256(utf8ToBytes(JSON.stringify([question, answer, input.emailId ?? null]))));
  const blank: KeptQuestion = {
    id: `own-${hash.slice(0, 12)}`,
    ...{ question, answer: '', aliases: [], emailIds: [], inbox: asked.owner[0] ?? '', family: 'own' },
    queryDate: dayAfter(newestDay(asked.emails)),
    level: 1,
    ...{ split, origin: 'own', isAccepted: true, isEdited: false },
  };
  const answered = reanswered(blank, answer, asked, input.emailId);
  if (answered.inbox === '') throw CorpusError.of('corpus/own-question-no-inbox');
  return answered;
}

/** With another answer, or another mail that holds it: what was known of the old one goes. */
function reanswered(
  before: KeptQuestion,
  answer: string,
  { emails, owner }: AskedOf,
  emailId = before.emailIds[0],
): KeptQuestion {
  const bare = { ...withoutMade(before), aliases: [] };
  if (isGoldAbstention(answer)) return { ...bare, answer: I_DONT_KNOW, emailIds: [] };
  const email = emails.find(({ id }) => id === emailId);
  if (email === undefined) throw CorpusError.of('corpus/own-question-no-mail');
  if (email.messageId === '') throw CorpusError.of('corpus/own-question-no-id');
  const people = participants(email);
  const inbox = people.has(before.inbox)
    ? before.inbox
    : (owner.find((address) => people.has(address)) ?? [...people][0]);
  if (inbox === undefined) throw CorpusError.of('corpus/own-question-no-inbox');
  const isSame = before.emailIds.includes(email.id);
  const expert = isSame ? before.expert?.map((call) => answering(call, answer)) : undefined;
  return {
    ...bare,
    ...{ answer, inbox, emailIds: isSame ? before.emailIds : [email.id] },
    ...madeParts({ evidence: evidenceOf(email, answer), expert }),
  };
}

function evidenceOf(email: Email, answer: string): readonly Evidence[] {
  return answerMarks(shownMail(email), [answer])
    .flatMap(({ field, start, end }) =>
      field === 'subject' ? [] : [{ messageId: email.messageId, field, start, end }],
    )
    .slice(0, 1);
}

function answering(call: ExpertCall, answer: string): ExpertCall {
  if (call.name !== RETURN_FINAL_ANSWER) return call;
  return { ...call, arguments: { ...call.arguments, answer } };
}

function withoutMade(question: KeptQuestion): Omit<KeptQuestion, 'expert' | 'evidence' | 'trace'> {
  const { expert, evidence, trace, ...rest } = question;
  void [expert, evidence, trace];
  return rest;
}

/** Lists that are empty are left out. An expert who never read does not know the answer. */
function madeParts({
  evidence = [],
  expert = [],
}: {
  readonly evidence?: readonly Evidence[] | undefined;
  readonly expert?: readonly ExpertCall[] | undefined;
}): Pick<Question, 'evidence' | 'expert'> {
  const reads = expert.some(({ name }) => name === READ_EMAIL);
  return {
    ...(evidence.length > 0 ? { evidence } : {}),
    ...(reads ? { expert } : {}),
  };
}
