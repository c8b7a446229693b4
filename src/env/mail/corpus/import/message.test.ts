import { describe, expect, it } from 'vitest';
import { looksLikeMail, parseAddresses, parseMail, parseMessage } from './message';
import { encodeRawMail } from './text';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)),
  );
const mail = (...lines: string[]): Uint8Array => bytes(lines.join('\r\n'));

describe('parseMail', () => {
  it('reads every field, with LF line ends', async () => {
    const parsed = await parseMail(
      mail(
        'Message-ID: <21.JavaMail@Thyme>',
        'Date: Tue, 29 Aug 2000 01:26:00 -0700 (PDT)',
        'From: "Ann A." <Ann@Acme.Test>',
        'To: Bo <bo@acme.test>,',
        '\tTeam: cy@acme.test, "D, E" <di@acme.test>;, BO@acme.test',
        'Cc: undisclosed-recipients:;',
        'Bcc: eve@acme.test',
        'Subject: =?utf-8?q?caf=C3=A9?= =?iso-8859-1?B?6A==?=',
        '  and more',
        '',
        'Line 1',
        'Line 2',
      ),
    );
    expect(parsed).toEqual({
      messageId: '21.JavaMail@Thyme',
      date: Date.UTC(2000, 7, 29, 8, 26),
      from: 'ann@acme.test',
      to: ['bo@acme.test', 'cy@acme.test', 'di@acme.test'],
      cc: [],
      bcc: ['eve@acme.test'],
      subject: 'caféè and more',
      body: 'Line 1\nLine 2',
      names: { 'ann@acme.test': 'Ann A.', 'bo@acme.test': 'Bo', 'di@acme.test': 'D, E' },
    });
  });

  it.each<[string, Uint8Array, string]>([
    [
      'quoted-printable',
      mail(
        'From: a@x',
        'Content-Type: text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'caf=E9 soft=',
        ' break',
      ),
      'café soft break',
    ],
    ['base64', mail('From: a@x', 'Content-Transfer-Encoding: base64', '', 'aGVsbG8='), 'hello'],
    [
      'windows-1251',
      bytes('From: a@x\nContent-Type: text/plain; charset=windows-1251\n\n', [0xcf, 0xf0]),
      'Пр',
    ],
    ['shift_jis', bytes('From: a@x\nContent-Type: text/plain; charset=shift_jis\n\n', [0x93, 0xfa]), '日'],
    [
      'an ASCII alias',
      mail('From: a@x', 'Content-Type: text/plain; charset=ANSI_X3.4-1968', '', 'plain'),
      'plain',
    ],
    [
      'an unknown charset',
      mail('From: a@x', 'Content-Type: text/plain; charset=x-unknown', '', 'plain'),
      'plain',
    ],
    [
      'a charset browsers refuse',
      mail('From: a@x', 'Content-Type: text/plain; charset=iso-2022-kr', '', 'plain'),
      'plain',
    ],
    [
      'HTML only',
      mail('From: a@x', 'Content-Type: text/html', '', '<p>Dear <b>Bo</b>,</p><p>Yes.</p>'),
      'Dear Bo,\n\nYes.',
    ],
    [
      'the plain alternative',
      mail(
        'From: a@x',
        'Content-Type: multipart/alternative; boundary=B',
        '',
        '--B',
        'Content-Type: text/html',
        '',
        '<p>html</p>',
        '--B',
        'Content-Type: text/plain',
        '',
        'plain',
        '--B--',
      ),
      'plain',
    ],
    [
      'no attachment',
      mail(
        'From: a@x',
        'Content-Type: multipart/mixed; boundary=B',
        '',
        '--B',
        '',
        'text',
        '--B',
        'Content-Type: text/plain',
        'Content-Disposition: attachment',
        '',
        'secret',
        '--B--',
      ),
      'text',
    ],
    ['bare CR', bytes('From: a@x\n\none\rtwo'), 'one\ntwo'],
  ])('body: %s', async (_name, raw, body) => {
    expect((await parseMail(raw)).body.trim()).toBe(body);
  });

  it.each<[string, Partial<Awaited<ReturnType<typeof parseMail>>>]>([
    ['Subject: only', { from: '', to: [], date: null, messageId: '', subject: 'only', body: '' }],
    ['Date: soon\n\nx', { date: null, body: 'x' }],
    ['Message-ID: bare@x\nFrom: x\n\n', { messageId: 'bare@x' }],
    ['From: a@x\nContent-Type: multipart/mixed; boundary=never\n\npreamble', { from: 'a@x' }],
  ])('survives %j', async (raw, fields) => {
    expect(await parseMail(bytes(raw))).toMatchObject(fields);
  });
});

describe('parseAddresses', () => {
  it.each<[string, string[]]>([
    ['A@X.test', ['a@x.test']],
    ['"Doe, J." <j@x>, k@x', ['j@x', 'k@x']],
    ['pete(his account)@silly.test(his host)', ['pete@silly.test']],
    ['<walker"."blair@x>', ['walker.blair@x']],
    ['<Undisclosed-Recipient:@x;>', []],
    ['', []],
  ])('%s', (text, addresses) => {
    expect(parseAddresses(text)).toEqual(addresses);
  });
});

describe('looksLikeMail', () => {
  it.each<[string, boolean]>([
    ['From: a@x\n\n', true],
    ['X-Odd: 1\n  folded\nSubject: s', true],
    ['From someone\nReceived: by x', true],
    ['Note: this is prose\nwithout headers', false],
    ['Note: this\n\nFrom: a@x', false],
    ['{"from": "a@x"}', false],
    ['file,message', false],
    ['', false],
  ])('%j is %s', (text, expected) => {
    expect(looksLikeMail(bytes(text))).toBe(expected);
  });
});

describe('encodeRawMail', () => {
  it('reads labels, conversation, delivery, references and names of attachments', async () => {
    const { fields, conversation } = await parseMessage(
      mail(
        'X-GM-THRID: 17',
        'X-Gmail-Labels: =?UTF-8?Q?Posteingang,Kategorie:_Pers=C3=B6nlich?=',
        'Delivered-To: Me@home.example',
        'X-Original-To: list@home.example',
        'From: a@x',
        'References: <1@x> <2@x>',
        'In-Reply-To: <2@x> (your mail)',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        '',
        'Yes.',
        '> No?',
        '--b',
        'Content-Type: application/pdf; name="plan.pdf"',
        'Content-Disposition: attachment; filename="plan 2.pdf"',
        '',
        'x',
        '--b--',
      ),
    );
    expect(conversation).toBe('17');
    expect(fields).toMatchObject({
      labels: ['Posteingang', 'Kategorie: Persönlich'],
      deliveredTo: ['me@home.example', 'list@home.example'],
      references: ['1@x', '2@x'],
      attachments: ['plan 2.pdf'],
      marks: [{ kind: 'quote', start: 5, end: 10 }],
    });
  });

  it('undoes the decoding of 8-bit mail', async () => {
    const latin = 'From: a@x\nContent-Type: text/plain; charset=iso-8859-1\n\ncafé';
    const utf8 = 'From: a@x\nContent-Type: text/plain; charset="utf-8"\n\ncafé';
    expect((await parseMail(encodeRawMail(latin))).body.trim()).toBe('café');
    expect((await parseMail(encodeRawMail(utf8))).body.trim()).toBe('café');
  });
});
