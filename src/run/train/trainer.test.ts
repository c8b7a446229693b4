import { describe, expect, it } from 'vitest';
import { recordOf } from '../folder/checksum';
import { RunControl } from './control';
import type { Task } from '../../env/types';
import { runTraining } from './trainer';
import type { EvalSummary, RunEvent, StepMetrics } from '../../grpo/types';
import { BigramPolicy } from '../../../tests/support/bigram-policy';
import {
  MemoryStore,
  ToyEpisode,
  toyRun,
  toyTasks,
  withOutcome,
  type ToyRun,
} from '../../../tests/support/toy-run';
import { evaluations, index, pick, records, train } from '../../../tests/support/train-toy';

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
    await expect(
      train({ saveSteps: 1, evalSteps: 0, maxSkippedUpdates: 0 }, store, undefined, poison),
    ).rejects.toThrow(/learningRate/);
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
