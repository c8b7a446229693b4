import { describe, expect, it } from 'vitest';
import { loadDataset, validateDataset } from './dataset';
import { CorpusError } from './types';

const EMAIL = { id: 'm1', date: 5, from: 'a@x', to: ['b@x'], subject: 'S', body: 'B' };
const QUESTION = {
  id: 'q1',
  question: 'Q?',
  answer: 'A',
  emailIds: ['m1'],
  inbox: 'b@x',
  queryDate: '2001-05-10',
};

type Files = Record<string, string>;

function files(changes: Files = {}): Files {
  const manifest = {
    name: 'tiny',
    title: 'Tiny',
    licence: 'CC0-1.0',
    seed: 1,
    emailFiles: ['emails.jsonl'],
    splits: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    counts: { emails: 1, questions: { train: 1, validation: 0, test: 0 } },
  };
  return {
    'dataset.json': JSON.stringify(manifest),
    'emails.jsonl': `${JSON.stringify(EMAIL)}\n`,
    'train.jsonl': `\uFEFF${JSON.stringify(QUESTION)}\r\n\r\n`,
    'validation.jsonl': '',
    'test.jsonl': '',
    ...changes,
  };
}

function load(changes: Files = {}): ReturnType<typeof loadDataset> {
  const all = files(changes);
  return loadDataset((path) => {
    const text = all[path];
    if (text === undefined) return Promise.reject(new Error('404'));
    return Promise.resolve(path.startsWith('t') ? text : new TextEncoder().encode(text));
  });
}

function manifest(change: (value: Record<string, unknown>) => void): Files {
  const value = JSON.parse(files()['dataset.json'] ?? '') as Record<string, unknown>;
  change(value);
  return { 'dataset.json': JSON.stringify(value) };
}

const lines = (...values: object[]): string => values.map((value) => JSON.stringify(value)).join('\n');

describe('loadDataset', () => {
  it('fills what a line leaves out', async () => {
    const { emails, questions } = await load();
    expect(emails).toEqual([{ ...EMAIL, messageId: '', cc: [], bcc: [] }]);
    expect(questions.train).toEqual([{ ...QUESTION, aliases: [], family: '', level: 1 }]);
    expect(questions.test).toEqual([]);
  });

  it.each<[string, Files, RegExp]>([
    ['a manifest that is not JSON', { 'dataset.json': '<html>' }, /dataset.json is not JSON/],
    [
      'a manifest without splits',
      manifest((m) => delete m['splits']),
      /dataset.json splits should be a JSON object/,
    ],
    [
      'a missing file',
      manifest((m) => (m['emailFiles'] = ['gone.jsonl'])),
      /gone.jsonl could not be read: 404/,
    ],
    ['a broken line', { 'train.jsonl': '\n\n{"id": ' }, /train.jsonl line 3 is not JSON/],
    [
      'a line that is a list',
      { 'emails.jsonl': '[]' },
      /emails.jsonl line 1 should be a JSON object, found a list/,
    ],
    [
      'a wrong type',
      { 'emails.jsonl': lines({ ...EMAIL, to: 'b@x' }) },
      /line 1: "to" should be a list of texts, found "b@x"/,
    ],
    [
      'a missing field',
      { 'train.jsonl': lines({ ...QUESTION, inbox: undefined }) },
      /"inbox" should be text, found nothing/,
    ],
    [
      'a blank answer',
      { 'train.jsonl': lines({ ...QUESTION, answer: ' ' }) },
      /"answer" should be a text that is not blank/,
    ],
    [
      'a bad day',
      { 'train.jsonl': lines({ ...QUESTION, queryDate: '2001-13-01' }) },
      /"queryDate" should be a date/,
    ],
    ['an empty mailbox', { 'emails.jsonl': '' }, /has no e-mails/],
    [
      'mail cut short',
      manifest((m) => (m['counts'] = { emails: 9, questions: { train: 1, validation: 0, test: 0 } })),
      /promises 9 e-mails .* but 1 were found/,
    ],
    [
      'two mails with one id',
      {
        'emails.jsonl': lines(EMAIL, EMAIL),
        ...manifest((m) => (m['counts'] = { emails: 2, questions: { train: 1, validation: 0, test: 0 } })),
      },
      /two e-mails with the id m1/,
    ],
    [
      'an unknown mail',
      { 'train.jsonl': lines({ ...QUESTION, emailIds: ['m7'] }) },
      /question q1 names the e-mail m7/,
    ],
    [
      'a mail outside the inbox',
      { 'train.jsonl': lines({ ...QUESTION, inbox: 'c@x' }) },
      /neither sent from nor to it/,
    ],
    [
      'a question in two splits',
      {
        'test.jsonl': lines(QUESTION),
        ...manifest((m) => (m['counts'] = { emails: 1, questions: { train: 1, validation: 0, test: 1 } })),
      },
      /question q1 in train and again in test/,
    ],
  ])('refuses %s', async (_name, changes, message) => {
    await expect(load(changes)).rejects.toThrow(CorpusError);
    await expect(load(changes)).rejects.toThrow(message);
  });

  it('accepts an unanswerable question without mail', async () => {
    const dataset = await load({ 'train.jsonl': lines({ ...QUESTION, emailIds: [], inbox: 'z@x' }) });
    expect(() => validateDataset(dataset)).not.toThrow();
  });
});
