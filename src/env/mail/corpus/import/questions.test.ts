import { describe, expect, it } from 'vitest';
import { loadDataset, datasetFiles } from '../dataset';
import { CorpusError } from '../types';
import { buildDataset } from './build';
import { importMail, type ImportOutcome } from './mail';
import { importQuestions, type QuestionOutcome } from './questions';

const raw = (n: number, to = 'b@x'): string =>
  `Message-ID: <${n}@x>\nDate: Mon, 1 Jan 2001 12:00:00 +0000\nFrom: a@x\nTo: ${to}\nSubject: S${n}\n\nBody ${n}`;

function mailbox(...mails: string[]): Promise<ImportOutcome> {
  return importMail(
    mails.map((text, i) => ({ path: `f${i}`, bytes: new TextEncoder().encode(text) })),
    { maxBodyLength: 100 },
  );
}

const art = (fields: object): string =>
  JSON.stringify({
    id: 7,
    question: 'Q?',
    answer: 'A',
    message_ids: ['<1@x>'],
    how_realistic: 0.9,
    inbox_address: 'B@x',
    query_date: '2001-01-05',
    ...fields,
  });

const squad = (...paragraphs: { context: string; qas: object[] }[]): string =>
  JSON.stringify({ data: [{ paragraphs }] });

describe('importQuestions', () => {
  it('reads ART-E questions', async () => {
    const { questions, rejected } = await importQuestions(art({}), 'q', await mailbox(raw(1)));
    expect(rejected).toEqual([]);
    expect(questions).toEqual([
      {
        id: '7',
        question: 'Q?',
        answer: 'A',
        aliases: [],
        emailIds: ['m1'],
        inbox: 'b@x',
        queryDate: '2001-01-05',
        family: '',
        level: 1,
      },
    ]);
  });

  it('reads its own questions', async () => {
    const own = {
      id: 'q',
      question: 'Q?',
      answer: 'A',
      aliases: ['B'],
      emailIds: ['m1'],
      inbox: 'a@x',
      queryDate: '2001-01-05',
      family: 'latest',
      level: 2,
    };
    const { questions } = await importQuestions(JSON.stringify(own), 'q', await mailbox(raw(1)));
    expect(questions).toEqual([own]);
  });

  it('reads SQuAD questions, naming the mail that "the email" meant', async () => {
    const text = squad({
      context: raw(2, 'c@x, b@x'),
      qas: [
        { id: 1, question: 'Who?', answers: [{ text: 'Ann\nA.' }, { text: 'Ann' }, { text: 'Ann' }] },
        { id: 2, question: 'Why?', answers: [], is_impossible: true },
      ],
    });
    const { questions, mailOf } = await importQuestions(
      text,
      'q',
      await mailbox(raw(1), raw(2, 'c@x, b@x'), raw(3)),
    );
    expect(questions).toEqual([
      {
        id: '1-1',
        question: 'Who? (About the e-mail with the subject "S2" of 2001-01-01.)',
        answer: 'Ann A.',
        aliases: ['Ann'],
        emailIds: ['m2'],
        inbox: 'a@x',
        queryDate: '2001-01-02',
        family: 'single',
        level: 1,
      },
      expect.objectContaining({ id: '1-2', answer: "I don't know", emailIds: [], family: 'unanswerable' }),
    ]);
    expect([...mailOf.values()]).toEqual(['m2', 'm2']);
  });

  it.each<[string, string, RegExp]>([
    ['absent mail', art({ id: 8, message_ids: ['<5@x>'] }), /its mail <5@x> is not among the imported mail/],
    [
      'mail over a limit',
      art({ id: 8, message_ids: ['<4@x>'] }),
      /its mail <4@x> was rejected: the body has/,
    ],
    [
      'an inbox that cannot see the mail',
      art({ id: 8, inbox_address: 'z@x' }),
      /neither sent from nor to its inbox z@x/,
    ],
    ['a bad date', art({ id: 8, query_date: 'May' }), /"query_date" should be a date/],
    ['a missing answer', art({ id: 8, answer: undefined }), /"answer" should be text/],
    ['an id used twice', art({}), /id 7 is used twice/],
    [
      'own fields with unknown mail',
      JSON.stringify({
        id: 'q',
        question: 'Q',
        answer: 'A',
        emailIds: ['m9'],
        inbox: 'b@x',
        queryDate: '2001-01-01',
      }),
      /e-mail m9 is not among/,
    ],
  ])('reports %s and goes on', async (_name, bad, reason) => {
    const mail = await mailbox(raw(1), raw(4) + 'x'.repeat(200));
    const { questions, rejected } = await importQuestions(`${art({})}\n${bad}\n`, 'q', mail);
    expect(questions.map((question) => question.id)).toEqual(['7']);
    expect(rejected).toEqual([{ source: 'q#2', reason: expect.stringMatching(reason) as string }]);
  });

  it('is content with one present copy of several', async () => {
    const { questions } = await importQuestions(
      art({ message_ids: ['<5@x>', '<1@x>'] }),
      'q',
      await mailbox(raw(1)),
    );
    expect(questions[0]?.emailIds).toEqual(['m1']);
  });

  it.each<[string, string, RegExp]>([
    [
      'no mail is there',
      art({ message_ids: ['<5@x>'] }),
      /No question of q can be used .* all 1 were rejected, the first \(q#1\) because its mail <5@x>/,
    ],
    ['there is no question', '', /it has none/],
    ['a line is not JSON', 'what?', /q line 1 is not JSON/],
    [
      'SQuAD mail is absent',
      squad({ context: raw(5), qas: [{ id: 1, question: 'Q', answers: [] }] }),
      /its mail <5@x> is not among/,
    ],
  ])('fails when %s', async (_name, text, message) => {
    const mail = await mailbox(raw(1));
    await expect(importQuestions(text, 'q', mail)).rejects.toThrow(CorpusError);
    await expect(importQuestions(text, 'q', mail)).rejects.toThrow(message);
  });
});

describe('buildDataset', () => {
  const description = { name: 'd', title: 'D', licence: 'private' };
  async function inputs(mails: number, reversed = false): Promise<[ImportOutcome, QuestionOutcome]> {
    const numbers = Array.from({ length: mails }, (_, i) => i + 1);
    if (reversed) numbers.reverse();
    const mail = await mailbox(...numbers.map((n) => raw(n)));
    const lines = numbers.flatMap((n) => [
      art({ id: `${n}a`, message_ids: [`<${n}@x>`] }),
      art({ id: `${n}b`, message_ids: [`<${n}@x>`] }),
    ]);
    return [mail, await importQuestions(lines.join('\n'), 'q', mail)];
  }

  it('splits by mail, the same whatever the order', async () => {
    const dataset = buildDataset(description, ...(await inputs(30)));
    expect(dataset.manifest.counts).toEqual({ emails: 30, questions: { train: 48, validation: 6, test: 6 } });
    const mailsOf = (questions: readonly { id: string }[]): string[] =>
      questions.map((q) => q.id.slice(0, -1)).sort();
    for (const split of ['train', 'validation', 'test'] as const) {
      const mails = mailsOf(dataset.questions[split]);
      expect(mails.length).toBe(2 * new Set(mails).size);
    }
    const reversed = buildDataset(description, ...(await inputs(30, true)));
    expect(mailsOf(reversed.questions.test)).toEqual(mailsOf(dataset.questions.test));
  });

  it('writes files that load back', async () => {
    const dataset = buildDataset(description, ...(await inputs(3)));
    const files = datasetFiles(dataset);
    expect(await loadDataset((path) => Promise.resolve(files.get(path) ?? ''))).toEqual(dataset);
  });

  it('writes everything that is known of a mail, and refuses what has another form', async () => {
    const [mail, asked] = await inputs(3);
    const full = {
      names: { 'a@x': 'A' },
      deliveredTo: ['me@x'],
      references: ['r'],
      threadId: 'm1',
      marks: [{ kind: 'quote' as const, start: 0, end: 2 }],
      labels: ['Inbox'],
      attachments: ['a.pdf'],
    };
    const emails = mail.emails.map((email) => ({ ...email, ...full }));
    const files = datasetFiles(buildDataset(description, { ...mail, emails }, asked));
    const load = () => loadDataset((path) => Promise.resolve(files.get(path) ?? ''));
    expect((await load()).emails[0]).toMatchObject(full);
    for (const [name, wrong] of [
      ['names', [1]],
      ['marks', [{ kind: 'other', start: 0, end: 1 }]],
      ['labels', 'Inbox'],
    ] as const) {
      files.set(
        'emails.jsonl',
        emails.map((email) => JSON.stringify({ ...email, [name]: wrong })).join('\n'),
      );
      await expect(load()).rejects.toThrow(`"${name}" should be`);
    }
  });

  it('asks in an inbox that a mail was delivered to without naming it', async () => {
    const delivered = raw(1).replace('\nFrom:', '\nDelivered-To: list@x\nFrom:');
    const { questions } = await importQuestions(
      art({ inbox_address: 'list@x' }),
      'q',
      await mailbox(delivered),
    );
    expect(questions).toHaveLength(1);
  });

  it('refuses too few mails to split', async () => {
    const [mail, asked] = await inputs(2);
    expect(() => buildDataset(description, mail, asked)).toThrow(/about 2 mails, too few/);
  });
});
