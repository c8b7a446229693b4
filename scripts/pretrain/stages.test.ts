import { expect, test } from 'vitest';
import { planStages, STAGES, stageRate, type Stage } from './stages';

const PLAN = { seed: 0, stage: null, steps: null, scale: 1, learningRate: null, batchSize: null };

test('the plan keeps the full schedule unless told otherwise', () => {
  expect(planStages(PLAN)).toEqual(STAGES);
});

test('one factor shortens all stages and their schedules, never to nothing', () => {
  const planned = planStages({ ...PLAN, scale: 0.01 });
  expect(planned.map(({ steps }) => steps)).toEqual([1, 4, 7, 8, 1]);
  expect(planned.map(({ scheduleSteps }) => scheduleSteps)).toEqual([1, 20, 12, 8, 1]);
  for (const { steps, warmupSteps } of planned) expect(warmupSteps).toBeLessThan(steps);
});

test('one stage, with steps, rate and batch of its own', () => {
  const options = { ...PLAN, stage: 'traces', steps: 40, learningRate: 0.5, batchSize: 9 } as const;
  expect(planStages(options)).toEqual([
    { ...STAGES[1], steps: 40, scheduleSteps: 200, learningRate: 0.5, batchSize: 9, warmupSteps: 10 },
  ]);
});

test('another seed sees other inboxes', () => {
  const seeds = (seed: number) =>
    planStages({ ...PLAN, seed }).flatMap(({ data }) =>
      data === 'copying' ? [] : data.map((source) => source.seed),
    );
  expect(seeds(0).some((seed) => seeds(1).includes(seed))).toBe(false);
});

test('the rate rises to its peak, stays, and falls in a line', () => {
  const stage: Stage = {
    ...(STAGES[0] as Stage),
    steps: 100,
    scheduleSteps: 100,
    warmupSteps: 10,
    learningRate: 1,
    decayFrom: 0.5,
    finalShare: 0.2,
  };
  expect(stageRate(1, stage)).toBeCloseTo(0.1, 9);
  expect(stageRate(10, stage)).toBeCloseTo(1, 9);
  expect(stageRate(51, stage)).toBeCloseTo(1, 9);
  expect(stageRate(76, stage)).toBeCloseTo(0.6, 9);
  expect(stageRate(101, stage)).toBeCloseTo(0.2, 9);
  // Without a fall.
  expect(stageRate(100, { ...stage, decayFrom: 1, finalShare: 1 })).toBe(1);
});
