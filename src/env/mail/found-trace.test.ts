import { expect, it } from 'vitest';
import { fakeMail, fakeQuestion, fakeStore } from '../../../tests/support/mail';
import { I_DONT_KNOW } from './abstention';
import { traceOf } from './found-trace';

const MAILS = [
  fakeMail('m4', 'Falcon lunch', 'Pizza with Carol?'),
  fakeMail('m3', 'Falcon trip', 'Dinner.'),
  fakeMail('m2', 'Falcon budget', 'The budget is $4,500.'),
];
const untold = (more: Parameters<typeof fakeQuestion>[0] = {}) => {
  const question: { trace?: unknown } & ReturnType<typeof fakeQuestion> = fakeQuestion(more);
  const { trace, ...rest } = question;
  return trace === undefined ? question : rest;
};

it('takes the trace that a question brings', () => {
  expect(traceOf(fakeQuestion(), fakeStore([]), 10)).toEqual(fakeQuestion().trace);
});

it('is a search that shows the mail within the limit, names before other words', () => {
  const store = fakeStore(MAILS);
  expect(traceOf(untold(), store, 1)).toEqual({ search: { keywords: ['Falcon', 'budget'] }, read: 'm2' });
  expect(store.queries[0]?.maxResults).toBe(1);
});

it('is none where the mail is shown by no search, or does not hold the answer', () => {
  expect(traceOf(untold({ question: 'How much is the phoenix?' }), fakeStore(MAILS), 10)).toBeNull();
  expect(traceOf(untold({ answer: '$9' }), fakeStore(MAILS), 10)).toBeNull();
});

it('searches in vain where there is no answer', () => {
  const question = untold({ answer: I_DONT_KNOW, emailIds: [], question: 'Who leads Heron in Oslo?' });
  expect(traceOf(question, fakeStore(MAILS), 10)).toEqual({ search: { keywords: ['Heron', 'Oslo'] } });
});
