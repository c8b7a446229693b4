import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOKEN_SOURCE } from '../tokens/types';
import { ADVANTAGE_STEPS, advantageScale, advantageStep, surpriseStep, tokenRole } from './colour';

it('tells what a token is to the loss', () => {
  expect(tokenRole(TOKEN_SOURCE.prompt, false)).toBe('prompt');
  expect(tokenRole(TOKEN_SOURCE.sampled, true)).toBe('trained');
  expect(tokenRole(TOKEN_SOURCE.sampled, false)).toBe('untrained');
  expect(tokenRole(TOKEN_SOURCE.tool, false)).toBe('tool');
  expect(tokenRole(TOKEN_SOURCE.tool, true)).toBe('tool-trained');
});

describe('advantage steps', () => {
  it('span the scale and keep the sign', () => {
    expect(advantageStep(2, 2)).toBe(ADVANTAGE_STEPS);
    expect(advantageStep(-2, 2)).toBe(-ADVANTAGE_STEPS);
    expect(advantageStep(0.6, 2)).toBe(2);
    expect(advantageStep(-0.1, 2)).toBe(-1);
    expect(advantageStep(0.001, 2)).toBe(0);
    expect(advantageStep(9, 2)).toBe(ADVANTAGE_STEPS);
    expect(advantageStep(NaN, 2)).toBe(0);
  });

  it('rise with the advantage', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (a, b) => {
          const [low, high] = a < b ? [a, b] : [b, a];
          return advantageStep(low, 3) <= advantageStep(high, 3);
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });

  it('take their scale from the largest advantage, ignoring what is no number', () => {
    expect(advantageScale(Float32Array.of(0.5, -2, NaN, Infinity))).toBe(2);
    expect(advantageScale(new Float32Array(3))).toBe(0.01);
  });
});

it('surprise rises as the probability falls', () => {
  expect([1, 0.96, 0.9, 0.6, 0.3, 0.1, 0.01].map((p) => surpriseStep(Math.log(p)))).toEqual([
    0, 0, 1, 2, 3, 4, 5,
  ]);
  expect(surpriseStep(-Infinity)).toBe(5);
});
