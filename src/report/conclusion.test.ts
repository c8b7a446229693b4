import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conclude, type Outcome } from './conclusion';

const outcome = (right: number, changes: Partial<Outcome> = {}): Outcome => ({
  seed: 42,
  steps: 12,
  start: { right: 6, questions: 24 },
  end: { right, questions: 24 },
  entropy: { from: 0.6, to: 0.5 },
  kl: 0.1,
  withoutCall: { from: 0.05, to: 0.05 },
  ...changes,
});
const seeds = (...rights: number[]): Outcome[] => rights.map((right, i) => outcome(right, { seed: 42 + i }));

describe('a conclusion from two kinds of runs', () => {
  it('says which is ahead, by how much and how surely, and what was seen inside', () => {
    const collapsed = outcome(0, {
      entropy: { from: 0.6, to: 5.9 },
      kl: 2.2,
      withoutCall: { from: 0.05, to: 0.8 },
    });
    const found = conclude([outcome(18)], [collapsed]);
    expect(found).toMatchObject({ verdict: 'ahead', difference: 0.75, seeds: 1, questions: 24 });
    expect(found?.interval.low).toBeGreaterThan(0.4);
    expect(found?.interval.high).toBeLessThan(0.95);
    expect(found?.sides[0]).toEqual({ accuracy: 0.75, start: 0.25, signs: [] });
    expect(found?.sides[1]).toEqual({
      accuracy: 0,
      start: 0.25,
      signs: [
        { kind: 'entropy-rose', change: { from: 0.6, to: 5.9 } },
        { kind: 'moved-far', kl: 2.2 },
        { kind: 'without-call-rose', change: { from: 0.05, to: 0.8 } },
      ],
    });
  });

  it('cannot tell equal ones apart, nor ones that few questions separate', () => {
    expect(conclude([outcome(12)], [outcome(12)])).toMatchObject({ verdict: 'cannot-tell', difference: 0 });
    expect(conclude([outcome(14)], [outcome(11)])?.verdict).toBe('cannot-tell');
    expect(conclude([outcome(24)], [outcome(24)])?.verdict).toBe('cannot-tell');
  });

  it('claims no order that a seed contradicts or that seeds scatter around', () => {
    const contradicted = conclude(seeds(24, 24, 11), seeds(0, 0, 12));
    expect(contradicted?.verdict).toBe('cannot-tell');
    expect(contradicted?.limits[0]).toEqual({ kind: 'seeds-disagree', ahead: 2, behind: 1 });
    expect(conclude(seeds(20, 21, 19), seeds(4, 6, 5))?.verdict).toBe('ahead');
    // All of one sign, but one seed makes the mean.
    expect(conclude(seeds(24, 7), seeds(0, 6))?.verdict).toBe('cannot-tell');
  });

  it('takes only seeds that both have, and says nothing before an evaluation', () => {
    const found = conclude(seeds(20, 0), [outcome(4)]);
    expect(found).toMatchObject({ seeds: 1, verdict: 'ahead' });
    expect(conclude([outcome(20)], [outcome(4, { seed: 1 })])).toBeNull();
    expect(conclude([outcome(20)], [outcome(4, { end: null })])).toBeNull();
    expect(conclude([], [])).toBeNull();
  });

  it('counts each seed once, by the run that came furthest, of equal ones the last', () => {
    const again = [outcome(18), outcome(20)];
    const once = conclude([outcome(20)], [outcome(4)]);
    expect(conclude(again, [outcome(3), outcome(4)])).toEqual(once);
    expect(once).toMatchObject({ seeds: 1, difference: 20 / 24 - 4 / 24 });
    const stopped = outcome(9, { steps: 5 });
    expect(conclude([outcome(20), stopped], [stopped, outcome(4)])).toEqual(once);
  });

  it('names what the numbers cannot tell', () => {
    const kinds = (a: Outcome[], b: Outcome[]) => conclude(a, b)?.limits.map(({ kind }) => kind);
    expect(kinds([outcome(20)], [outcome(4)])).toEqual(['one-seed', 'few-questions']);
    expect(kinds([outcome(20)], [outcome(4, { steps: 8 })])).toContain('unequal-steps');
    const many = { questions: 400, right: 300 };
    expect(
      kinds(
        seeds(1, 1).map((one) => ({ ...one, end: many })),
        seeds(1, 1).map((one) => ({ ...one, end: many })),
      ),
    ).toEqual([]);
  });

  it('turns round when the sides are swapped', () => {
    const runs = fc.array(fc.integer({ min: 0, max: 24 }), { minLength: 1, maxLength: 5 });
    const opposite = { ahead: 'behind', behind: 'ahead', 'cannot-tell': 'cannot-tell' } as const;
    fc.assert(
      fc.property(runs, runs, (rightA, rightB) => {
        const [a, b] = [seeds(...rightA), seeds(...rightB)];
        const [one, other] = [conclude(a, b), conclude(b, a)];
        if (one === null || other === null) throw new Error('Seeds overlap by construction.');
        expect(other.verdict).toBe(opposite[one.verdict]);
        expect(other.difference).toBeCloseTo(-one.difference, 12);
        expect(other.interval.low).toBeCloseTo(-one.interval.high, 12);
        expect(other.sides).toEqual([one.sides[1], one.sides[0]]);
        // An order is claimed only where the interval leaves zero out.
        if (one.verdict === 'ahead') expect(one.interval.low).toBeGreaterThan(0);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
