import { beforeAll, describe, expect, it } from 'vitest';
import { fakeMail, INBOX } from '../../../../tests/support/mail';
import { READ_EMAIL, RETURN_FINAL_ANSWER, SEARCH_EMAILS } from '../tools';
import type { MadeQuestion } from '../questions/types';
import { rowsOf, withAccepted, withEdited, withMade, withoutQuestions } from './questions';
import type { KeptQuestion } from './types';

const EMAILS = [
  fakeMail('m1', 'Falcon budget', 'The budget is $4,500, not $4,000.', { threadId: 'm1' }),
  fakeMail('m2', 'Re: Falcon budget', 'So be it.', { threadId: 'm1', from: INBOX, to: ['bob@acme.example'] }),
  fakeMail('m3', 'Lunch', 'At noon.'),
  fakeMail('m4', 'No id', 'Nothing.', { messageId: '' }),
];
const ASKED = { emails: EMAILS, owner: [INBOX] };

function made(id: string, more: Partial<MadeQuestion> = {}): MadeQuestion {
  return {
    ...{ id, question: `${id}?`, answer: '$4,500', aliases: ['4500'], emailIds: ['m1'], inbox: INBOX },
    ...{ queryDate: '2025-01-04', level: 1, kind: 'amount', split: 'train' },
    evidence: [{ messageId: 'm1@acme.example', field: 'body', start: 14, end: 20 }],
    expert: [
      { name: SEARCH_EMAILS, arguments: { keywords: ['falcon'] } },
      { name: READ_EMAIL, arguments: { message_id: 'm1' } },
      { name: RETURN_FINAL_ANSWER, arguments: { answer: '$4,500', source_message_ids: ['m1'] } },
    ],
    ...more,
  };
}

let all: readonly KeptQuestion[];
beforeAll(() => {
  const list = [made('a'), made('a2', { paraphraseOf: 'a' }), made('b', { emailIds: ['m3'] })];
  all = withMade([], list, [], EMAILS).questions;
});
const one = (questions: readonly KeptQuestion[], id: string) => questions.find((each) => each.id === id);

describe('an edited question', () => {
  it('takes evidence, expert and other wordings to its new answer', () => {
    const { questions } = withEdited(
      all,
      { id: 'a', question: 'How much?', answer: '$4,000', split: 'test' },
      ASKED,
    );
    expect(one(questions, 'a')).toMatchObject({
      ...{
        question: 'How much?',
        answer: '$4,000',
        split: 'test',
        aliases: [],
        isAccepted: true,
        isEdited: true,
      },
      evidence: [{ messageId: 'm1@acme.example', field: 'body', start: 26, end: 32 }],
    });
    expect(one(questions, 'a')?.expert?.at(-1)?.arguments['answer']).toBe('$4,000');
    expect(one(questions, 'a2')).toMatchObject({
      question: 'a2?',
      answer: '$4,000',
      split: 'test',
      aliases: [],
    });
    expect(one(questions, 'b')).toBe(one(all, 'b'));
  });

  it('that stays the same is only accepted', () => {
    const { questions } = withEdited(
      all,
      { id: 'a', question: ' a? ', answer: '$4,500', split: 'train' },
      ASKED,
    );
    expect(one(questions, 'a')).toEqual({ ...one(all, 'a'), isAccepted: true });
  });

  it('that nothing answers any more rests on no mail', () => {
    const { questions } = withEdited(
      all,
      { id: 'a', question: 'a?', answer: 'i dont know', split: 'train' },
      ASKED,
    );
    const changed = one(questions, 'a');
    expect(changed).toMatchObject({ answer: "I don't know", emailIds: [] });
    expect(changed).not.toHaveProperty('expert');
    expect(changed).not.toHaveProperty('evidence');
  });

  it.each([
    [{ id: 'a', question: ' ', answer: 'x', split: 'train' }, /needs words and an answer/],
    [{ id: 'z', question: 'q', answer: 'x', split: 'train' }, /no longer there/],
    [{ id: null, question: 'q', answer: 'x', split: 'train' }, /No mail is chosen/],
    [{ id: null, question: 'q', answer: 'x', split: 'train', emailId: 'm4' }, /no Message-ID/],
  ] as const)('%j is refused', (input, message) => {
    expect(() => withEdited(all, input, ASKED)).toThrow(message);
  });
});

it('an own question is asked in the mailbox that its mail lies in, with evidence', () => {
  const { questions, id } = withEdited(
    all,
    { id: null, question: 'When is lunch?', answer: 'noon', split: 'validation', emailId: 'm3' },
    { emails: EMAILS, owner: ['me@other.example', INBOX] },
  );
  expect(one(questions, id)).toMatchObject({
    ...{ origin: 'own', isAccepted: true, split: 'validation', inbox: INBOX, queryDate: '2025-02-04' },
    ...{ emailIds: ['m3'], evidence: [{ field: 'body', start: 3, end: 7 }] },
  });
  const again = {
    id: null,
    question: 'When is lunch?',
    answer: 'noon',
    split: 'test',
    emailId: 'm3',
  } as const;
  expect(() => withEdited(questions, again, ASKED)).toThrow(/there already/);
});

describe('made anew', () => {
  it('leaves alone what was accepted, and keeps away what was deleted', () => {
    const accepted = withAccepted(all, ['a']);
    const { removed } = withoutQuestions(accepted, ['b']);
    const list = [made('a', { answer: 'other' }), made('b'), made('b2', { paraphraseOf: 'b' }), made('c')];
    const merged = withMade(accepted, list, removed, EMAILS);
    expect(merged.questions.map(({ id, answer }) => [id, answer])).toEqual([
      ['a', '$4,500'],
      ['a2', '$4,500'],
      ['c', '$4,500'],
    ]);
    expect(merged).toMatchObject({ made: 1, kept: 1 });
  });

  it('puts no conversation into two splits', () => {
    const tested = withAccepted(all, ['a']).map((each) => ({ ...each, split: 'test' as const }));
    const merged = withMade(
      tested,
      [made('c', { emailIds: ['m2'] }), made('d', { emailIds: ['m3'] })],
      [],
      EMAILS,
    );
    expect(merged.questions.slice(2).map(({ id, split }) => [id, split])).toEqual([
      ['c', 'test'],
      ['d', 'train'],
    ]);
  });
});

it('rows are first wordings with the others beside them', () => {
  expect(rowsOf(all)).toMatchObject([
    { id: 'a', kind: 'amount', paraphrases: ['a2?'] },
    { id: 'b', paraphrases: [] },
  ]);
  expect(withoutQuestions(all, ['a']).questions.map(({ id }) => id)).toEqual(['b']);
});
