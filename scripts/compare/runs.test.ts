import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../src/settings/settings';
import { collectRun } from './collect';
import { assertAskedFor, runSettings, runState } from '../runs/folders';
import { readSeeds } from '../runs/numbers';
import { readOptions } from './options';
import { trainingJob } from '../runs/finish';
import { planRuns } from './runs';
import { fakeSettings, writeFiles } from './testing';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-compare-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('options', () => {
  test('a number counts seeds from --seed, a list names them', async () => {
    expect(readSeeds('3', 42)).toEqual([42, 43, 44]);
    expect(readSeeds('7,9', 42)).toEqual([7, 9]);
    expect((await readOptions(['--seeds', '2', '--seed', '5'])).seeds).toEqual([5, 6]);
  });

  test.each([
    [['--seeds', '42'], 'give --seeds 1 --seed 42'],
    [['--seeds', '1,1'], 'repeats'],
    [['--modes', 'masked,magic'], "modes is 'masked,magic'"],
    [['--mode', 'masked'], 'use --modes'],
    [['--set', 'outputDir=x'], 'use --work'],
    [['--jobs', '0'], 'a whole number from 1'],
    [['--runtime', 'browser'], 'Node only'],
    [['--note', 'x'], 'belong to --trial'],
    [['--stpes', '4'], 'no setting'],
    [['--seed-reward-advantage', 'none'], 'allowed: one of trajectory, action, mixed'],
  ])('%j is refused', async (argv, message) => {
    await expect(readOptions(argv)).rejects.toThrow(message);
  });

  test('settings, steps and switches are read', async () => {
    const options = await readOptions([
      '--report-only',
      '--steps',
      '8',
      '--batchSize=3',
      '--other-dataset',
      'd',
    ]);
    expect(options).toMatchObject({
      reportOnly: true,
      seedRewardSteps: 4,
      other: { kind: 'folder', folder: 'd' },
    });
    expect(options.settings).toMatchObject({ maxSteps: 8, batchSize: 3 });
  });
});

describe('the plan', () => {
  test('is a run per mode and seed, and one with the original reward', async () => {
    const runs = planRuns(
      await readOptions(['--seeds', '2', '--modes', 'masked,rollout', '--steps', '6', '--work', 'w']),
    );
    expect(runs.map(({ name }) => name)).toEqual([
      'masked-42',
      'rollout-42',
      'masked-43',
      'rollout-43',
      'seed-reward-42',
    ]);
    expect(runs.map(({ settings }) => settings.resume)).toEqual(Array(5).fill('latest'));
    expect(runs[1]?.settings).toMatchObject({
      mode: 'rollout',
      seed: 42,
      outputDir: join('w', 'rollout-42'),
    });
    expect(runs[4]?.settings).toMatchObject({ mode: 'masked', rewardPreset: 'seed', maxSteps: 3 });
  });

  test('can do without the original reward', async () => {
    const runs = planRuns(await readOptions(['--seeds', '1', '--seed-reward-steps', '0']));
    expect(runs.map(({ variant }) => variant)).toEqual(['masked', 'rollout', 'simple']);
  });

  test('a job gives the child every setting, so that its environment decides nothing', async () => {
    const [run] = planRuns(await readOptions(['--seeds', '1', '--seed', '9', '--work', 'w']));
    const { args } = trainingJob(run as NonNullable<typeof run>);
    expect(args).toEqual(
      expect.arrayContaining(['seed=9', 'resume=latest', `outputDir=${join('w', 'masked-9')}`]),
    );
    expect(args.slice(0, 2)).toEqual(['--runtime', 'node']);
  });
});

describe('the state of a run folder', () => {
  test('absent, unfinished, finished', () => {
    expect(runState(folder)).toBe('absent');
    // What compare itself writes before the run begins.
    writeFiles(folder, { 'device.json': {} });
    expect(runState(folder)).toBe('absent');
    writeFiles(folder, { 'metrics.jsonl': '' });
    expect(runState(folder)).toBe('unfinished');
    writeFiles(folder, { 'final/adapter_model.safetensors': 'x', 'final/metadata.json': '{"step":' });
    expect(runState(folder)).toBe('unfinished');
    writeFiles(folder, { 'final/metadata.json': { step: 2 } });
    expect(runState(folder)).toBe('finished');
  });

  test('a run with other settings is refused, one with other places for its files is not', () => {
    const asked = fakeSettings({ seed: 3, outputDir: folder });
    writeFiles(folder, { 'config.json': { ...asked, outputDir: 'elsewhere', resume: 'no' } });
    expect(() => assertAskedFor(folder, asked)).not.toThrow();
    expect(() => assertAskedFor(folder, { ...asked, beta: 0.5 })).toThrow(
      /beta \(was 0.01, now 0.5\).*--work/,
    );
  });

  test('what auto has become is what was asked for, another form of weights is not', () => {
    const asked = fakeSettings({ seed: 3, outputDir: folder, baseWeights: 'auto' });
    writeFiles(folder, { 'config.json': { ...asked, baseWeights: 'int8' } });
    expect(() => assertAskedFor(folder, asked)).not.toThrow();
    expect(() => assertAskedFor(folder, { ...asked, baseWeights: 'f16' })).toThrow(/baseWeights/);
  });

  test('settings younger than a run take the value that is asked for', () => {
    const asked = fakeSettings({ seed: 3, patience: 9 });
    const older: Partial<Settings> = { ...asked };
    delete older.patience;
    writeFiles(folder, { 'config.json': older });
    expect(runSettings(folder, asked).patience).toBe(9);
    writeFiles(folder, { 'config.json': '{' });
    expect(() => runSettings(folder, asked)).toThrow('Remove the folder');
  });
});

test('a folder becomes data: steps once, evaluations in order, date and device', () => {
  const line = (step: number, rewardMean: number) =>
    `${JSON.stringify({ step, rewardMean, accuracy: 0.5, forestTokens: 4, totalTokens: 9 })}\n`;
  const summary = (step: number, accuracy: number) => ({
    summary: {
      step,
      accuracy,
      split: 'validation',
      questions: 8,
      attemptedAnswer: 6,
      numIdk: 2,
      avgReward: 0,
      seconds: 1,
    },
  });
  writeFiles(folder, {
    // As a run leaves it that was killed in the middle of a line and resumed.
    'metrics.jsonl': line(1, 0.1) + line(2, 0.2) + line(2, 0.3) + '{"step":3,"rew',
    'eval_logs/eval_step_0002.json': summary(2, 0.6),
    'eval_logs/baseline_eval_20260304_101112.json': summary(0, 0.25),
    'device.json': { device: 'a GPU', sideBySide: 2 },
  });
  const run = collectRun(folder, 'masked', fakeSettings({ seed: 5 }), { test: null, other: null });
  expect(run).toMatchObject({
    name: 'masked-5',
    date: '2026-03-04',
    device: 'a GPU',
    sideBySide: 2,
    finished: false,
  });
  expect(run.steps.map(({ reward }) => reward)).toEqual([0.1, 0.3]);
  expect(run.evaluations).toEqual([
    { step: 0, accuracy: 0.25, questions: 8, attempted: 6, idk: 2, reward: 0, seconds: 1 },
    { step: 2, accuracy: 0.6, questions: 8, attempted: 6, idk: 2, reward: 0, seconds: 1 },
  ]);
  expect(run.settings).not.toHaveProperty('outputDir');
});
