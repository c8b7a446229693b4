import { expect, it } from 'vitest';
import { fakeMail, fakeQuestion, fakeStore } from '../../../tests/support/mail';
import type { Outcome } from '../types';
import { sourcesOf } from './evidence';

const STORE = fakeStore([
  fakeMail('m1', 'Falcon', 'The budget is  $4,500\nfor now; 4,500 of it is ours.'),
  fakeMail('m2', 'Lunch', 'At noon with Ann Maria Lee.'),
]);

function outcome(answer: string, ids: readonly string[]): Outcome {
  const call = {
    ...{ id: 'c', name: 'return_final_answer', fault: null },
    arguments: { answer, source_message_ids: ids },
  };
  return { turns: [{ text: '', calls: [call], results: [] }], answer } as unknown as Outcome;
}
const marked = (answer: string, ids: readonly string[], question = fakeQuestion()) =>
  sourcesOf(outcome(answer, ids), question, STORE).map(({ id, email }) => [
    id,
    email?.marks.map(({ field, start, end }) => (field === 'body' ? email.body.slice(start, end) : field)) ??
      null,
  ]);

it('marks the answer wherever it stands, with its signs where they stand too', () => {
  expect(marked('$4,500', ['m1', 'm1', 'm9'])).toEqual([
    ['m1', ['$4,500', '4,500']],
    ['m9', null],
  ]);
  expect(marked('$4,500 for now', ['m1'])).toEqual([['m1', ['$4,500\nfor now']]]);
});

it('marks the telling words of an answer that stands nowhere as a whole, in the head too, and nothing where none does', () => {
  expect(marked('Lee, that is Ann', ['m2'])).toEqual([['m2', ['to', 'Ann', 'Lee']]]);
  expect(marked('a bus at 9', ['m2'])).toEqual([['m2', []]]);
  expect(marked('oon', ['m2'])).toEqual([['m2', []]]);
});

it('marks the evidence of a question that is answered as on file', () => {
  const evidence = [{ messageId: 'm1@acme.example', field: 'body', start: 4, end: 10 } as const];
  const question = fakeQuestion({ emailIds: ['m1'], answer: '$4,500', evidence });
  expect(marked('$4,500', ['m1'], question)).toEqual([['m1', ['budget']]]);
  expect(marked('$4,500', ['m1'], { ...question, emailIds: [] })).toEqual([['m1', ['$4,500', '4,500']]]);
});
