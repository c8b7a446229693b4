import { describe, expect, it } from 'vitest';
import type { Settings } from '../../settings/settings';
import type { TrainerState } from '../folder/checkpoint-files';
import type { RunEvent } from '../../grpo/types';
import { MemoryStore, toyTasks, type ToyRun } from '../../../tests/support/toy-run';
import { evaluations, index, pick, records, stopAfter, train } from '../../../tests/support/train-toy';

describe('a run that stops and is resumed', () => {
  it.each([1, 2, 3, 4])('continues bit for bit after a stop at step %i', async (k) => {
    const changes = {
      lrSchedule: 'cosine',
      numIterations: 2,
      mode: 'rollout',
      patience: 2,
      evalSteps: 2,
    } as const;
    const whole = await train(changes);
    const store = new MemoryStore();
    const first = await train(changes, store, stopAfter(k));
    expect(first.result).toMatchObject({ reason: 'stopped', step: k });
    expect(await store.list('final/')).toEqual([]);
    const second = await train({ ...changes, resume: 'latest' }, store);
    expect(second.result).toEqual(whole.result);
    expect(records(store)).toEqual(records(whole.store));
    expect(await second.policy.readOptimizer()).toEqual(await whole.policy.readOptimizer());
    const last = `checkpoint-${whole.result.step}/trainer_state.json`;
    const state = (from: MemoryStore) => ({ ...(from.json(last) as TrainerState), settings: null });
    expect(state(store)).toEqual(state(whole.store));
    // The baseline is the untouched model's, not measured again on the trained one.
    expect(evaluations(second.events).some(({ isBaseline }) => isBaseline)).toBe(false);
  });

  const baseline = (event: RunEvent) => event.kind === 'progress' && event.phase === 'baseline';
  const rollout = (step: number) => (event: RunEvent) =>
    event.kind === 'progress' && event.phase === 'rollout' && event.note.startsWith(`step ${step}/`);
  const evaluating = (step: number) => (event: RunEvent) =>
    event.kind === 'progress' && event.phase === 'evaluating' && event.note.startsWith(`step ${step}/`);

  it.each([
    ['a rollout', rollout(3), 2],
    ['the first rollout', rollout(1), 0],
    ['an evaluation', evaluating(2), 2],
    ['the last evaluation', evaluating(4), 4],
  ] as const)('gives up %s, saves what was before it and continues bit for bit', async (_, at, step) => {
    const changes = { maxSteps: 4, evalSteps: 2, saveSteps: 100, targetAccuracy: 1 } as const;
    const whole = await train(changes);
    const store = new MemoryStore();
    const first = await train(changes, store, (event, control) => {
      if (at(event) && event.kind === 'progress' && event.done > 0) control.stopNow();
    });
    expect(first.result).toMatchObject({ reason: 'stopped', step });
    expect(first.events.at(-1)).toEqual({ kind: 'end', reason: 'stopped', step });
    expect(index(store).checkpoints.at(-1)).toMatchObject({ step });
    const second = await train({ ...changes, resume: 'latest' }, store);
    expect(second.result).toEqual(whole.result);
    expect(records(store)).toEqual(records(whole.store));
    expect(evaluations(second.events).at(-1)?.accuracy).toBe(evaluations(whole.events).at(-1)?.accuracy);
    const { checkpoints, best } = index(store);
    const later = checkpoints.filter((entry) => entry.step > 0);
    const undisturbed = index(whole.store);
    expect(later).toEqual(undisturbed.checkpoints);
    expect(best).toBe(undisturbed.best);
  });

  it('has nothing to save when the baseline is given up', async () => {
    const store = new MemoryStore();
    const run = train({}, store, (event, control) => {
      if (baseline(event) && event.kind === 'progress' && event.done > 0) control.stopNow();
    });
    await expect(run).rejects.toThrow('given up');
    expect(await store.list('checkpoint')).toEqual([]);
  });

  it.each([1, 3, 5])(
    'continues bit for bit after a stop at step %i with dynamic sampling and a curriculum',
    async (k) => {
      const changes: Partial<Settings> = {
        ...{ dynamicSampling: 5, minGroupStd: 0.45, curriculum: 'easy-first', scaleRewards: 'batch' },
      };
      const levelled = (run: ToyRun): ToyRun => ({
        ...run,
        deps: {
          ...run.deps,
          tasks: {
            ...run.deps.tasks,
            train: run.deps.tasks.train.map((task, i) => ({ ...task, level: 1 + (i % 3) })),
          },
        },
      });
      const whole = await train(changes, undefined, undefined, levelled);
      const steps = pick(whole.events, 'step').map(({ metrics }) => metrics);
      expect(steps.filter(({ groupsResampled }) => groupsResampled > 0).length).toBeGreaterThan(1);
      expect(steps.map(({ meanLevel }) => meanLevel)[0]).toBe(1);
      expect(Math.max(...steps.map(({ meanLevel }) => meanLevel))).toBeGreaterThan(1);
      for (const { groups, groupsKept, groupsResampled } of steps) {
        expect(groups).toBe(3 + groupsResampled);
        expect(groupsKept).toBeLessThanOrEqual(3);
        // It ended because the batch was full, or nothing was left to ask.
        expect(groupsKept === 3 || groupsResampled > 0).toBe(true);
      }
      const store = new MemoryStore();
      await train(changes, store, stopAfter(k), levelled);
      const second = await train({ ...changes, resume: 'latest' }, store, undefined, levelled);
      expect(second.result).toEqual(whole.result);
      expect(records(store)).toEqual(records(whole.store));
      expect(await second.policy.readOptimizer()).toEqual(await whole.policy.readOptimizer());
    },
  );

  it('resumes from the best checkpoint and forgets what came after it', async () => {
    const store = new MemoryStore();
    const changes = { maxSteps: 8, evalSteps: 1, keepCheckpoints: 2, patience: 0 } as const;
    const first = await train(changes, store);
    const best = first.result.bestAccuracy;
    const at = evaluations(first.events).find(({ step, accuracy }) => step > 0 && accuracy === best)
      ?.step as number;
    expect(at).toBeLessThan(8);
    expect(index(store).best).toBe(`checkpoint-${at}`);
    const second = await train({ ...changes, resume: 'best' }, store);
    expect(pick(second.events, 'step')[0]?.metrics.step).toBe(at + 1);
    expect(records(store)).toEqual(records((await train(changes)).store));
  });

  it('refuses to resume with other settings or questions, naming them', async () => {
    const store = new MemoryStore();
    await train({}, store, stopAfter(2));
    await expect(train({ resume: 'latest', learningRate: 0.3, beta: 0 }, store)).rejects.toThrow(
      /learningRate \(was 0.2, now 0.3\); beta \(was 0.01, now 0\)/,
    );
    const otherQuestions = (run: ToyRun): ToyRun => ({
      ...run,
      deps: { ...run.deps, tasks: { ...run.deps.tasks, validation: toyTasks(11, 'v') } },
    });
    await expect(train({ resume: 'latest' }, store, undefined, otherQuestions)).rejects.toThrow(
      /validation questions/,
    );
    const extended = await train({ resume: 'latest', maxSteps: 7, patience: 4, verbose: true }, store);
    expect(extended.result.step).toBe(7);
  });

  it('resumes a run that was begun before a setting existed', async () => {
    const store = new MemoryStore();
    await train({}, store, stopAfter(2));
    const [path] = [...store.files.keys()].filter((name) => name.endsWith('trainer_state.json'));
    const state = JSON.parse(new TextDecoder().decode(store.files.get(path as string))) as {
      settings: Record<string, unknown>;
    };
    delete state.settings.baseWeights;
    await store.write(path as string, new TextEncoder().encode(JSON.stringify(state)));
    // As that version wrote it.
    const { checkpoints, best } = index(store);
    const older = JSON.stringify({ format: 1, checkpoints, best });
    await store.write('runs.json', new TextEncoder().encode(older));
    await expect(train({ resume: 'latest', baseWeights: 'int8' }, store)).rejects.toThrow(
      /baseWeights \(was "f32", now "int8"\)/,
    );
    // What auto has become when a model is opened.
    const { events } = await train({ resume: 'latest', baseWeights: 'f32' }, store);
    expect(pick(events, 'log').some(({ line }) => line.startsWith('Resumed from'))).toBe(true);
  });

  it('refuses to move the end of a run whose curriculum counts on it, and questions of other levels', async () => {
    const store = new MemoryStore();
    const changes = { curriculum: 'easy-first' } as const;
    await train(changes, store, stopAfter(2));
    await expect(train({ ...changes, resume: 'latest', maxSteps: 7 }, store)).rejects.toThrow(/maxSteps/);
    await expect(train({ resume: 'latest' }, store)).rejects.toThrow(/curriculum/);
    const harder = (run: ToyRun): ToyRun => ({
      ...run,
      deps: {
        ...run.deps,
        tasks: {
          ...run.deps.tasks,
          train: run.deps.tasks.train.map((task) => ({ ...task, level: 2 })),
        },
      },
    });
    await expect(train({ ...changes, resume: 'latest' }, store, undefined, harder)).rejects.toThrow(
      /training questions/,
    );
  });

  it('refuses to go on with another file of the same name; a run that knew no hash goes on', async () => {
    const withHash =
      (environmentHash: string) =>
      (run: ToyRun): ToyRun => ({ ...run, deps: { ...run.deps, environmentHash } });
    const store = new MemoryStore();
    await train({}, store, stopAfter(1), withHash('a'));
    const resume = { resume: 'latest' } as const;
    await expect(train(resume, store, stopAfter(2), withHash('b'))).rejects.toThrow(
      /The environment \S+ has changed since the run in .*Restore the file, or start afresh/,
    );
    await expect(train(resume, store, stopAfter(2), withHash('a'))).resolves.toBeDefined();
    const older = new MemoryStore();
    await train({}, older, stopAfter(1));
    await expect(train(resume, older, stopAfter(2), withHash('b'))).resolves.toBeDefined();
  });

  it('says so when there is nothing to resume, and when it replaces an earlier run', async () => {
    const store = new MemoryStore();
    const first = await train({ maxSteps: 2, resume: 'latest' }, store);
    expect(pick(first.events, 'warning')[0]?.message).toMatch(/no checkpoint to resume/);
    await store.write('notes.txt', new Uint8Array(1));
    const second = await train({ maxSteps: 1 }, store);
    expect(pick(second.events, 'warning')[0]?.message).toMatch(/replaced/);
    expect(records(store).length).toBe(1);
    expect(index(store).checkpoints.map(({ step }) => step)).toEqual([1]);
    expect(await store.list('notes')).toEqual(['notes.txt']);
  });
});
