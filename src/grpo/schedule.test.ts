import { describe, expect, it } from 'vitest';
import { extraTasksOfStep, isDue, learningRateAt, tasksOfStep, type TaskSettings } from './schedule';
import { toyTasks } from '../../tests/support/toy-run';

const taskSettings = (changes: Partial<TaskSettings> = {}): TaskSettings => ({
  batchSize: 3,
  seed: 1,
  maxSteps: 20,
  curriculum: 'none',
  curriculumShare: 0.5,
  dynamicSampling: 0,
  ...changes,
});

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

describe('tasksOfStep', () => {
  const questions = toyTasks(7, 'q');
  const of = (step: number, seed = 1) =>
    tasksOfStep(questions, step, taskSettings({ seed })).map(({ id }) => id);

  it('asks every question once per epoch, in another order each time', () => {
    const stream = Array.from({ length: 7 }, (_, i) => of(i + 1)).flat();
    const epochs = [stream.slice(0, 7), stream.slice(7, 14), stream.slice(14, 21)];
    for (const epoch of epochs) expect(epoch.slice().sort()).toEqual(questions.map(({ id }) => id));
    expect(new Set(epochs.map((epoch) => epoch.join())).size).toBe(3);
  });

  it('depends on seed and step only', () => {
    expect(of(5)).toEqual(of(5));
    expect([of(1, 2), of(2, 2)]).not.toEqual([of(1), of(2)]);
    expect(tasksOfStep(questions.slice(0, 2), 1, taskSettings({ batchSize: 5 })).length).toBe(5);
  });
});

describe('extraTasksOfStep', () => {
  const questions = toyTasks(9, 'q');
  const of = (step: number, changes: Partial<TaskSettings> = {}) =>
    extraTasksOfStep(questions, step, taskSettings({ dynamicSampling: 4, ...changes })).map(({ id }) => id);
  const own = (step: number) => tasksOfStep(questions, step, taskSettings()).map(({ id }) => id);

  it('are at most the budget, none twice and none of the step itself', () => {
    expect(of(1, { dynamicSampling: 0 })).toEqual([]);
    for (let step = 1; step <= 20; step++) {
      expect(of(step).length).toBe(4);
      const all = [...own(step), ...of(step, { dynamicSampling: 100 })];
      expect(all.sort()).toEqual(questions.map(({ id }) => id));
    }
  });

  it('depend on seed and step only, and grow with the budget without changing', () => {
    expect(of(3)).toEqual(of(3));
    expect(new Set([of(3), of(4), of(3, { seed: 2 })].map((ids) => ids.join())).size).toBe(3);
    expect(of(3, { dynamicSampling: 6 }).slice(0, 4)).toEqual(of(3));
  });

  it('are drawn evenly', () => {
    const counts = new Map<string, number>();
    for (let step = 1; step <= 900; step++) {
      const first = of(step, { dynamicSampling: 1 })[0] as string;
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    // 100 expected of each, standard deviation below 10.
    for (const { id } of questions) expect(Math.abs((counts.get(id) ?? 0) - 100)).toBeLessThan(40);
  });
});

describe('curriculum', () => {
  // Levels 1, 3 and 4 occur; 2 does not.
  const questions = toyTasks(12, 'q').map((q, i) => ({ ...q, level: [4, 1, 3][i % 3] as number }));
  const easyFirst = (changes: Partial<TaskSettings> = {}) =>
    taskSettings({ curriculum: 'easy-first', ...changes });
  const levels = (step: number, settings: TaskSettings) =>
    new Set(
      [
        ...tasksOfStep(questions, step, settings),
        ...extraTasksOfStep(questions, step, { ...settings, dynamicSampling: 12 }),
      ].map(({ level }) => level),
    );

  it('opens one level after the other over its share of the steps, extra questions included', () => {
    const settings = easyFirst({ batchSize: 6 });
    const opened = Array.from({ length: 20 }, (_, i) => [...levels(i + 1, settings)].sort());
    expect(opened).toEqual([
      ...Array<number[]>(5).fill([1]),
      ...Array<number[]>(5).fill([1, 3]),
      ...Array<number[]>(10).fill([1, 3, 4]),
    ]);
  });

  it('opens the last level before the end, however short the run and long the share', () => {
    for (const maxSteps of [1, 2, 3, 7]) {
      const settings = easyFirst({ maxSteps, curriculumShare: 0.99, batchSize: 12 });
      expect(levels(maxSteps, settings).size).toBe(3);
    }
  });

  it('asks every open question once per epoch, from the first step of a level on', () => {
    const settings = easyFirst({ batchSize: 4 });
    const stream = (first: number, steps: number) =>
      Array.from({ length: steps }, (_, i) => tasksOfStep(questions, first + i, settings)).flat();
    // Four questions of level 1, eight up to level 3, twelve in all.
    for (const [first, steps] of [
      [1, 1],
      [2, 1],
      [6, 2],
      [8, 2],
      [11, 3],
    ] as const) {
      expect(new Set(stream(first, steps)).size).toBe(4 * steps);
    }
    expect(stream(1, 1)).not.toEqual(stream(2, 1));
  });

  it('is the plain order where all questions have one level', () => {
    const alike = toyTasks(12, 'q');
    for (let step = 1; step <= 20; step++) {
      expect(tasksOfStep(alike, step, easyFirst())).toEqual(tasksOfStep(alike, step, taskSettings()));
    }
  });
});

describe('isDue', () => {
  it('is every so many steps; 0 is never', () => {
    expect([1, 2, 3, 4].filter((step) => isDue(step, 2))).toEqual([2, 4]);
    expect(isDue(4, 0)).toBe(false);
  });
});
