/** Files as people have them, each of which was once read wrongly or not at all. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Email } from '../types';
import { importMail, type ImportOutcome } from './mail';
import { importQuestions } from './questions';

const folder = new URL('../../../../../tests/fixtures/mail-cases/', import.meta.url);
const read = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(fileURLToPath(new URL(name, folder))));
const load = async (name: string): Promise<ImportOutcome> =>
  importMail([{ path: name, bytes: await read(name) }]);
const text = (content: string): Promise<ImportOutcome> =>
  importMail([{ path: 'f', bytes: Uint8Array.from(content, (c) => c.charCodeAt(0)) }]);
const only = async (outcome: Promise<ImportOutcome>): Promise<Email> => {
  const { emails, rejected } = await outcome;
  expect(rejected).toEqual([]);
  expect(emails).toHaveLength(1);
  return emails[0] as Email;
};

describe('files', () => {
  it.each<[string, string, string]>([
    ['1.emlx', 'Note 1', 'The code is K1-77.\n'],
    ['2.partial.emlx', 'Note 2', 'The code is K2-77.\n'],
    ['preview-text.eml', 'Note 5', 'The code is K5-77.'],
    ['winmail.eml', 'Note 1', 'The code is K1-77.'],
    ['cp-850-utf8mb4.eml', 'Note 4', 'Grüße, der Code ist K4-77.\n'],
    ['raw-8bit-subject.eml', '发信方已撤回 K5', 'The code is K5-77.\n'],
    [
      'cal.eml',
      'Invitation: Budget review',
      'Event: Budget review\nStart: 2024-03-05 15:00 UTC\nLocation: Room 4',
    ],
    ['ctype-text.eml', 'Format 81', 'Hello body 81\n'],
    ['gmail-original.eml', 'Format 40', 'Hello body 40\n'],
  ])('%s', async (name, subject, body) => {
    expect(await only(load(name))).toMatchObject({ subject, body });
  });

  it.each<[string, string[]]>([
    ['bare-from.mbox', ['The code is K1-77.', 'The code is K2-77.']],
    ['no-blank-line.mbox', ['The code is K1-77.', 'The code is K2-77.']],
    ['thunderbird-bare-from.mbox', ['Body 0', 'Body 1', 'Body 2']],
    ['takeout.zip', ['Hello body 0', 'Hello body 1', 'Hello body 2']],
    ['m.jsonl', ['x y', 'Hello body 30', 'hi', 'hi']],
  ])('%s', async (name, bodies) => {
    expect((await load(name)).emails.map(({ body }) => body.trim())).toEqual(bodies);
  });

  it('dates.csv: dates as spreadsheets write them', async () => {
    const dates = (await load('dates.csv')).emails.map(({ date }) => new Date(date ?? 0).toISOString());
    expect(dates).toEqual([
      '2024-01-31T15:15:00.000Z',
      '2024-01-31T15:15:00.000Z',
      '2024-01-31T00:00:00.000Z',
      '2024-01-31T15:15:00.000Z',
    ]);
  });

  it('m.jsonl: the bad line is named, objects of Microsoft Graph and of Gmail are read', async () => {
    const { emails, rejected } = await load('m.jsonl');
    expect(rejected).toEqual([
      { source: 'm.jsonl#3', reason: expect.stringMatching(/^the line is not JSON/) as string },
    ]);
    expect(emails[2]).toMatchObject({
      from: 'ann@x.example',
      to: ['bob@x.example'],
      names: { 'ann@x.example': 'Ann' },
    });
    expect(emails[3]).toMatchObject({ from: 'a@x', labels: ['INBOX'] });
  });

  it('all-mail.mbox: questions are asked in the mailbox that mail was delivered to', async () => {
    const mail = await load('all-mail.mbox');
    expect(mail.emails[0]?.labels).toEqual(['Posteingang', 'Wichtig', 'Kategorie: Persönlich']);
    const questions = new TextDecoder().decode(await read('all-mail.questions.jsonl'));
    expect(await importQuestions(questions, 'q', mail)).toMatchObject({
      questions: { length: 4 },
      rejected: [],
    });
  });

  it('aliases-dropped.questions.jsonl: other wordings are kept', async () => {
    const mail = await importMail(
      [0, 1, 2].map((n) => ({
        path: `${n}`,
        bytes: new TextEncoder().encode(`Message-ID: <f${n}@x.example>\nTo: bob@x.example\n\nB${n}`),
      })),
    );
    const { questions } = await importQuestions(
      new TextDecoder().decode(await read('aliases-dropped.questions.jsonl')),
      'q',
      mail,
    );
    expect(questions.map(({ aliases }) => aliases)).toEqual([['y'], ['y'], ['y']]);
  });

  it("outlook.msg: the format's name and a way out", async () => {
    expect((await load('outlook.msg')).rejected[0]?.reason).toMatch(
      /the Outlook message cannot be read.*export it as \.eml/,
    );
  });
});

const raw = (n: number): string => `Message-ID: <${n}@x>\nFrom: a@x\nSubject: S${n}\n\nBody ${n}\n`;

describe('dialects of mbox', () => {
  const dated = 'From a@x Mon Mar  3 09:00:00 2025\n';
  it.each<[string, string, number]>([
    [
      'bare and dated separators in one file',
      `From \n${raw(1)}\n${dated}${raw(2)}\nFrom - \n${raw(3)}\nFrom - Mon Mar 03 09:00:00 2025\n${raw(4)}`,
      4,
    ],
    [
      'years of two digits',
      `From a@x Mon Mar  3 09:00:00 25\n${raw(1)}\nFrom a@x Tue Mar  4 09:00 25\n${raw(2)}`,
      2,
    ],
    ['no empty line between', `${dated}${raw(1)}${dated}${raw(2)}`, 2],
    ['the sender alone', `From a@x\n${raw(1)}\nFrom MAILER-DAEMON\n${raw(2)}`, 2],
    [
      "Google Groups' offset before the year",
      `From 1@xxx Mon Mar 03 09:00:00 +0000 2025\n${raw(1)}\nFrom 2@xxx Mon Mar 03 09:00:00 +0000 2025\n${raw(2)}`,
      2,
    ],
    ['carriage returns alone', `${dated}${raw(1)}\n${dated}${raw(2)}`.replaceAll('\n', '\r'), 2],
    ['CRLF', `${dated}${raw(1)}\n${dated}${raw(2)}`.replaceAll('\n', '\r\n'), 2],
    ['no end of the last line', `${dated}${raw(1)}\n${dated}${raw(2)}`.trimEnd(), 2],
    [
      'a forwarded separator without a header below',
      `${dated}${raw(1)}\nFrom a@x Mon Mar  3 09:00:00 2025\nhe wrote\n`,
      1,
    ],
    ['prose', `${dated}${raw(1)}\nFrom Monday\nFrom: me\n\nFrom now on\nNote: this\n`, 1],
  ])('%s', async (_name, content, count) => {
    const { emails, rejected } = await text(content);
    expect(rejected).toEqual([]);
    expect(emails.map(({ subject }) => subject)).toEqual(
      Array.from({ length: count }, (_, i) => `S${i + 1}`),
    );
  });

  it('Content-Length tells where a message ends, when that is right', async () => {
    const quoted = `See\n\n${dated}Subject: quoted\n\nText\n`;
    const mail = (length: number): string =>
      `${dated}Subject: S1\nContent-Length: ${length}\n\n${quoted}\n${dated}${raw(2)}`;
    expect((await text(mail(quoted.length))).emails.map(({ subject }) => subject)).toEqual(['S1', 'S2']);
    expect((await text(mail(quoted.length + 40))).emails.map(({ subject }) => subject)).toEqual([
      'S1',
      'quoted',
      'S2',
    ]);
    expect((await text(mail(90_000))).emails).toHaveLength(3);
  });

  it('leaves out what its program has deleted, and notes of programs', async () => {
    const outcome = await text(
      `${dated}X-Mozilla-Status: 0009\n${raw(1)}\n${dated}X-Mozilla-Status: 0001\n${raw(2)}\n${dated}From: x@x\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nThis text\n`,
    );
    expect(outcome.emails.map(({ subject }) => subject)).toEqual(['S2']);
    expect(outcome.reasons).toEqual([
      { code: 'corpus/message-deleted', count: 1 },
      { code: 'corpus/message-internal', count: 1 },
    ]);
  });
});

describe('charsets', () => {
  const mail = (headers: string, body: string): Promise<Email> =>
    only(text(`From: a@x\nSubject: S\n${headers}\n\n${body}`));
  it.each<[string, string, string, string]>([
    ['UTF-7', 'Content-Type: text/plain; charset=utf-7', 'Gr+APwA3w-e 1 +- 1', 'Grüße 1 + 1'],
    ['ISO-2022-KR', 'Content-Type: text/plain; charset=iso-2022-kr', '\x1b$)C\x0e>H3g\x0f.', '안녕.'],
    ['HZ', 'Content-Type: text/plain; charset=hz-gb-2312', '~{VPND~}.', '中文.'],
    [
      'GB18030 of four bytes under the name of GB 2312',
      'Content-Type: text/plain; charset=gb2312',
      '\xd6\xd0\x81\x39\xef\x30',
      '中㐁',
    ],
    ['UTF-8 without a name', 'X: y', 'Gr\xc3\xbc\xc3\x9fe', 'Grüße'],
    [
      'UTF-8 under the name of ASCII',
      'Content-Type: text/plain; charset=us-ascii',
      'Gr\xc3\xbc\xc3\x9fe',
      'Grüße',
    ],
    ['GBK without a name', 'X: y', '\xb7\xa2\xd0\xc5\xb7\xbd\xd2\xd1\xb3\xb7\xbb\xd8', '发信方已撤回'],
    [
      'Latin-1 without a name',
      'X: y',
      'Gr\xfc\xdfe aus M\xfcnchen, deine B\xe4rbel',
      'Grüße aus München, deine Bärbel',
    ],
    [
      'Latin-1 under the name of UTF-8',
      'Content-Type: text/plain; charset=utf-8',
      'Gr\xfc\xdfe aus M\xfcnchen',
      'Grüße aus München',
    ],
    [
      'an unknown name, encoded',
      'Content-Type: text/plain; charset=utf8mb4\nContent-Transfer-Encoding: quoted-printable',
      'Gr=C3=BC=C3=9F=\ne',
      'Grüße',
    ],
    [
      'HTML that names its own charset',
      'Content-Type: text/html',
      '<meta charset="windows-1251"><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>',
      'Привет',
    ],
    [
      'HTML whose header names another one',
      'Content-Type: text/html; charset=koi8-r',
      '<meta charset="windows-1251"><p>\xf0\xd2\xc9\xd7\xc5\xd4</p>',
      'Привет',
    ],
  ])('%s', async (_name, headers, body, expected) => {
    expect((await mail(headers, body)).body.trim()).toBe(expected);
  });

  it.each<[string, string, string]>([
    [
      'raw bytes in the charset of the body',
      'Subject: Gr\xfc\xdfe\nContent-Type: text/plain; charset=iso-8859-1',
      'Grüße',
    ],
    [
      'raw bytes in the charset of a part',
      'Subject: \xf0\xd2\xc9\xd7\xc5\xd4\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=koi8-r\n\nx\n--b--',
      'Привет',
    ],
    ['raw bytes inside an encoded word', 'Subject: =?iso-8859-1?Q?Gr\xfc=DFe?= you', 'Grüße you'],
    ['UTF-7 in an encoded word', 'Subject: =?utf-7?Q?Gr+APwA3w-e?=', 'Grüße'],
    ['ISO-2022-JP without an encoded word', 'Subject: \x1b$B2q5D\x1b(B 5', '会議 5'],
    ['raw UTF-8', 'Subject: Gr\xc3\xbc\xc3\x9fe', 'Grüße'],
  ])('headers: %s', async (_name, headers, subject) => {
    expect((await only(text(`From: a@x\n${headers}\n\nx`))).subject).toBe(subject);
  });

  it('an encoded word inside an address', async () => {
    const { from } = await only(text('From: "=?utf-8?Q?ann?="@host.example\n\nx'));
    expect(from).toBe('ann@host.example');
  });
});

describe('records', () => {
  it("reads Outlook's table", async () => {
    const { emails } = await text(
      '"Subject","Body","From: (Name)","From: (Address)","From: (Type)","To: (Name)","To: (Address)","To: (Type)","CC: (Name)","CC: (Address)","Categories"\r\n' +
        '"Plan","Hello\r\nyou","Ann Lee","ann@x.example","SMTP","Bob Ray;Cy Orr","bob@x.example;cy@x.example","SMTP;SMTP","","","Red;Work"\r\n',
    );
    expect(emails).toMatchObject([
      {
        from: 'ann@x.example',
        to: ['bob@x.example', 'cy@x.example'],
        names: { 'ann@x.example': 'Ann Lee', 'bob@x.example': 'Bob Ray', 'cy@x.example': 'Cy Orr' },
        body: 'Hello\nyou',
        labels: ['Red', 'Work'],
      },
    ]);
  });

  it.each([
    [';', '3/4/2025 09:00', '25/4/2025 09:00', '2025-04-03'],
    ['\t', '3/4/2025 9:00 AM', '4/25/2025 9:00 AM', '2025-03-04'],
    [';', '03.04.2025, 09:00', '04.05.2025, 09:00', '2025-04-03'],
  ])('values separated by %j, dates %s as their neighbours say', async (delimiter, date, other, day) => {
    const rows = [
      ['Subject', 'Sender', 'Recipients', 'Date', 'Body'],
      ['A', 'a@x', 'b@x', date, 'x'],
      ['B', 'a@x', 'b@x', other, 'y'],
    ];
    const { emails } = await text(rows.map((row) => row.join(delimiter)).join('\n'));
    expect(new Date(emails[0]?.date ?? 0).toISOString().slice(0, 10)).toBe(day);
  });

  it("reads Gmail's messages with parts in base64", async () => {
    const data = Buffer.from('<p>Grüße</p>').toString('base64url');
    const message = {
      id: '1',
      threadId: 't',
      payload: {
        mimeType: 'multipart/alternative',
        headers: [
          { name: 'From', value: 'Ann <a@x>' },
          { name: 'Content-Type', value: 'multipart/alternative; boundary=q' },
        ],
        parts: [{ mimeType: 'text/html', body: { data } }],
      },
    };
    const raw64 = Buffer.from(raw(2)).toString('base64url');
    const { emails } = await text(`${JSON.stringify(message)}\n${JSON.stringify({ id: '2', raw: raw64 })}`);
    expect(emails).toMatchObject([{ from: 'a@x', body: 'Grüße' }, { subject: 'S2' }]);
  });
});

it('UTF-16 and Macintosh mail', async () => {
  const wide = Buffer.from(`\uFEFF${raw(1)}`, 'utf16le');
  expect(await only(importMail([{ path: 'f', bytes: new Uint8Array(wide) }]))).toMatchObject({
    subject: 'S1',
  });
  expect(await only(text(raw(1).replaceAll('\n', '\r')))).toMatchObject({ subject: 'S1', body: 'Body 1\n' });
});
