import { expect, test } from 'vitest';
import { BigramPolicy } from '../../tests/support/bigram-policy';
import { MemoryStore } from '../../tests/support/toy-run';
import { CHECKPOINT_FILE, loadCheckpoint } from './checkpoint';
import { LOG_FILE, pretrain, type LogLine, type PretrainRun } from './loop';
import { readPretrainOptions, runOptions } from './options';
import type { Batches } from './stage-data';
import { STAGES, type Stage } from './stages';

const STAGE: Stage = {
  ...(STAGES[0] as Stage),
  steps: 12,
  scheduleSteps: 12,
  decayFrom: 1,
  warmupSteps: 2,
  learningRate: 0.1,
};
const TWO: readonly Stage[] = [STAGE, { ...STAGE, name: 'flawed', steps: 5 }];

/** A run over sequences that count in circles, and everything it did. */
function toyRun(store: MemoryStore, stopAfter = Infinity, stages = TWO) {
  const policy = new BigramPolicy();
  const lines: LogLine[] = [];
  const ended: string[] = [];
  let steps = 0;
  const counted = {
    score: policy.score.bind(policy),
    accumulate: policy.accumulate.bind(policy),
    readOptimizer: policy.readOptimizer.bind(policy),
    loadOptimizer: policy.loadOptimizer.bind(policy),
    update: (params: Parameters<BigramPolicy['update']>[0]) => {
      steps++;
      return policy.update(params);
    },
  };
  // Token t is followed by t + 1; a table of pairs can learn that.
  const batches: Batches = (step) =>
    Array.from({ length: 4 }, (_, i) => ({
      ids: Array.from({ length: 12 }, (_, t) => (step + i + t) % 4),
      weights: Array.from({ length: 12 }, (_, t) => 1 + (t % 2)),
    }));
  const run: PretrainRun = {
    policy: counted,
    options: runOptions(readPretrainOptions([])),
    stages,
    store,
    rhythm: { log: 2, evaluate: 4, save: 4 },
    passTokens: 30,
    batches: () => Promise.resolve(batches),
    heldOut: () => Promise.resolve(batches(1)),
    onStageEnd: (stage) => {
      ended.push(stage.name);
      return Promise.resolve({ extra: 1 });
    },
    say: (line) => lines.push(line),
    now: () => 0,
    stopRequested: () => steps >= stopAfter,
  };
  return { run, policy, lines, ended };
}

const logOf = (store: MemoryStore): string => new TextDecoder().decode(store.files.get(LOG_FILE));

test('trains all stages, logs, measures and saves', async () => {
  const store = new MemoryStore();
  const { run, lines, ended, policy } = toyRun(store);
  expect(await pretrain(run, null)).toBe('finished');
  expect(ended).toEqual(['copy', 'flawed']);
  expect(
    logOf(store)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LogLine),
  ).toEqual(lines);
  const first = lines.filter((line) => line['stage'] === 'copy');
  expect(first.flatMap((line) => ('loss' in line ? [line['step']] : []))).toEqual([2, 4, 6, 8, 10, 12]);
  expect(first.flatMap((line) => ('nll' in line ? [line['step']] : []))).toEqual([4, 8, 12]);
  expect(first.at(-1)).toMatchObject({ ended: true, extra: 1 });
  const losses = first.flatMap(({ loss }) => (typeof loss === 'number' ? [loss] : []));
  expect(losses.at(-1)).toBeLessThan(0.7 * (losses[0] as number));
  expect(lines.find((line) => 'loss' in line)).toMatchObject({ learningRate: 0.1, tokens: 96 });
  expect((await policy.readOptimizer()).step).toBe(5);
  const { progress } = (await loadCheckpoint(store)) ?? {};
  expect(progress).toMatchObject({ stage: 2, step: 0, logLines: lines.length });
});

test('a stage keeps the optimiser of the one before where it says so, resumed or not', async () => {
  const stages = [STAGE, { ...STAGE, name: 'clean', steps: 5, keepsOptimizer: true }] as const;
  const whole = toyRun(new MemoryStore(), Infinity, stages);
  await pretrain(whole.run, null);
  expect((await whole.policy.readOptimizer()).step).toBe(17);
  const store = new MemoryStore();
  expect(await pretrain(toyRun(store, 12, stages).run, null)).toBe('stopped');
  const second = toyRun(store, Infinity, stages);
  await pretrain(second.run, await loadCheckpoint(store));
  expect(await second.policy.readOptimizer()).toEqual(await whole.policy.readOptimizer());
});

test.each([1, 3, 4, 11, 12, 14])(
  'stopped after %i steps and resumed: the same weights',
  async (stopAfter) => {
    const whole = toyRun(new MemoryStore());
    await pretrain(whole.run, null);
    const store = new MemoryStore();
    expect(await pretrain(toyRun(store, stopAfter).run, null)).toBe('stopped');
    const second = toyRun(store);
    expect(await pretrain(second.run, await loadCheckpoint(store))).toBe('finished');
    expect(await second.policy.readOptimizer()).toEqual(await whole.policy.readOptimizer());
  },
);

test('killed while it saves: the file before counts, and lines of lost steps go', async () => {
  const whole = toyRun(new MemoryStore());
  await pretrain(whole.run, null);
  const store = new MemoryStore();
  store.failAt = 6;
  await expect(pretrain(toyRun(store).run, null)).rejects.toThrow();
  store.failAt = Infinity;
  const second = toyRun(store);
  await pretrain(second.run, await loadCheckpoint(store));
  expect(await second.policy.readOptimizer()).toEqual(await whole.policy.readOptimizer());
  expect(logOf(store).split('\n').length).toBe(whole.lines.length + 1);
});

test('a checkpoint of another version is refused', async () => {
  const store = new MemoryStore();
  expect(await loadCheckpoint(store)).toBeNull();
  await pretrain(toyRun(store, 1).run, null);
  const bytes = store.files.get(CHECKPOINT_FILE) as Uint8Array;
  const text = new TextDecoder('latin1').decode(bytes).replace('\\"format\\":2', '\\"format\\":1');
  store.files.set(
    CHECKPOINT_FILE,
    Uint8Array.from(text, (char) => char.charCodeAt(0)),
  );
  await expect(loadCheckpoint(store)).rejects.toThrow(/format 2/);
});
