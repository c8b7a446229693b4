import { configure } from '@zip.js/zip.js/lib/zip-core-native.js';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from './bytes';
import { importMail, type ImportOutcome, type ImportProgress } from './mail';
import { cutMessages } from './mbox';
import { MAX_FIELD_BYTES, MAX_TEXT_BYTES } from './skim';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const raw = (n: number, body = `Body ${n}`): string =>
  `Message-ID: <${n}@x>\nDate: Mon, 1 Jan 2001 01:00:00 +0000\nFrom: a@x\nTo: b@x\nSubject: S${n}\n\n${body}\n`;
const line = 'From a@x Thu Aug 22 12:36:23 2002\n';

/** Bytes that are only there piece by piece. */
function streamed(pieces: () => Iterable<Uint8Array>): ByteSource {
  return {
    size: null,
    async *pieces() {
      for (const piece of pieces()) yield await Promise.resolve(piece);
    },
  };
}
function inPieces(bytes: Uint8Array, length: number): ByteSource {
  return streamed(function* () {
    for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
  });
}
const load = (path: string, bytes: Uint8Array | ByteSource): Promise<ImportOutcome> =>
  importMail([{ path, bytes }]);

const MIME = [
  'Content-Type: multipart/mixed; boundary="b"\n\npreamble\n--b\n\nText\n\n--b',
  'Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n',
  'JVBERi0xLjQK\n'.repeat(50) + '--b--\n',
].join('\n');
const MBOX = encode(
  line +
    raw(1, '>From me\n>>From you') +
    '\n' +
    line +
    raw(2).replace('\n\n', `\n${MIME}\n\n`) +
    '\n' +
    line +
    raw(3, 'Grüße'),
);

describe('pieces', () => {
  it.each([1, 2, 3, 7, 64, 1000])('give the same mail when they have %i bytes', async (length) => {
    const whole = await load('f', MBOX);
    expect(whole.emails.map(({ body }) => body.trim())).toEqual(['From me\n>From you', 'Text', 'Grüße']);
    expect(whole.emails[1]?.attachments).toEqual(['a.pdf']);
    expect(await load('f', inPieces(MBOX, length))).toEqual(whole);
  });

  it('of records too', async () => {
    const csv = encode('from,subject,body\na@x,S1,"B\n""1"""\nb@x,S2,Grüße\n');
    const lines = encode('{"from":"a@x","body":"Grüße"}\n\n{"from":"b@x","body":"2"}\n');
    for (const bytes of [csv, lines]) {
      const whole = await load('f', bytes);
      expect(whole.emails).toHaveLength(2);
      for (const length of [1, 5, 30]) expect(await load('f', inPieces(bytes, length))).toEqual(whole);
    }
  });
});

describe('the first piece', () => {
  it('may end inside a character', async () => {
    const csv = encode(`\uFEFFfrom,body\na@x,${'ü'.repeat(40_000)}\n`);
    for (const length of [70_000, 70_001]) {
      const outcome = await load('f', inPieces(csv, length));
      expect(outcome.rejected).toEqual([]);
      expect(outcome.emails).toMatchObject([{ from: 'a@x', body: 'ü'.repeat(40_000) }]);
    }
  });
});

describe('limits', () => {
  it('drops attachments of any size without keeping them', async () => {
    const base64 = encode('QUJD'.repeat(18) + '\n');
    const megabyte = new Uint8Array(base64.length * 14_000).map((_, i) => base64[i % base64.length] ?? 0);
    const head = encode(
      `${line}Message-ID: <1@x>\nFrom: a@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nBefore\n--b\nContent-Type: image/png; name=p.png\nContent-Transfer-Encoding: base64\n\n`,
    );
    const source = streamed(function* () {
      yield head;
      for (let i = 0; i < 60; i++) yield megabyte.slice();
      yield encode('--b\n\nAfter\n--b--\n');
    });
    for await (const { bytes } of cutMessages(source.pieces(), { mbox: true })) {
      expect(bytes.length).toBeLessThan(500);
    }
    const outcome = await load('f', source);
    expect(outcome.emails).toMatchObject([{ body: 'Before\n\nAfter', attachments: ['p.png'] }]);
    expect(outcome.shortened).toEqual([]);
  });

  it('cuts a text that is one endless line, and says so', async () => {
    const piece = new Uint8Array(1024 * 1024).fill(120);
    const outcome = await load(
      'f',
      streamed(function* () {
        yield encode(raw(1, '').trimEnd() + '\n\n');
        for (let i = 0; i < 64; i++) yield piece;
      }),
    );
    expect(outcome.emails[0]?.body.trimEnd().length).toBe(MAX_TEXT_BYTES);
    expect(outcome.shortened).toEqual([
      { source: 'f', reason: expect.stringMatching(/longer than 4194304 bytes/) as string },
    ]);
  });

  it.each([
    ['folded', '\n '],
    ['on one line', ''],
  ])('cuts a header with 200,000 recipients %s, and keeps the fields behind it', async (_name, fold) => {
    const people = Array.from({ length: 200_000 }, (_, i) => `person${i}@home.example`).join(`,${fold} `);
    const outcome = await load('f', encode(`From: a@x\nTo: ${people}\nSubject: S\n\nBody\n`));
    const [mail] = outcome.emails;
    expect(mail).toMatchObject({ subject: 'S', body: 'Body\n' });
    expect(mail?.to.length).toBeGreaterThan(2000);
    expect(mail?.to.length).toBeLessThan(MAX_FIELD_BYTES / 20);
    expect(mail?.to.every((address) => /^person\d+@home\.example$/.test(address))).toBe(true);
    expect(outcome.shortened).toEqual([
      { source: 'f', reason: expect.stringMatching(/the header To is longer/) as string },
    ]);
  });

  it('cuts the same header twice, and keeps the fields behind both', async () => {
    const people = Array.from({ length: 20_000 }, (_, i) => `p${i}@home.example`).join(', ');
    const outcome = await load('f', encode(`From: a@x\nTo: ${people}\nTo: ${people}\nSubject: S\n\nBody\n`));
    expect(outcome.emails).toMatchObject([{ subject: 'S', body: 'Body\n' }]);
    expect(outcome.emails[0]?.to.every((address) => /^p\d+@home\.example$/.test(address))).toBe(true);
    expect(outcome.shortened).toHaveLength(1);
  });

  it('counts every refusal by its kind', async () => {
    const outcome = await load('f', encode(Array.from({ length: 4 }, () => line + raw(1)).join('\n')));
    expect(outcome.reasons).toEqual([{ code: 'corpus/duplicate', count: 3 }]);
  });
});

describe('progress and cancel', () => {
  it('tells the bytes read and the messages found', async () => {
    const told: ImportProgress[] = [];
    const mails = Array.from({ length: 1200 }, (_, i) => line + raw(i)).join('\n');
    await importMail([{ path: 'f', bytes: inPieces(encode(mails), 1000) }], {
      onProgress: (p) => told.push(p),
    });
    expect(told.map(({ messages }) => messages)).toEqual([500, 1000, 1200]);
    expect(told.at(-1)).toEqual({ bytes: mails.length, messages: 1200, rejected: 0 });
  });

  it('stops between pieces when it is aborted', async () => {
    const stop = new AbortController();
    let read = 0;
    const endless = streamed(function* () {
      for (;;) {
        if (++read === 5) stop.abort(new Error('enough'));
        yield encode(line + raw(read));
      }
    });
    await expect(importMail([{ path: 'f', bytes: endless }], { signal: stop.signal })).rejects.toThrow(
      'enough',
    );
    expect(read).toBeLessThan(100);
  });
});

describe('archives', () => {
  const zip = (files: Record<string, Uint8Array>): Uint8Array => zipSync(files);

  it('reads the mail inside, each with its place', async () => {
    const outcome = await load(
      't.zip',
      zip({
        'Takeout/Mail/Sent.mbox': encode(line + raw(1) + '\n' + line + raw(2)),
        'x/1.eml': encode(raw(3)),
        'x/note.txt': encode('prose'),
      }),
    );
    expect([...outcome.sourceOf.values()]).toEqual([
      't.zip/Takeout/Mail/Sent.mbox#1',
      't.zip/Takeout/Mail/Sent.mbox#2',
      't.zip/x/1.eml',
    ]);
    expect(outcome.emails.map(({ labels }) => labels)).toEqual([['Sent'], ['Sent'], ['x']]);
    expect(outcome.rejected).toEqual([
      { source: 't.zip/x/note.txt', reason: expect.stringMatching(/not recognised/) as string },
    ]);
  });

  it('reads .mbox.gz and tar archives', async () => {
    const pack = async (bytes: Uint8Array): Promise<Uint8Array> =>
      new Uint8Array(
        await new Response(
          new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream('gzip')),
        ).arrayBuffer(),
      );
    const header = new Uint8Array(512);
    const mail = encode(raw(1));
    header.set(encode('Takeout/a.eml'));
    header.set(encode(`${mail.length.toString(8).padStart(11, '0')}\0`), 124);
    header.set(encode('0'), 156);
    header.set(encode('ustar'), 257);
    const tar = new Uint8Array(2048);
    tar.set(header);
    tar.set(mail, 512);
    for (const bytes of [await pack(mail), tar, await pack(tar)]) {
      expect((await load('m.gz', bytes)).emails).toMatchObject([{ subject: 'S1' }]);
    }
  });

  it('lets go of files that are no mail, so that those behind them are unpacked', async () => {
    // More photos than zip.js unpacks at once; each must give its place back, as nothing else frees one here.
    configure({ maxWorkers: 2, workerStarvationTimeout: Infinity });
    const photo = new Uint8Array(2 * 1024 * 1024).map((_, i) => Math.imul(i, 2_654_435_761) >>> 24);
    photo.set([0x89, 0x50, 0x4e, 0x47, 0, 1]);
    const photos = Array.from({ length: 6 }, (_, i) => [`${i}.png`, photo] as const);
    const outcome = await load('t.zip', zip({ ...Object.fromEntries(photos), 'z.eml': encode(raw(1)) }));
    expect(outcome.emails).toMatchObject([{ subject: 'S1' }]);
    expect(outcome.reasons).toEqual([{ code: 'corpus/file-binary', count: 6 }]);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['a binary file', (bytes) => bytes],
    ['an archive in an archive', (bytes) => (bytes.set([0x50, 0x4b, 3, 4]), bytes)],
    ['an emlx, whose end is not read', (bytes) => (bytes.set(encode(`200\n${raw(1)}`)), bytes)],
    ['a tape archive that ends early', (bytes) => (bytes.set(encode('ustar'), 257), bytes)],
  ])('closes the source of %s', async (_name, change) => {
    let open = 0;
    const source: ByteSource = {
      size: null,
      async *pieces() {
        open++;
        try {
          for (let i = 0; i < 10; i++) yield await Promise.resolve(change(new Uint8Array(100_000)));
        } finally {
          open--;
        }
      },
    };
    const outcome = await load('f', source);
    expect(outcome.emails.length + outcome.rejected.length).toBe(1);
    expect(open).toBe(0);
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    [
      'a bomb of zeros',
      () => zip({ 'a.mbox': new Uint8Array(64 * 1024 * 1024) }),
      /unpack to 67108864 bytes, \d+ times its size/,
    ],
    [
      'an archive in an archive in an archive',
      () => zip({ 'b.zip': zip({ 'a.zip': zip({ 'a.eml': encode(raw(1)) }) }) }),
      /inside an archive/,
    ],
    [
      'a path that leads out',
      () => zip({ '../../etc/a.eml': encode(raw(1)) }),
      /path in the archive leads out/,
    ],
    ['a broken archive', () => zip({ 'a.eml': encode(raw(1)) }).slice(0, 60), /cannot be unpacked/],
    ['an empty archive', () => zip({}), /holds no files/],
  ])('refuses %s', async (_name, bytes, reason) => {
    const outcome = await load('t.zip', bytes());
    expect(outcome.emails).toEqual([]);
    expect(outcome.rejected.map((each) => each.reason)).toEqual([expect.stringMatching(reason)]);
  });

  it('does not believe an archive that says less than it holds', async () => {
    const bytes = zip({ 'a.mbox': encode(`${line}${raw(1)}`.repeat(5000)) });
    const view = new DataView(bytes.buffer);
    const central = view.getUint32(bytes.length - 6, true);
    view.setUint32(22, 100, true);
    view.setUint32(central + 24, 100, true);
    expect((await load('t.zip', bytes)).rejected.at(-1)?.reason).toMatch(
      /larger than the archive says|cannot be unpacked/,
    );
  });

  it('refuses a gzip bomb', async () => {
    const bytes = new Uint8Array(64 * 1024 * 1024).fill(120);
    bytes.set(encode(raw(1)));
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
    const outcome = await load('m.gz', new Uint8Array(await new Response(stream).arrayBuffer()));
    expect(outcome.rejected[0]?.reason).toMatch(/times its size/);
  });
});
