import { expect, test } from 'vitest';
import { planStages, STAGES, stageRate } from './stages';

const PLAN = { stage: null, steps: null, scale: 1, learningRate: null, batchTokens: null };

test('the plan keeps the full schedule unless told otherwise', () => {
  expect(planStages(PLAN)).toEqual(STAGES);
});

test('one factor shortens all stages, never to nothing', () => {
  const planned = planStages({ ...PLAN, scale: 0.01 });
  expect(planned.map(({ steps }) => steps)).toEqual([9, 9, 23, 1]);
  for (const { steps, warmupSteps } of planned) expect(warmupSteps).toBeLessThan(steps);
});

test('one stage, with steps, rate and batch of its own', () => {
  const options = { ...PLAN, stage: 'answers', steps: 40, learningRate: 0.5, batchTokens: 99 } as const;
  expect(planStages(options)).toEqual([
    { ...STAGES[2], steps: 40, learningRate: 0.5, batchTokens: 99, warmupSteps: 10 },
  ]);
});

test('shares of a mixture add up to 1', () => {
  for (const { mix } of STAGES)
    if (mix !== null) expect(mix.clean + mix.multi + mix.flawed).toBeCloseTo(1, 9);
});

test('the rate rises to its peak and falls to a tenth', () => {
  const stage = { ...(STAGES[0] as (typeof STAGES)[0]), steps: 100, warmupSteps: 10, learningRate: 1 };
  expect(stageRate(1, stage)).toBeCloseTo(0.1, 9);
  expect(stageRate(10, stage)).toBeCloseTo(1, 9);
  expect(stageRate(55, stage)).toBeCloseTo(0.55, 9);
  expect(stageRate(100, stage)).toBeCloseTo(0.1, 9);
});
