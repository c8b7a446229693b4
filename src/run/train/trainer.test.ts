import { describe, expect, it } from 'vitest';
import type { Settings } from '../../settings/settings';
import type { TrainerState } from '../folder/checkpoint-files';
import { recordOf } from '../folder/checksum';
import type { IndexEntry } from '../folder/run-index';
import { RunControl } from './control';
import {
  BigramPolicy,
  MemoryStore,
  ToyEpisode,
  toyRun,
  toyTasks,
  withOutcome,
  type ToyRun,
} from '../../../tests/support/toy-run';
import type { Task } from '../../env/types';
import { runTraining } from './trainer';
import { CLOCK_FIELDS } from '../../report/metrics';
import type { EvalSummary, RunEvent, StepMetrics } from '../../grpo/types';

interface Finished extends ToyRun {
  readonly events: RunEvent[];
  readonly result: Awaited<ReturnType<typeof runTraining>>;
}

async function train(
  changes: Partial<Settings> = {},
  store = new MemoryStore(),
  during: (event: RunEvent, control: RunControl) => void = () => undefined,
  prepare: (run: ToyRun) => ToyRun = (run) => run,
): Promise<Finished> {
  const run = prepare(toyRun(changes, store));
  const events: RunEvent[] = [];
  const control = new RunControl();
  const result = await runTraining(
    run.deps,
    run.settings,
    (event) => {
      events.push(event);
      during(event, control);
    },
    control,
  );
  return { ...run, events, result };
}

/** Metrics without what depends on the clock. */
function records(store: MemoryStore): Partial<StepMetrics>[] {
  return store
    .text('metrics.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      for (const field of CLOCK_FIELDS) delete record[field];
      return record as Partial<StepMetrics>;
    });
}
const pick = <K extends RunEvent['kind']>(events: readonly RunEvent[], kind: K) =>
  events.filter((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind);
const evaluations = (events: readonly RunEvent[]): EvalSummary[] =>
  pick(events, 'evaluation').map(({ summary }) => summary);
interface IndexFile {
  readonly checkpoints: readonly IndexEntry[];
  readonly best: string | null;
  readonly files: Readonly<Record<string, unknown>>;
}
const index = (store: MemoryStore) => store.json('runs.json') as IndexFile;
const stopAfter = (step: number) => (event: RunEvent, control: RunControl) => {
  if (event.kind === 'step' && event.metrics.step === step) control.stop();
};

describe('runTraining', () => {
  it.each(['masked', 'rollout', 'simple'] as const)('learns in mode %s', async (mode) => {
    const { result, events, store, policy } = await train({ mode, maxSteps: 24, evalSteps: 8 });
    expect(result).toMatchObject({ reason: expect.stringMatching(/max-steps|target/) as string });
    const all = pick(events, 'step').map(({ metrics }) => metrics);
    expect(all[0]?.firstRatioError).toBeLessThan(1e-5);
    expect((all.at(-1) as StepMetrics).rewardMean).toBeGreaterThan((all[0] as StepMetrics).rewardMean + 0.1);
    expect(all[0]?.accuracy === null).toBe(mode === 'simple');
    if (mode === 'masked') {
      const [baseline, ...later] = evaluations(events);
      expect(baseline).toMatchObject({ isBaseline: true, step: 0, beatRate: null });
      expect(later.at(-1)?.accuracy).toBeGreaterThan((baseline?.accuracy as number) + 0.3);
      expect(later.at(-1)?.beatRate).toBeGreaterThan(0.5);
    }
    expect(records(store).length).toBe(result.step);
    expect(policy.updates).toBe(all.filter(({ loss }) => loss !== null).length);
  });

  it('writes its files: configuration, metrics, evaluations, adapters with metadata, the index', async () => {
    const { store, events, settings } = await train({
      maxSteps: 5,
      saveSteps: 2,
      evalSteps: 3,
      keepCheckpoints: 0,
    });
    const paths = await store.list();
    const folder = (name: string) => [
      `${name}/adapter_config.json`,
      `${name}/adapter_model.safetensors`,
      `${name}/metadata.json`,
    ];
    const checkpoint = (name: string) => [
      ...folder(name),
      `${name}/optimizer.safetensors`,
      `${name}/trainer_state.json`,
    ];
    expect(paths).toEqual(
      [
        ...['checkpoint-2', 'checkpoint-3', 'checkpoint-4', 'checkpoint-5'].flatMap(checkpoint),
        ...folder('best_model'),
        ...folder('final'),
        'config.json',
        'eval_logs/baseline_eval_20250102_030405.json',
        'eval_logs/eval_step_0003.json',
        'eval_logs/eval_step_0005.json',
        'metrics.jsonl',
        'runs.json',
      ].sort(),
    );
    expect(store.json('config.json')).toEqual(settings);
    expect(pick(events, 'saved').map(({ path }) => path)).toEqual([
      'checkpoint-2',
      'checkpoint-3',
      'checkpoint-4',
      'checkpoint-5',
      'final',
    ]);
    const { summary } = store.json('eval_logs/eval_step_0003.json') as { summary: EvalSummary };
    expect(evaluations(events)).toContainEqual(summary);
    expect(store.json('best_model/metadata.json')).toMatchObject({
      accuracy: Math.max(
        ...evaluations(events)
          .slice(1)
          .map(({ accuracy }) => accuracy),
      ),
      evalQuestionIds: toyTasks(12, 'v').map(({ id }) => id),
    });
    expect(pick(events, 'end')).toEqual([{ kind: 'end', reason: 'max-steps', step: 5 }]);
    // One evaluation per evaluated step, the last step included (once).
    expect(evaluations(events).map(({ step }) => step)).toEqual([0, 3, 5]);
  });

  it('ends with the event of its end, after the closing line', async () => {
    const { events } = await train({ maxSteps: 1 }, undefined, undefined, (run) => ({
      ...run,
      deps: { ...run.deps, closingLine: () => 'that was all' },
    }));
    expect(events.slice(-2)).toMatchObject([{ kind: 'log', line: 'that was all' }, { kind: 'end' }]);
  });

  it('gives one seed one metrics file, and another seed another', async () => {
    const [a, b, c] = [await train(), await train(), await train({ seed: 8 })];
    expect(records(a.store)).toEqual(records(b.store));
    expect(records(a.store)).not.toEqual(records(c.store));
  });

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

  it('loses nothing when any write of a run fails', async () => {
    const changes = {
      maxSteps: 3,
      evalSteps: 2,
      evalDatasetSize: 4,
      saveSteps: 1,
      keepCheckpoints: 1,
      batchSize: 2,
      numGenerations: 4,
    } as const;
    const whole = await train(changes);
    const { writes } = whole.store;
    expect(writes).toBeGreaterThan(20);
    for (let failAt = 1; failAt <= writes; failAt++) {
      const store = new MemoryStore();
      store.failAt = failAt;
      await expect(train(changes, store)).rejects.toThrow('told to fail');
      const saved = store.files.has('runs.json') ? (index(store).checkpoints.at(-1)?.step ?? 0) : 0;
      store.failAt = Infinity;
      const second = await train({ ...changes, resume: 'latest' }, store);
      expect(pick(second.events, 'step')[0]?.metrics.step ?? 4).toBe(saved + 1);
      expect(records(store)).toEqual(records(whole.store));
      const [found, wanted] = [index(store), index(whole.store)];
      expect([found.checkpoints, found.best]).toEqual([wanted.checkpoints, wanted.best]);
      // The index names all files, each as it is.
      expect(Object.keys(found.files)).toEqual((await store.list()).filter((path) => path !== 'runs.json'));
      for (const [path, record] of Object.entries(found.files)) {
        expect(record, path).toEqual(await recordOf(store.files.get(path) as Uint8Array));
      }
      for (const file of ['best_model/adapter_model.safetensors', 'final/adapter_model.safetensors']) {
        expect(store.files.get(file)).toEqual(whole.store.files.get(file));
      }
      expect((await store.list()).filter((path) => !path.includes('baseline'))).toEqual(
        (await whole.store.list()).filter((path) => !path.includes('baseline')),
      );
    }
  }, 60_000);

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

  it('keeps the best and the latest checkpoints, best_model being a copy of the best', async () => {
    const { store, events, result } = await train({
      maxSteps: 8,
      evalSteps: 1,
      keepCheckpoints: 1,
      patience: 0,
      learningRate: 0.5,
    });
    const { checkpoints, best } = index(store);
    const kept = [...new Set((await store.list('checkpoint-')).map((path) => path.split('/')[0]))];
    expect(kept.sort()).toEqual(checkpoints.map(({ path }) => path).sort());
    expect(kept.sort()).toEqual([...new Set([best, 'checkpoint-8'])].sort());
    expect(store.files.get('best_model/adapter_model.safetensors')).toEqual(
      store.files.get(`${best}/adapter_model.safetensors`),
    );
    const marked = evaluations(events).filter(({ isBest }) => isBest);
    expect(marked.at(-1)?.accuracy).toBe(result.bestAccuracy);
    marked
      .slice(1)
      .forEach(({ accuracy }, i) => expect(accuracy).toBeGreaterThan(marked[i]?.accuracy as number));
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

  it('ends at the target accuracy, and after evaluations without improvement', async () => {
    const reached = await train({ maxSteps: 60, evalSteps: 1, targetAccuracy: 0.5 });
    expect(reached.result.reason).toBe('target-accuracy');
    expect(evaluations(reached.events).at(-1)?.accuracy).toBeGreaterThanOrEqual(0.5);
    expect(evaluations(reached.events).at(-1)?.step).toBe(reached.result.step);

    const stuck = await train({ maxSteps: 60, evalSteps: 1, patience: 3, learningRate: 1e-9 });
    expect(stuck.result).toMatchObject({ reason: 'patience', step: 4 });
  });

  it('pauses between steps until it is resumed, and stops from a pause', async () => {
    const steps: number[] = [];
    const waits: number[][] = [];
    /** Steers the run from its own waiting, so nothing depends on time. */
    class Steered extends RunControl {
      override async untilFree(): Promise<void> {
        if (!this.paused) return;
        const waiting = super.untilFree();
        waits.push(steps.slice());
        // Had the run not waited, it would take its next step in between.
        await new Promise((done) => setTimeout(done, 0));
        if (waits.length === 1) this.resume();
        else this.stop();
        await waiting;
      }
    }
    const control = new Steered();
    const { deps, settings } = toyRun({ maxSteps: 4, evalSteps: 0 });
    const result = await runTraining(
      deps,
      settings,
      (event) => {
        if (event.kind !== 'step') return;
        steps.push(event.metrics.step);
        if (event.metrics.step !== 2) control.pause();
      },
      control,
    );
    expect(waits).toEqual([[1], [1, 2, 3]]);
    expect(result).toMatchObject({ reason: 'stopped', step: 3 });
  });

  it('does between two steps what others ask for, and its metrics are those of a run without', async () => {
    const alone = await train({ maxSteps: 3 });
    const log: string[] = [];
    const answers: Promise<number>[] = [];
    const during = (event: RunEvent, control: RunControl) => {
      if (event.kind !== 'step') return;
      const { step } = event.metrics;
      log.push(`step ${step}`);
      answers.push(
        control.between(async () => {
          await new Promise((done) => setTimeout(done, 0));
          log.push(`after ${step}`);
          if (step === 2) throw new RangeError('a question that fails');
          return step;
        }),
      );
      answers.at(-1)?.catch(() => undefined);
    };
    const { store, result } = await train({ maxSteps: 3 }, undefined, during);
    expect(result).toEqual(alone.result);
    expect(records(store)).toEqual(records(alone.store));
    // The last step ends the run: what waits then is done by whoever calls finish().
    expect(log).toEqual(['step 1', 'after 1', 'step 2', 'after 2', 'step 3']);
    expect(await answers[0]).toBe(1);
    await expect(answers[1]).rejects.toThrow(/a question that fails/);
  });

  it('gives up at once on abort, without saving the step in progress', async () => {
    const store = new MemoryStore();
    const abort = (event: RunEvent, control: RunControl) => {
      if (event.kind === 'step' && event.metrics.step === 2) control.abort(new Error('device lost'));
    };
    await expect(train({ saveSteps: 1, evalSteps: 0 }, store, abort)).rejects.toThrow('device lost');
    expect(index(store).checkpoints.at(-1)?.step).toBe(2);
  });

  it('saves nothing of a step whose numbers are not finite', async () => {
    const store = new MemoryStore();
    const poison = (run: ToyRun): ToyRun => {
      const policy = new BigramPolicy();
      const { accumulate } = policy;
      policy.accumulate = async (forest, rows, config) => {
        const result = await accumulate.call(policy, forest, rows, config);
        return policy.updates < 2 ? result : { ...result, loss: NaN };
      };
      return { ...run, policy, deps: { ...run.deps, policy } };
    };
    await expect(train({ saveSteps: 1, evalSteps: 0 }, store, undefined, poison)).rejects.toThrow(
      /learningRate/,
    );
    expect(index(store).checkpoints.at(-1)?.step).toBe(2);
    expect(records(store).length).toBe(2);
    expect((await train({ saveSteps: 1, evalSteps: 0, resume: 'latest' }, store)).result.step).toBe(6);
  });

  it('counts groups, logs null losses and warns when no group has variance', async () => {
    const startTraining = (task: Task) =>
      withOutcome(new ToyEpisode(task), (outcome) => ({ ...outcome, rewards: { right: 0.3 } }));
    const alike = (run: ToyRun): ToyRun => ({ ...run, deps: { ...run.deps, startTraining } });
    const { events, policy, store } = await train({ maxSteps: 5, evalSteps: 0 }, undefined, undefined, alike);
    for (const { metrics } of pick(events, 'step')) {
      expect(metrics).toMatchObject({ loss: null, kl: null, gradNorm: null, groups: 3, groupsKept: 0 });
      expect(metrics.trainableTokens).toBeGreaterThan(0);
      expect(metrics.groupsAllRight + metrics.groupsAllWrong).toBeLessThanOrEqual(3);
    }
    expect(policy.updates).toBe(0);
    const warnings = pick(events, 'warning').map(({ message }) => message);
    expect(warnings.filter((text) => /reward variance in 3 steps/.test(text)).length).toBe(1);
    expect(store.text('metrics.jsonl')).toContain('"loss":null');
  });

  it('warns when nearly all rollouts are cut', async () => {
    const { events } = await train(
      { maxSteps: 4, evalSteps: 0, maxTokens: 1, learningRate: 1e-9 },
      undefined,
      undefined,
      (run) => {
        for (let i = 0; i < run.policy.base.length; i += 12) run.policy.base[i] = -20;
        return run;
      },
    );
    const warnings = pick(events, 'warning').map(({ message }) => message);
    expect(warnings.filter((text) => text.includes('maxTokens (length')).length).toBe(1);
  });

  it('logs the lines of the original system', async () => {
    const { events } = await train({ maxSteps: 2, evalSteps: 2, verbose: true });
    const lines = pick(events, 'log').map(({ line }) => line);
    const number = String.raw`-?\d+\.\d+`;
    const step = new RegExp(
      String.raw`^Step 1/2 \| Loss ${number} \| Policy ${number} \| KL ${number} \| Reward ${number} \| ` +
        String.raw`Acc \d+\.\d% \| Trainable tokens: \d+/\d+ \(\d+\.\d%\)$`,
    );
    expect(lines.filter((line) => step.test(line)).length).toBe(1);
    expect(lines.some((line) => /^ {2}Accuracy: \d+\.\d% \(\d+\/12\)$/.test(line))).toBe(true);
    expect(lines.filter((line) => line.startsWith('    rollout ')).length).toBe(2 * 3 * 6);
  });

  it('shows trajectories whose parts fit together', async () => {
    const { events } = await train({ maxSteps: 1 });
    const [shown] = pick(events, 'trajectories');
    expect(shown?.items.length).toBe(18);
    for (const view of shown?.items ?? []) {
      const { length } = view.tokens;
      expect(view.tokens[0]).toBe('<start>');
      for (const part of [view.source, view.lossMask, view.tokenAdvantages, view.logprobs]) {
        expect(part.length).toBe(length);
      }
    }
  });
});
