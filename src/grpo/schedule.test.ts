import { describe, expect, it } from 'vitest';
import { isDue, learningRateAt, questionsOfStep } from './schedule';
import { toyQuestions } from './testing';

describe('learningRateAt', () => {
  const at = (step: number, lrSchedule: 'constant' | 'linear' | 'cosine', warmupSteps = 0, maxSteps = 11) =>
    learningRateAt(step, { learningRate: 2, lrSchedule, warmupSteps, maxSteps });

  it('rises in equal parts, then holds or falls to a tenth', () => {
    expect([1, 2, 3, 4, 5].map((step) => at(step, 'constant', 4))).toEqual([0.5, 1, 1.5, 2, 2]);
    for (const schedule of ['linear', 'cosine'] as const) {
      expect(at(1, schedule)).toBe(2);
      expect(at(6, schedule)).toBeCloseTo(1.1, 12);
      expect(at(11, schedule)).toBeCloseTo(0.2, 12);
      expect(at(4, schedule, 4)).toBe(2);
      expect(at(1, schedule, 0, 1)).toBe(2);
    }
    expect(at(3, 'linear')).toBeCloseTo(2 * (1 - 0.9 * 0.2), 12);
    expect(at(3, 'cosine')).toBeGreaterThan(at(3, 'linear'));
  });
});

describe('questionsOfStep', () => {
  const questions = toyQuestions(7, 'q');
  const of = (step: number, seed = 1) =>
    questionsOfStep(questions, step, { batchSize: 3, seed }).map(({ id }) => id);

  it('asks every question once per epoch, in another order each time', () => {
    const stream = Array.from({ length: 7 }, (_, i) => of(i + 1)).flat();
    const epochs = [stream.slice(0, 7), stream.slice(7, 14), stream.slice(14, 21)];
    for (const epoch of epochs) expect(epoch.slice().sort()).toEqual(questions.map(({ id }) => id));
    expect(new Set(epochs.map((epoch) => epoch.join())).size).toBe(3);
  });

  it('depends on seed and step only', () => {
    expect(of(5)).toEqual(of(5));
    expect([of(1, 2), of(2, 2)]).not.toEqual([of(1), of(2)]);
    expect(questionsOfStep(questions.slice(0, 2), 1, { batchSize: 5, seed: 1 }).length).toBe(5);
  });
});

describe('isDue', () => {
  it('is every so many steps; 0 is never', () => {
    expect([1, 2, 3, 4].filter((step) => isDue(step, 2))).toEqual([2, 4]);
    expect(isDue(4, 0)).toBe(false);
  });
});
