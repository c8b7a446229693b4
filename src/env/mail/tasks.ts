/** Questions about mail as tasks, and back. */
import type { AssistantMessage, JsonObject } from '../../conversation/types';
import { EnvironmentError } from '../errors';
import { SPLITS, type Split, type Task } from '../types';
import { taskText } from '../../conversation/text';
import type { Dataset, Email, MailStore, Question } from './corpus/types';
import { expertCalls, type ExpertCall } from './expert';
import { traceOf } from './found-trace';
import { dayAfter } from './questions/expert';
import { inboxesOf } from './questions/mail/inboxes';

export function taskOf(question: Question): Task {
  const { id, question: text, answer, level, stage, ...info } = question;
  const kept = stage === undefined ? {} : { stage };
  return { id, prompt: [{ role: 'user', content: text }], answer, level, info, ...kept };
}

/** What {@link taskOf} was made of. */
export function questionOf(task: Task): Question {
  const info = task.info as Omit<Question, 'id' | 'question' | 'answer' | 'level' | 'stage'> & JsonObject;
  const kept = task.stage === undefined ? {} : { stage: task.stage };
  return {
    ...info,
    id: task.id,
    question: taskText(task),
    answer: task.answer ?? '',
    level: task.level,
    ...kept,
  };
}

/** Null for a question whose answer no search finds. @param limit most hits of a search */
export function expertMessages(task: Task, store: MailStore, limit: number): AssistantMessage[] | null {
  const question = questionOf(task);
  const calls = question.expert ?? searchedCalls(question, store, limit);
  if (calls === null) return null;
  return calls.map((call, turn) => ({
    role: 'assistant',
    content: '',
    tool_calls: [{ id: `call_${turn}_0`, type: 'function', function: call }],
  }));
}

function searchedCalls(question: Question, store: MailStore, limit: number): readonly ExpertCall[] | null {
  const trace = traceOf(question, store, limit);
  return trace === null ? null : expertCalls({ ...question, trace });
}

/** A visitor's question: `text`, `inbox` (the address whose mail is searched), `queryDate` (`YYYY-MM-DD`, today). */
export function ownTask(input: JsonObject): Task {
  const text = (key: string): string => {
    const value = input[key];
    return typeof value === 'string' ? value.trim() : '';
  };
  const queryDate = text('queryDate');
  if (text('text') === '') throw EnvironmentError.of('environment/question-empty');
  if (text('inbox') === '') {
    throw EnvironmentError.of('environment/no-inbox');
  }
  if (Number.isNaN(Date.parse(queryDate)) || !/^\d{4}-\d{2}-\d{2}$/.test(queryDate)) {
    throw EnvironmentError.of('environment/no-date', { found: queryDate });
  }
  return taskOf({
    id: 'own',
    question: text('text'),
    answer: '',
    aliases: [],
    emailIds: [],
    inbox: text('inbox'),
    queryDate,
    family: '',
    level: 1,
  });
}

/** `YYYY-MM-DD` in UTC of the newest dated mail. */
export function newestDay(emails: readonly Email[]): string {
  const newest = emails.reduce((latest, { date }) => Math.max(latest, date ?? 0), 0);
  return new Date(newest).toISOString().slice(0, 10);
}

/** What the mail view of the page needs to offer questions. */
export interface MailMenu {
  readonly emails: number;
  /** Addresses with mail to search, and the latest day on which a question is asked there. */
  readonly inboxes: readonly { readonly inbox: string; readonly queryDate: string }[];
}

export function mailMenu({ manifest, emails, questions }: Dataset): MailMenu {
  const today = new Map<string, string>();
  // The inboxes of the test questions first, as the page lists questions.
  const order: readonly Split[] = [...SPLITS].reverse();
  for (const { inbox, queryDate } of order.flatMap((split) => questions[split])) {
    if (queryDate > (today.get(inbox) ?? '')) today.set(inbox, queryDate);
  }
  const newest = newestDay(emails);
  const owner = manifest.owner ?? [];
  // Mail that nobody has asked about yet is searched in the mailboxes that it looks to be.
  const others = today.size === 0 && owner.length === 0 ? inboxesOf(emails) : owner;
  for (const inbox of others) {
    if (inbox !== null && !today.has(inbox)) today.set(inbox, dayAfter(newest));
  }
  return {
    emails: emails.length,
    inboxes: [...today].map(([inbox, queryDate]) => ({ inbox, queryDate })),
  };
}
