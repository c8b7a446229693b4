import { describe, expect, it } from 'vitest';
import { fakeQuestion } from '../../../tests/support/mail';
import { abstainsFrom, isGoldAbstention, isUnanswerable } from './abstention';

const question = fakeQuestion({ question: 'When is the Falcon team meeting?', answer: 'Monday' });
const abstains = (answer: string) => abstainsFrom(question, answer, 'normalised');

describe('abstainsFrom', () => {
  it.each([
    "I don't know",
    'I  do not -- know ...',
    'Sorry, I don’t know.',
    'No idea',
    'Unknown',
    'It is not mentioned in the mails.',
    'The mailbox does not say',
    'None of the emails mentions it',
    'None of the messages say',
    'I could not find the answer in my inbox.',
    'Unable to determine that',
    'There is no information about it in these emails',
    'No results found',
    'It cannot be determined from the messages',
    'That could not be answered.',
    'Nothing was found in the mailbox.',
    'Nothing found',
    "I don't know when the Falcon team is meeting",
    'The Falcon team: not mentioned',
  ])('takes %j for it', (answer) => {
    expect(abstains(answer)).toBe(true);
    expect(abstainsFrom(question, answer, 'exact')).toBe(answer === "I don't know");
  });

  it.each([
    'Monday',
    'I know',
    'The mailbox says Monday',
    'Not on Monday',
    'No',
    '',
    'Nothing was found but this: Monday',
  ])('does not take %j for it', (answer) => expect(abstains(answer)).toBe(false));

  it('takes the gold answer, or an alias of it, for an answer', () => {
    const gold = { ...question, answer: 'Not available', aliases: ['Unknown'] };
    expect(abstainsFrom(gold, 'not available.', 'normalised')).toBe(false);
    expect(abstainsFrom(gold, 'unknown', 'normalised')).toBe(false);
    expect(abstainsFrom(gold, 'not found', 'normalised')).toBe(true);
  });
});

it('only one gold answer says that there is none', () => {
  expect(isGoldAbstention('I don’t know.')).toBe(true);
  expect(isGoldAbstention('Unknown')).toBe(false);
  expect(isUnanswerable({ answer: ' ', emailIds: [] })).toBe(true);
  expect(isUnanswerable({ answer: ' ', emailIds: ['m1'] })).toBe(false);
  expect(isUnanswerable({ answer: 'Monday', emailIds: [] })).toBe(false);
});
