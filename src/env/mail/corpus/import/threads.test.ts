import { describe, expect, it } from 'vitest';
import { findThreads, threadSubject, type ThreadMail } from './threads';

const DAY = 86_400_000;
const mail = (fields: Partial<ThreadMail>): ThreadMail => ({
  messageId: '',
  subject: '',
  date: 0,
  from: '',
  to: [],
  cc: [],
  bcc: [],
  ...fields,
});

describe('findThreads', () => {
  it('joins by references, also over a mail that is missing and whatever the order', () => {
    const mails = [
      mail({ messageId: 'c', references: ['a', 'b'] }),
      mail({ messageId: 'x' }),
      mail({ messageId: 'd', references: ['b'] }),
      mail({ messageId: 'a' }),
    ];
    expect(findThreads(mails)).toEqual([0, 1, 0, 0]);
  });

  it("joins by the mailbox's own conversations", () => {
    expect(
      findThreads([mail({ conversation: '7' }), mail({ conversation: '8' }), mail({ conversation: '7' })]),
    ).toEqual([0, 1, 0]);
  });

  const question = mail({ subject: 'Budget', from: 'ann@x', to: ['bob@x'] });
  it.each<[string, Partial<ThreadMail>, boolean]>([
    ['an answer to its sender', { subject: 'Re: budget', from: 'bob@x', to: ['ann@x'], date: DAY }, true],
    [
      'a mail passed on by who got it',
      { subject: 'FW: RE: Budget', from: 'bob@x', to: ['cy@x'], date: DAY },
      true,
    ],
    [
      'an equal subject that says nothing of an answer',
      { subject: 'Budget', from: 'bob@x', to: ['ann@x'], date: DAY },
      false,
    ],
    [
      'an answer by a stranger to a stranger',
      { subject: 'Re: Budget', from: 'cy@x', to: ['di@x'], date: DAY },
      false,
    ],
    ['an answer long after', { subject: 'Re: Budget', from: 'bob@x', to: ['ann@x'], date: 31 * DAY }, false],
    ['an answer before', { subject: 'Re: Budget', from: 'bob@x', to: ['ann@x'], date: -DAY }, false],
    [
      'an answer that names another mail',
      { subject: 'Re: Budget', from: 'bob@x', to: ['ann@x'], date: DAY, references: ['z'] },
      false,
    ],
    ['an answer without a date', { subject: 'Re: Budget', from: 'bob@x', to: ['ann@x'], date: null }, false],
  ])('subjects: %s', (_name, fields, joined) => {
    expect(findThreads([question, mail(fields)])).toEqual(joined ? [0, 0] : [0, 1]);
  });
});

it.each([
  ['Re: FW: AW: Budget  2025', 'budget 2025'],
  ['RE[2]: Budget', 'budget'],
  ['回复：预算', '预算'],
  ['Re; Budget', 'budget'],
  ['Report: Budget', 'report: budget'],
])('threadSubject(%j)', (subject, expected) => {
  expect(threadSubject(subject)).toBe(expected);
});
