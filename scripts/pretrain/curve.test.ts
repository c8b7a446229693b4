import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../runtime/page';
import { compareCurves, type CurveComparison } from './curve';

const log = (...losses: (number | null)[]) =>
  losses.map((loss, i) => `${JSON.stringify({ stage: 'copy', step: i + 1, loss })}\n`).join('');

test('steps that both logs hold, with their largest difference', () => {
  const evaluation = '{"stage":"copy","step":2,"greedy":0}\n';
  const { steps, ...numbers } = compareCurves(log(4, 2.5, 1) + evaluation, evaluation + log(4, 2));
  expect(steps).toEqual([
    { stage: 'copy', step: 1, engine: 4, torch: 4 },
    { stage: 'copy', step: 2, engine: 2.5, torch: 2 },
  ]);
  expect(numbers).toEqual({ largestDifference: 0.5, largestRelativeDifference: 0.25 });
  expect(() => compareCurves(log(4), '')).toThrow(RangeError);
});

test('the recorded curves: our engine follows PyTorch, and both learn', () => {
  const path = join(REPOSITORY, 'docs/learning/pretrain-curve.json');
  const { steps, largestDifference, largestRelativeDifference } = JSON.parse(
    readFileSync(path, 'utf8'),
  ) as CurveComparison;
  const numbers = { largestDifference, largestRelativeDifference };
  const lines = (of: 'engine' | 'torch') =>
    steps.map(({ stage, step, [of]: loss }) => JSON.stringify({ stage, step, loss })).join('\n');
  expect(compareCurves(lines('engine'), lines('torch'))).toEqual({ steps, ...numbers });
  expect(numbers.largestRelativeDifference).toBeLessThan(0.01);
  expect(steps.filter(({ stage }) => stage === 'copy')).toHaveLength(90);
  expect(steps.filter(({ stage }) => stage === 'traces').length).toBeGreaterThanOrEqual(60);
  expect(steps.at(-1)?.engine).toBeLessThan(0.5 * (steps[90]?.engine ?? 0));
});
