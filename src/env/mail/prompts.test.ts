import { describe, expect, it } from 'vitest';
import { openingMessages } from './prompts';
import { fakeQuestion } from '../../../tests/support/mail';

describe('openingMessages', () => {
  it('is one short line in compact style', () => {
    expect(openingMessages(fakeQuestion(), { maxTurns: 4, style: 'compact' })).toEqual([
      { role: 'system', content: 'Inbox ann@acme.example. Today 2025-03-04.' },
      { role: 'user', content: 'What is the budget of Falcon?' },
    ]);
  });

  it('tells everything a general model needs in full style', () => {
    const [system, user] = openingMessages(fakeQuestion(), { maxTurns: 7, style: 'full' });
    const text = system?.content ?? '';
    for (const part of [
      'ann@acme.example',
      '2025-03-04',
      '1. Search',
      '2. Read',
      '3. Answer',
      'search_emails',
      'read_email',
      'return_final_answer',
      'vary them',
      'exactly "I don\'t know"',
      'empty list',
    ]) {
      expect(text).toContain(part);
    }
    expect(text.match(/\b7 turns\b/g)).toHaveLength(2);
    expect(text).not.toContain('Falcon');
    expect(user).toEqual({ role: 'user', content: 'What is the budget of Falcon?' });
  });

  it('says "1 turn" for a single turn', () => {
    expect(openingMessages(fakeQuestion(), { maxTurns: 1, style: 'full' })[0]?.content).toContain(
      'have 1 turn.',
    );
  });
});
