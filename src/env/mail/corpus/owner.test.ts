import { describe, expect, it } from 'vitest';
import { findOwner } from './owner';
import type { Email } from './types';

let next = 0;
const mail = (fields: Partial<Email>): Email => ({
  id: `m${++next}`,
  messageId: '',
  date: null,
  from: 'x@x',
  to: [],
  cc: [],
  bcc: [],
  subject: '',
  body: '',
  ...fields,
});
const times = (count: number, fields: Partial<Email>): Email[] =>
  Array.from({ length: count }, () => mail(fields));
const found = (emails: readonly Email[]): [string, string][] =>
  findOwner(emails).addresses.map(({ address, because }) => [address, because]);

describe('findOwner', () => {
  it('goes by delivery, and lists what stands for it', () => {
    const owner = findOwner([
      ...times(5, { to: ['list@x'], deliveredTo: ['me@home'] }),
      ...times(1, {
        to: ['list@x'],
        deliveredTo: ['other@home'],
        from: 'me@home',
        names: { 'me@home': 'Me Too' },
      }),
    ]);
    expect(owner).toEqual({
      mails: 6,
      sure: true,
      addresses: [
        {
          address: 'me@home',
          name: 'Me Too',
          delivered: 5,
          sent: 0,
          written: 1,
          involved: 6,
          because: 'delivered',
        },
        {
          address: 'other@home',
          name: '',
          delivered: 1,
          sent: 0,
          written: 0,
          involved: 1,
          because: 'delivered',
        },
      ],
    });
  });

  it('goes by sent mail, and adds other addresses of the same full name', () => {
    const emails = [
      ...times(4, { from: 'ann@work', labels: ['_sent_mail'], names: { 'ann@work': 'Ann Lee' } }),
      ...times(3, { from: 'bob@x', to: ['ann@home'], names: { 'ann@home': 'Lee, Ann', 'bob@x': 'Bob' } }),
    ];
    expect(found(emails)).toEqual([
      ['ann@work', 'sent'],
      ['ann@home', 'same-name'],
    ]);
  });

  it('only guesses by counts, and says that it is a guess', () => {
    const emails = [...times(6, { to: ['me@home'] }), ...times(4, { from: 'me@home', to: ['y@y'] })];
    expect(findOwner(emails)).toMatchObject({
      sure: false,
      addresses: [{ address: 'me@home', because: 'involved' }],
    });
    expect(
      found([
        ...times(3, { from: 'a@x', to: ['b@x'] }),
        ...times(4, { from: 'c@x', to: ['d@x'] }),
        ...times(3, { from: 'e@x', to: ['f@x'] }),
      ]),
    ).toEqual([]);
  });

  it("names nobody for several people's mail", () => {
    const emails = ['a@x', 'b@x', 'c@x', 'd@x'].flatMap((from) => times(3, { from, labels: ['sent'] }));
    expect(findOwner(emails)).toMatchObject({ addresses: [], sure: false });
  });

  it('takes a word for it', () => {
    expect(findOwner([mail({ from: 'a@x' })], [' A@x', 'b@x'])).toMatchObject({
      sure: true,
      addresses: [
        { address: 'a@x', written: 1, because: 'told' },
        { address: 'b@x', written: 0, because: 'told' },
      ],
    });
  });
});
