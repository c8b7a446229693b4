import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EnvironmentError } from '../errors';
import { taskText } from '../../conversation/text';
import { fakeMail, fakeQuestion, fakeStore } from '../../../tests/support/mail';
import type { Dataset, Question } from './corpus/types';
import { loadDataset } from './corpus/dataset';
import { expertMessages, mailMenu, ownTask, questionOf, taskOf } from './tasks';

const BUILT_IN = new URL('../../../public/datasets/mailgym-office/', import.meta.url);

function withoutTrace(): Question {
  const { trace, ...question } = fakeQuestion();
  expect(trace).toBeDefined();
  return question;
}

describe('taskOf and questionOf', () => {
  it('say a question as a task', () => {
    const { id, question, answer, level, ...info } = fakeQuestion({ level: 3 });
    expect(taskOf(fakeQuestion({ level: 3 }))).toStrictEqual({
      ...{ id, prompt: [{ role: 'user', content: question }], answer, level, info },
    });
    expect(taskText(taskOf(fakeQuestion()))).toBe('What is the budget of Falcon?');
  });

  it.each<[string, Question]>([
    ['with a trace', fakeQuestion({ level: 2, aliases: ['4500', '4,500'] })],
    ['without', withoutTrace()],
    [
      'unanswerable',
      fakeQuestion({ answer: "I don't know", emailIds: [], trace: { search: { keywords: ['x'] } } }),
    ],
    ['without an answer', fakeQuestion({ answer: '' })],
    ['of a stage', fakeQuestion({ stage: 'policy' })],
  ])('are inverse: %s', (_what, question) => {
    expect(questionOf(taskOf(question))).toStrictEqual(question);
    // Tasks are plain data: a worker's boundary and a file leave them as they are.
    expect(questionOf(structuredClone(taskOf(question)))).toStrictEqual(question);
  });

  it('are inverse on the whole built-in data set', async () => {
    const { questions } = await loadDataset((path) => Promise.resolve(readFileSync(new URL(path, BUILT_IN))));
    const all = Object.values(questions).flat();
    expect(all.length).toBeGreaterThan(100);
    expect(all.map((question) => questionOf(taskOf(question)))).toStrictEqual(all);
  });

  it('take a task without a known answer', () => {
    expect(questionOf({ ...taskOf(fakeQuestion()), answer: null }).answer).toBe('');
  });
});

describe('expertMessages', () => {
  it('are the calls of the expert, numbered as the driver does', () => {
    expect(
      expertMessages(taskOf(fakeQuestion()), fakeStore([]), 10)?.map(({ content, tool_calls }) => [
        content,
        tool_calls,
      ]),
    ).toEqual([
      ['', [call(0, 'search_emails', { keywords: ['Falcon', 'budget'] })]],
      ['', [call(1, 'read_email', { message_id: 'm2' })]],
      ['', [call(2, 'return_final_answer', { answer: '$4,500', source_message_ids: ['m2'] })]],
    ]);
  });

  it('are none where no trace is known', () => {
    expect(expertMessages(taskOf(withoutTrace()), fakeStore([]), 10)).toBeNull();
  });
});

const call = (turn: number, name: string, args: object) => ({
  ...{ id: `call_${turn}_0`, type: 'function', function: { name, arguments: args } },
});

describe('ownTask', () => {
  const input = { text: ' Who signed? ', inbox: ' ann@acme.example ', queryDate: '2025-03-04' };

  it('is a question without an answer, about an inbox on a day', () => {
    expect(questionOf(ownTask(input))).toEqual({
      ...{ id: 'own', question: 'Who signed?', answer: '', aliases: [], emailIds: [], family: '', level: 1 },
      ...{ inbox: 'ann@acme.example', queryDate: '2025-03-04' },
    });
  });

  it.each([
    [{ text: ' ' }, /question is empty/],
    [{ text: 7 }, /question is empty/],
    [{ inbox: '' }, /No inbox is chosen/],
    [{ queryDate: 'tomorrow' }, /tomorrow.*Write the day of the question as YYYY-MM-DD/],
    [{ queryDate: '2025-02-41' }, /Write the day of the question as YYYY-MM-DD/],
    [{ queryDate: undefined }, /Write the day of the question as YYYY-MM-DD/],
  ])('refuses %j', (change, message) => {
    expect(() => ownTask({ ...input, ...change })).toThrow(EnvironmentError);
    expect(() => ownTask({ ...input, ...change })).toThrow(message);
  });
});

describe('mailMenu', () => {
  it('has every inbox once with its latest day, those of test questions first', () => {
    const asked = (inbox: string, queryDate: string) => fakeQuestion({ inbox, queryDate });
    const dataset = {
      manifest: {},
      emails: [fakeMail('m1', 'a', 'b'), fakeMail('m2', 'a', 'b')],
      questions: {
        train: [asked('c@x', '2025-01-09'), asked('a@x', '2025-01-05')],
        validation: [asked('b@x', '2025-01-01')],
        test: [asked('a@x', '2025-01-03'), asked('a@x', '2025-01-02')],
      },
    };
    expect(mailMenu(dataset as unknown as Dataset)).toEqual({
      emails: 2,
      inboxes: [
        { inbox: 'a@x', queryDate: '2025-01-05' },
        { inbox: 'b@x', queryDate: '2025-01-01' },
        { inbox: 'c@x', queryDate: '2025-01-09' },
      ],
    });
  });

  it('without questions it has the owner’s mailboxes, or else those that hold most mail', () => {
    const emails = Array.from({ length: 6 }, (_, i) =>
      fakeMail(`m${i}`, 'a', 'b', { date: Date.UTC(2025, 0, i) }),
    );
    const questions = { train: [], validation: [], test: [] };
    const menu = (owner?: readonly string[]) =>
      mailMenu({ manifest: owner === undefined ? {} : { owner }, emails, questions } as unknown as Dataset);
    expect(menu(['me@x', 'me@y']).inboxes).toEqual([
      { inbox: 'me@x', queryDate: '2025-01-06' },
      { inbox: 'me@y', queryDate: '2025-01-06' },
    ]);
    expect(menu().inboxes.map(({ inbox }) => inbox)).toEqual(['ann@acme.example']);
  });
});
