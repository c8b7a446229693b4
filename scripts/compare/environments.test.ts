/** The comparison of environments other than mail: what they say decides which parts there are. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { environmentInfo } from '../../src/env/registry';
import { presetSettings } from '../../src/env/settings';
import { collectRun, keptSettings } from './collect';
import { kindsOf, tasksFingerprint } from '../runs/inputs';
import { readOptions } from './options';
import { makePlots } from './plots';
import { reportPage } from './report';
import { commandOf } from './report/facts';
import { planRuns } from './runs';
import { fakeLearning, fakeRun, fakeScore, writeFiles } from './testing';
import type { Learning, RunData, Score } from './types';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-compare-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

describe('the options', () => {
  test('of a user’s file: modes that it can be trained in, no mail, folders of its own', async () => {
    vi.stubEnv('INIT_CWD', folder);
    copyFileSync('docs/examples/countdown.ts', join(folder, 'mine.ts'));
    const options = await readOptions(['--environment', './mine.ts', '--seeds', '1', '--largest', '3']).catch(
      (error: Error) => error.message,
    );
    // Its settings are checked as ever.
    expect(options).toMatch(/largest/);
    const read = await readOptions(['--environment', './mine.ts', '--seeds', '2', '--toolTimeout', '7']);
    expect(read).toMatchObject({ modes: ['masked', 'rollout'], other: null, seedRewardSteps: 0 });
    expect(read.work).toMatch(/outputs\/compare-mine$/);
    expect(read.out).toBe(join(read.work, 'report'));
    const runs = planRuns(read);
    expect(runs.map(({ name }) => name)).toEqual(['masked-42', 'rollout-42', 'masked-43', 'rollout-43']);
    expect(runs[0]?.settings).toMatchObject({
      environment: './mine.ts',
      toolTimeout: 7,
      dataset: 'built-in',
    });
  });

  test.each([
    [['--modes', 'simple'], 'cannot be trained in'],
    [['--seed-reward-steps', '4'], 'no rewardPreset "seed"'],
    [['--other-seed', '4'], 'makes other mail'],
  ])('%j is refused where it makes no sense', async (words, message) => {
    await expect(readOptions(['--environment', 'guess', ...words])).rejects.toThrow(message);
  });
});

describe('tasks', () => {
  const guess = (changes = {}) => ({ ...presetSettings('default', 'guess'), ...changes });

  test('are told apart by their level', async () => {
    const kinds = await kindsOf(guess({ evalDatasetSize: 1000 }), 'test');
    expect(new Set([...kinds.values()].map(({ family, level }) => `${family}${level}`))).toEqual(
      new Set(['1', '2']),
    );
  });

  test('have a fingerprint that changes with them and with nothing else', async () => {
    const one = await tasksFingerprint(guess());
    expect(await tasksFingerprint(guess({ learningRate: 0.5 }))).toBe(one);
    expect(await tasksFingerprint(guess({ levels: 1 }))).not.toBe(one);
    const file = join(folder, 'own.ts');
    copyFileSync('docs/examples/countdown.ts', file);
    const { settings } = await readOptions(['--environment', file, '--trainDatasetSize', '9']);
    const before = await tasksFingerprint(settings);
    writeFileSync(file, '// Changed.\n', { flag: 'a' });
    expect(await tasksFingerprint(settings)).not.toBe(before);
  });
});

const score = (share: number): Score => ({
  ...fakeScore(share),
  cells: [{ ...fakeScore(share).cells[0]!, family: '', level: 1 }],
  metrics: { wastedGuesses: 1.5 },
});
const run = (mode: 'masked' | 'rollout', end: number): RunData => ({
  ...fakeRun(mode, 1, end),
  settings: keptSettings({ ...presetSettings('default', 'guess'), mode, seed: 1, maxSteps: 10 }),
  test: score(end),
  other: null,
  warm: score(0.5),
  warmStart: [-2, -1, 0].map((step) => ({ step, loss: 1 - step, seconds: 2 })),
});
const learning: Learning = {
  ...fakeLearning([run('masked', 0.9), run('rollout', 0.4)]),
  environment: environmentInfo('guess'),
  start: {
    ...{ format: 1, model: 'tiny', dataset: 'built-in', seed: 1, validation: null },
    ...{ test: score(0.1), other: null, otherSeed: null },
  },
};

test('the report says what the environment says, and nothing of mail', () => {
  const plots = makePlots(learning);
  const text = reportPage(learning, plots);
  expect(text).not.toMatch(/mail(?!gym)|inbox|I don't know|simple|original reward/i);
  expect(text).toContain('on the tasks of “Find the number”');
  expect(text).toContain(
    '| mode | runs | sampled | greedy | bad calls (sampled) | wasted guesses (sampled) |',
  );
  expect(text).toContain('| level | n | start |');
  expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
});

test('a warm start is told apart from what GRPO does', () => {
  const plots = makePlots(learning);
  const text = reportPage(learning, plots);
  expect(text).toContain(
    'The warm start takes the sampled accuracy on 100 test questions from 10.0 % to 50.0 %.',
  );
  expect(text).toContain(
    'Masked training takes the sampled accuracy on 100 test questions from 50.0 % to 90.0 %',
  );
  expect(text).toContain('| after the warm start | 1 | 50.0 % | 50.0 % | not measured | 1.50 |');
  expect(text).toContain('3 steps in 6');
  expect(plots.get('warm-start.svg')).toContain('nats per token of the expert');
});

test('the command names the environment, and only what differs from its defaults', () => {
  expect(commandOf(learning)).toBe(
    'npm run compare -- --seeds 1 --seed 1 --environment guess --maxSteps 10 --test-questions 100',
  );
});

test('a run folder gives the steps of its warm start', () => {
  const line = (step: number, loss: number) =>
    `${JSON.stringify({ step, loss, trainedTokens: 3, totalTokens: 5, seconds: 1 })}\n`;
  writeFiles(folder, { 'warm_start.jsonl': line(-1, 3) + line(0, 2) });
  const found = collectRun(folder, 'masked', presetSettings('default', 'guess'), { test: null, other: null });
  expect(found.warmStart).toEqual([
    { step: -1, loss: 3, seconds: 1 },
    { step: 0, loss: 2, seconds: 1 },
  ]);
});
