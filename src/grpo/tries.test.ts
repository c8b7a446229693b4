import { describe, expect, it } from 'vitest';
import type { Outcome } from '../env/types';
import { accuracyInterval, byTask, numbersOfTries, severalTries } from './tries';

function tried(group: number, success: boolean | null, answer: string | null = null, scorable = true) {
  const outcome: Outcome = {
    ...{ turns: [], stopCondition: 'answered', success, answer, metrics: {}, rewards: {} },
  };
  return { group, outcome, reward: 0, scorable };
}

describe('several tries', () => {
  it('are told by task', () => {
    const tries = [tried(0, true), tried(1, true), tried(0, false)];
    expect(byTask(tries)).toEqual([[tries[0], tries[2]], [tries[1]]]);
    expect(byTask([])).toEqual([]);
  });

  it.each([
    [1, [1]],
    [2, [1, 2]],
    [4, [1, 2, 4]],
    [6, [1, 2, 4, 6]],
  ])('of %i: k is one of %j', (tries, numbers) => {
    expect(numbersOfTries(tries)).toEqual(numbers);
  });

  it('give pass@k and agreement, by hand', () => {
    // Task 0: right, wrong, wrong with answers 5, 6, 6. Task 1: all wrong, without an answer.
    const tries = [
      ...[tried(0, true, '5'), tried(0, false, '6'), tried(0, false, ' 6')],
      ...[tried(1, false), tried(1, false), tried(1, false)],
    ];
    const { passAtK, agreement } = severalTries(tries, 3);
    expect(passAtK['1']).toBeCloseTo(1 / 6, 14);
    expect(passAtK['2']).toBeCloseTo((2 / 3 + 0) / 2, 14);
    expect(passAtK['3']).toBe(1 / 2);
    expect(agreement).toBeCloseTo((2 / 3 + 0) / 2, 14);
  });

  it('leave out what could not be scored or has no verdict', () => {
    const tries = [tried(0, true), tried(0, true, null, false), tried(1, null), tried(1, false)];
    expect(severalTries(tries, 2).passAtK).toEqual({ '1': 1 / 2, '2': null });
    expect(accuracyInterval([tried(0, null), tried(1, true, null, false)])).toBeNull();
    expect(accuracyInterval([tried(0, true)])?.high).toBe(1);
  });
});
