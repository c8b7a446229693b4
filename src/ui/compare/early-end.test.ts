import { expect, it } from 'vitest';
import type { RunRecord } from '../state';
import { endedAt } from './early-end';

const run = (...groupsKept: number[]) => ({
  steps: groupsKept.map((kept, i) => ({ step: i + 1, groupsKept: kept })) as unknown as RunRecord['steps'],
});

it('names the last step with a value, where the later ones trained nothing', () => {
  expect(endedAt(run(2, 1, 0, 0), [0.1, 0.2, null, null])).toBe(2);
});

it('says nothing of a curve that ends with its run, has no value, or lacks one for another reason', () => {
  expect(endedAt(run(2, 0, 1), [0.1, null, 0.2])).toBeNull();
  expect(endedAt(run(0, 0), [null, null])).toBeNull();
  expect(endedAt(run(2, 1, 1), [0.1, null, null])).toBeNull();
  // Evaluations have positions of their own.
  expect(endedAt(run(2, 0, 0), [0.1, null])).toBeNull();
});
