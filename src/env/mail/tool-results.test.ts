import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIN_RESULT_LENGTH, renderError, renderHits, renderMail, type ResultStyle } from './tool-results';
import { fakeMail } from '../../../tests/support/mail';

const STYLE: ResultStyle = { snippetMarks: true, mailDate: 'day' };
const HITS = [
  { id: 'm1', snippet: 'the <b>Falcon</b> budget' },
  { id: 'm2', snippet: 'b' },
];

describe('renderHits', () => {
  it('is compact JSON', () => {
    expect(renderHits(HITS, 1000, STYLE)).toEqual({
      content: '[{"message_id":"m1","snippet":"the <b>Falcon</b> budget"},{"message_id":"m2","snippet":"b"}]',
      emailIds: ['m1', 'm2'],
      truncated: false,
    });
    expect(renderHits([], 2, STYLE)).toEqual({ content: '[]', emailIds: [], truncated: false });
  });

  it('strips marks on request', () => {
    expect(renderHits(HITS, 1000, { ...STYLE, snippetMarks: false }).content).toContain(
      '"the Falcon budget"',
    );
  });

  it('drops the last hits first and says so', () => {
    const whole = renderHits(HITS, 1000, STYLE).content;
    expect(renderHits(HITS, whole.length, STYLE).truncated).toBe(false);
    expect(renderHits(HITS, whole.length - 1, STYLE)).toEqual({
      content: '[{"message_id":"m1","snippet":"the <b>Falcon</b> budget"},{"truncated":true}]',
      emailIds: ['m1'],
      truncated: true,
    });
    expect(renderHits(HITS, 20, STYLE)).toEqual({
      content: '[{"truncated":true}]',
      emailIds: [],
      truncated: true,
    });
    expect(renderHits(HITS, 19, STYLE)).toEqual({ content: '[]', emailIds: [], truncated: true });
  });
});

describe('renderMail', () => {
  const mail = fakeMail('m2', 'Falcon', 'The budget is $4,500.');

  it('is compact JSON without an empty cc', () => {
    expect(renderMail(mail, 1000, STYLE).content).toBe(
      '{"message_id":"m2","from":"bob@acme.example","to":["ann@acme.example"],"date":"2025-02-03",' +
        '"subject":"Falcon","body":"The budget is $4,500."}',
    );
  });

  it('shows cc, time and a missing date', () => {
    const copied = fakeMail('m2', 's', 'b', { cc: ['eve@acme.example'] });
    expect(renderMail(copied, 1000, { ...STYLE, mailDate: 'minute' }).content).toContain(
      '"cc":["eve@acme.example"],"date":"2025-02-03 09:05"',
    );
    expect(renderMail(fakeMail('m2', 's', 'b', { date: null }), 1000, STYLE).content).toContain(
      '"date":null',
    );
  });

  it('cuts the body, longest that fits', () => {
    const whole = renderMail(mail, 1000, STYLE).content;
    expect(renderMail(mail, whole.length, STYLE)).toMatchObject({ content: whole, truncated: false });
    expect(renderMail(mail, whole.length - 1, STYLE).truncated).toBe(true);
    const long = fakeMail('m2', 'Falcon', 'x'.repeat(500));
    const shortened = renderMail(long, 300, STYLE);
    expect(shortened.content).toHaveLength(300);
    expect(JSON.parse(shortened.content)).toMatchObject({ message_id: 'm2', truncated: true });
    expect(shortened.emailIds).toEqual(['m2']);
  });

  it('does not count a mail without any text shown as read', () => {
    expect(renderMail(mail, 40, STYLE)).toEqual({
      content: '{"truncated":true}',
      emailIds: [],
      truncated: true,
    });
  });

  it('never splits a surrogate pair', () => {
    const smiles = fakeMail('m2', 's', '😀'.repeat(100));
    for (let budget = 150; budget < 170; budget++) {
      const { content } = renderMail(smiles, budget, STYLE);
      const { body } = JSON.parse(content) as { body: string };
      expect(body).toBe('😀'.repeat(body.length / 2));
      // The longest that fits: another character would pass the budget.
      expect(content.length).toBeGreaterThan(budget - 2);
      expect(content.length).toBeLessThanOrEqual(budget);
    }
  });
});

describe('any result', () => {
  it('is valid JSON within any budget', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(
        texts,
        fc.array(texts, { maxLength: 4 }),
        fc.integer({ min: -5, max: 300 }),
        (text, list, budget) => {
          const results = [
            renderHits(
              list.map((snippet, i) => ({ id: `m${i}`, snippet })),
              budget,
              STYLE,
            ),
            renderMail(fakeMail('m1', list.join(), text), budget, STYLE),
            renderError(text, budget),
          ];
          for (const { content } of results) {
            JSON.parse(content);
            expect(content.length).toBeLessThanOrEqual(Math.max(budget, MIN_RESULT_LENGTH));
          }
        },
      ),
      { seed: 7, numRuns: 150 },
    );
  });
});
