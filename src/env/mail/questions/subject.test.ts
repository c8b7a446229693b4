import { describe, expect, it } from 'vitest';
import { topicOf } from './mail/subject';
import { personName } from './mail/people';

describe('subjects', () => {
  it.each([
    ['Re: FW: [list] Budget for spring', 'Budget for spring', true],
    ['RV: Rif[2]: Budget for spring', 'Budget for spring', true],
    ['QUARTERLY SALES FIGURES!!!', 'Quarterly Sales Figures', true],
    ['Need help with the printer', 'Need help with the printer', false],
    ['the answer follows', 'the answer follows', false],
    ['Thankyou', 'Thankyou', false],
  ])('%s', (subject, text, isPlain) => {
    expect(topicOf(subject)).toMatchObject({ text, isPlain });
  });

  it.each([
    '',
    'Re:',
    'hi',
    'RE: update',
    'Meeting tomorrow',
    '<CODE>',
    'Posting for aff ected Party s',
    'a'.repeat(40),
  ])('refuses %s', (subject) => {
    expect(topicOf(subject)).toBeNull();
  });
});

describe('names', () => {
  it.each([
    ['"Lee, Ann"', 'Ann Lee'],
    ['linda O. norman', 'Linda O. Norman'],
    ['ANN LEE', 'Ann Lee'],
    ['Vincent van Gogh', 'Vincent van Gogh'],
    ['Sales Team', null],
    ['info@shop.example', null],
  ])('%s', (written, name) => {
    expect(personName(written)).toBe(name);
  });
});
