import { describe, expect, it } from 'vitest';
import { importMail, type ImportOptions, type ImportOutcome } from './mail';
import type { MailSource } from './sources';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const raw = (n: number, extra = ''): string =>
  `Message-ID: <${n}@x>\nDate: Mon, 1 Jan 2001 0${n}:00:00 +0000\nFrom: a@x\nTo: b@x\nSubject: S${n}\n${extra}\nBody ${n}\n`;

function load(files: Record<string, string | Uint8Array>, options?: ImportOptions): Promise<ImportOutcome> {
  const sources: MailSource[] = Object.entries(files).map(([path, content]) => ({
    path,
    bytes: typeof content === 'string' ? encode(content) : content,
  }));
  return importMail(sources, options);
}

const subjects = (outcome: ImportOutcome): string[] => outcome.emails.map((email) => email.subject);

describe('formats, told apart by content', () => {
  const csvField = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  it.each<[string, string, string[]]>([
    ['raw mail', raw(1), ['f']],
    ['raw mail behind a byte-order mark and empty lines', `\uFEFF\r\n\n${raw(1)}`, ['f']],
    ['one mail with a From line', `From a@x Thu Aug 22 12:36:23 2002\n${raw(1)}`, ['f']],
    [
      'mbox',
      `From a@x Thu Aug 22 12:36:23 2002\n${raw(1)}\nFrom b@x Thu Aug 22 12:36:24 2002\n${raw(2)}`,
      ['f#1', 'f#2'],
    ],
    [
      'CSV with raw mail',
      `file,message\r\nx/1.,${csvField(raw(1))}\r\nx/2.,${csvField(raw(2))}`,
      ['f#1', 'f#2'],
    ],
    [
      'CSV with columns',
      'From,To,Subject,Body\na@x,"b@x, c@x",S1,"Body\n1"\na@x,b@x,S2,Body 2\n',
      ['f#1', 'f#2'],
    ],
    [
      'JSON Lines of this project',
      '{"id":"k","messageId":"1@x","date":5,"from":"a@x","to":["b@x"],"subject":"S1","body":"B"}\n\n{"id":"l","from":"a@x","to":[],"subject":"S2","body":"B"}',
      ['f#1', 'f#3'],
    ],
    [
      'JSON Lines with other names',
      '{"message_id":"<1@x>","Sender":"A <a@x>","recipients":"b@x; c@x","subject":"S1","text":"t","sent":"2001-01-01"}',
      ['f'],
    ],
    [
      'JSON Lines with raw mail',
      `${JSON.stringify({ raw: raw(1) })}\n${JSON.stringify({ message: raw(2) })}`,
      ['f#1', 'f#2'],
    ],
    ['a JSON list', `[${JSON.stringify({ from: 'a@x', subject: 'S1', html: '<p>t</p>' })}]`, ['f#1']],
    [
      'SQuAD contexts',
      JSON.stringify({
        data: [
          {
            paragraphs: [
              { context: raw(1), qas: [] },
              { context: raw(2), qas: [] },
            ],
          },
        ],
      }),
      ['f#1', 'f#2'],
    ],
  ])('%s', async (_name, text, sources) => {
    const outcome = await load({ f: text });
    expect(outcome.rejected).toEqual([]);
    expect([...outcome.sourceOf.values()]).toEqual(sources);
    expect(subjects(outcome)).toEqual(sources.map((_, i) => `S${i + 1}`));
    expect(outcome.emails[0]?.from).toBe('a@x');
    expect(outcome.emails[0]?.body).not.toBe('');
  });

  it('reads the fields of records', async () => {
    const { emails } = await load({
      f: '{"message_id":"<1@x>","Sender":"A <A@x>","recipients":[{"address":"b@x"},"c@x"],"subject":"S","text":"a\\r\\nb","sent":"Mon, 1 Jan 2001 00:00:00 -0100","cc":"d@x"}',
    });
    expect(emails).toEqual([
      {
        id: 'm1',
        messageId: '1@x',
        date: Date.UTC(2001, 0, 1, 1),
        from: 'a@x',
        to: ['b@x', 'c@x'],
        cc: ['d@x'],
        bcc: [],
        subject: 'S',
        body: 'a\nb',
        names: { 'a@x': 'A' },
      },
    ]);
  });

  it.each<[string, number | string, number | null]>([
    ['seconds', 978_307_200, 978_307_200_000],
    ['milliseconds', 978_307_200_000, 978_307_200_000],
    ['microseconds', 978_307_200_123_000, 978_307_200_123],
    ['nanoseconds', 1_700_000_000_123_000_000, 1_700_000_000_123],
    ['seconds before the epoch', -978_307_200, -978_307_200_000],
    ['a number beyond all dates', 1e30, null],
    ['digits', '978307200', 978_307_200_000],
    ['digits of nanoseconds', '1700000000123000000', 1_700_000_000_123],
    ['digits of a day', '20010101000000', null],
    ['no date', 'soon', null],
  ])('dates of records: %s', async (_name, date, expected) => {
    const { emails } = await load({ f: JSON.stringify({ from: 'a@x', body: 'b', date }) });
    expect(emails[0]?.date).toBe(expected);
  });
});

describe('mbox', () => {
  const line = 'From a@x Thu Aug 22 12:36:23 2002\n';

  it('does not split prose that starts with From', async () => {
    const outcome = await load({
      f: `${line}${raw(1)}\nFrom here on, at 12:30, we wait.\nFrom: not a header\n\nFrom x 12:30\nno header follows\n${'\n'}${line}${raw(2)}`,
    });
    expect(subjects(outcome)).toEqual(['S1', 'S2']);
    expect(outcome.emails[0]?.body).toContain('no header follows');
  });

  it('takes one > off escaped From lines', async () => {
    const outcome = await load({ f: `${line}${raw(1)}>From me\n>>From you\n> From him\n` });
    expect(outcome.emails[0]?.body).toBe('Body 1\nFrom me\n>From you\n> From him\n');
  });

  it('reads CRLF', async () => {
    const text = `${line}${raw(1)}\n${line}${raw(2)}`.replaceAll('\n', '\r\n');
    const outcome = await load({ f: text });
    expect(outcome.emails.map((email) => email.body)).toEqual(['Body 1\n', 'Body 2\n']);
  });
});

describe('rejection', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /the file is empty/],
    ['prose', 'Dear diary', /not recognised as mail/],
    ['a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 1]), /binary/],
    ['CSV of something else', 'name,price\nx,1', /not recognised/],
    ['JSON of something else', '{"price": 1}', /neither a raw message nor a body/],
    ['a JSON list of numbers', '[1]', /not a JSON object/],
    ['a mail without anything', 'From:\nTo:\n\n', /no sender, no recipients/],
    ['CSV with headers only', 'file,message\n', /holds no messages/],
  ])('%s', async (_name, content, reason) => {
    const outcome = await load({ bad: content, good: raw(1) });
    expect(outcome.rejected).toEqual([
      { source: expect.stringMatching(/^bad/) as string, reason: expect.stringMatching(reason) as string },
    ]);
    expect(outcome.files).toBe(2);
    expect(subjects(outcome)).toEqual(['S1']);
  });

  it('loses one bad line or row, not the file', async () => {
    const lines = await load({
      f: `{"from":"a@x","subject":"S1","body":"b"}\n{"from":\n{"from":"a@x","subject":"S2","body":"b"}`,
    });
    expect(subjects(lines)).toEqual(['S1', 'S2']);
    expect(lines.rejected.map((r) => r.source)).toEqual(['f#2']);
    const rows = await load({ f: 'from,subject,body\na@x,S1,b\na@x,S2\na@x,S3,"open' });
    expect(subjects(rows)).toEqual(['S1']);
    expect(rows.rejected.map((r) => r.reason)).toEqual([
      'the row has 2 fields, the header row 3',
      expect.stringMatching(/never closed/),
    ]);
  });

  it('keeps the limits asked for', async () => {
    const many = raw(2, 'Cc: c@x, d@x\n').replace('\n\n', '\n');
    const outcome = await load(
      { long: `${raw(1)}${'x'.repeat(50)}`, many, good: raw(3) },
      { maxBodyLength: 40, maxRecipients: 2 },
    );
    expect(subjects(outcome)).toEqual(['S3']);
    expect(outcome.rejected.map((r) => r.reason)).toEqual([
      'the body has 57 characters, over the limit of 40',
      'the message has 3 recipients, over the limit of 2',
    ]);
    expect(outcome.whyAbsent.get('1@x')).toMatch(/57 characters/);
  });
});

describe('duplicates and ids', () => {
  it('drops a second copy and says whose it is', async () => {
    const outcome = await load({ a: raw(1), b: `Received: by y\n${raw(1)}`, c: raw(2) });
    expect(outcome.emails.map((email) => email.id)).toEqual(['m1', 'm2']);
    expect(outcome.rejected).toEqual([{ source: 'b', reason: 'duplicate of a' }]);
  });

  it('keeps different mail under one Message-ID, and equal mail sent at different times', async () => {
    const anonymous = (hour: number): string =>
      raw(1)
        .replace(/Message-ID.*\n/, '')
        .replace('01:00:00', `0${hour}:00:00`);
    const outcome = await load({
      a: raw(1),
      b: raw(1).replace('Body', 'Other'),
      c: anonymous(2),
      d: anonymous(3),
      e: anonymous(3),
    });
    expect(outcome.rejected).toEqual([{ source: 'e', reason: 'duplicate of d' }]);
    expect(outcome.idOfMessage.get('1@x')).toBe('m1');
  });

  it('drops copies under other Message-IDs when asked, and still finds them', async () => {
    const files = {
      a: raw(1),
      b: raw(1).replace('<1@x>', '<9@x>'),
      c: raw(1).replace('<1@x>', '<8@x>').replace('b@x', 'c@x'),
    };
    expect((await load(files)).emails).toHaveLength(3);
    const outcome = await load(files, { dropCopies: true });
    expect(outcome.emails.map((email) => email.to)).toEqual([['b@x'], ['c@x']]);
    expect(outcome.idOfMessage.get('9@x')).toBe('m1');
    expect(outcome.idOfMessage.get('8@x')).toBe('m2');
  });

  it('keeps the ids of records and never gives one twice', async () => {
    const record = (id: string, body: string): string => JSON.stringify({ id, from: 'a@x', body });
    const outcome = await load({ a: raw(1), b: `${record('m1', 'x')}\n${record('m1', 'y')}`, c: raw(2) });
    expect(outcome.emails.map((email) => email.id)).toEqual(['m2', 'm1', 'm3']);
    expect(outcome.rejected).toEqual([{ source: 'b#2', reason: 'its id m1 is already that of b#1' }]);
  });

  it('gives records with a blank id ids of their own', async () => {
    const outcome = await load({
      csv: `id,file,message\n,x,"${raw(1)}"\n  ,x,"${raw(2)}"\n`,
      json: JSON.stringify({ id: '', from: 'a@x', body: 'x' }),
    });
    expect(outcome.rejected).toEqual([]);
    expect(outcome.emails.map((email) => email.id)).toEqual(['m1', 'm2', 'm3']);
  });

  it('takes an async source', async () => {
    async function* one(): AsyncGenerator<MailSource> {
      yield { path: 'a', bytes: await Promise.resolve(encode(raw(1))) };
    }
    expect((await importMail(one())).emails).toHaveLength(1);
  });
});
