import { describe, expect, it } from 'vitest';
import { markBody } from './marks';

/** The kinds with the text that they cover. */
const marked = (body: string, subject?: string): [string, string][] =>
  markBody(body, subject).map(({ kind, start, end }) => [kind, body.slice(start, end)]);

describe('markBody', () => {
  it.each<[string, string, [string, string][], string?]>([
    ['plain text', 'Hello,\n\nthe code is 5.\n\nAnn', []],
    [
      'a quote behind its introduction',
      'Yes.\n\nOn Mon, 3 Mar 2025, Bob <bob@x> wrote:\n> Is it 5?\n>\n> Bob\n',
      [['quote', 'On Mon, 3 Mar 2025, Bob <bob@x> wrote:\n> Is it 5?\n>\n> Bob\n']],
    ],
    [
      'an introduction on two lines',
      'Yes.\nOn Monday, 3 March 2025 at 9:00,\nBob Ray wrote:\n\n> Q\n',
      [['quote', 'On Monday, 3 March 2025 at 9:00,\nBob Ray wrote:\n\n> Q\n']],
    ],
    [
      'an introduction in German',
      'Ja.\nAm 03.03.25 um 09:00 schrieb Bob:\n> Q\nNein.\n',
      [['quote', 'Am 03.03.25 um 09:00 schrieb Bob:\n> Q\n']],
    ],
    [
      'quotes between answers, and a sentence that ends with a colon but introduces nothing',
      '> One?\nYes.\nMy list:\n> Two?\nNo.\n',
      [
        ['quote', '> One?\n'],
        ['quote', '> Two?\n'],
      ],
    ],
    [
      "Outlook's rule",
      'Fine.\n\n-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: Q\n\nText -- \n',
      [['quote', '-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: Q\n\nText -- \n']],
    ],
    [
      'the same in a mail that passes on',
      '-----Original Message-----\nText\n',
      [['forward', '-----Original Message-----\nText\n']],
      'FW: Q',
    ],
    [
      "Outlook's header block without a rule",
      'Fine.\n\n________________________________\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: Q\nText\n',
      [['quote', '________________________________\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: Q\nText\n']],
    ],
    [
      "Notes' header block with name and time",
      'Fine.\n\n\nBob Ray\n01/02/2001 09:00 AM\nTo: Ann Lee/X@X\ncc:\nSubject: Q\n\nText\n',
      [['quote', 'Bob Ray\n01/02/2001 09:00 AM\nTo: Ann Lee/X@X\ncc:\nSubject: Q\n\nText\n']],
    ],
    [
      'a mail passed on',
      'See below.\n---------------------- Forwarded by Ann on 01/02/2001 ---\nText\n',
      [['forward', '---------------------- Forwarded by Ann on 01/02/2001 ---\nText\n']],
    ],
    ['a signature', 'Text\n-- \nAnn Lee\nRoom 4\n', [['signature', '-- \nAnn Lee\nRoom 4\n']]],
    [
      'a signature above the answered mail',
      'Text\n-- \nAnn\n-----Original Message-----\nOld\n',
      [
        ['signature', '-- \nAnn\n'],
        ['quote', '-----Original Message-----\nOld\n'],
      ],
    ],
    ['a device', 'Yes\n\nSent from my iPhone', [['signature', 'Sent from my iPhone']]],
    [
      'a notice of a company',
      'Yes\n\nThis e-mail is confidential and the property of X.\n',
      [['signature', 'This e-mail is confidential and the property of X.\n']],
    ],
    ['two lines of a form, which are no quoted header', 'To: the moon\nSubject: travel\nText', []],
    ['a rule with a long text below', `A\n--\n${'line\n'.repeat(40)}`, []],
  ])('%s', (_name, body, expected, subject) => {
    expect(marked(body, subject)).toEqual(expected);
  });

  it('takes a line of megabytes and very many quotes without trouble', () => {
    expect(markBody('x'.repeat(5_000_000))).toEqual([]);
    expect(markBody('> a\nb\n'.repeat(50_000))).toHaveLength(50_000);
  });
});
