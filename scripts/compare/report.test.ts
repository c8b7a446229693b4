import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mailInfo } from '../../src/env/mail/info';
import { makePlots } from './plots';
import { reportPage, writeReport } from './report';
import { commandOf } from './report/facts';
import { fakeLearning, fakeRun, fakeScore, fakeStep } from './testing';
import type { GradientExample, Learning } from './types';

const page = (learning: Learning) => reportPage(learning, makePlots(learning));
const threeSeeds = (masked: readonly number[], rollout: readonly number[]) =>
  fakeLearning([
    ...masked.map((end, i) => fakeRun('masked', i + 1, end)),
    ...rollout.map((end, i) => fakeRun('rollout', i + 1, end)),
  ]);

test('an order is claimed where every seed agrees', () => {
  const text = page(threeSeeds([0.9, 0.8, 0.86], [0.6, 0.7, 0.66]));
  expect(text).toContain(
    'masked is 20.0 points higher on average, and higher in every seed, by +10.0 to +30.0 points.',
  );
  expect(text).toContain('from 30.0 % to 85.3 % (80.0 % to 90.0 %), 55.3 points up.');
});

test('the sentence turns with the data', () => {
  const text = page(threeSeeds([0.6, 0.7, 0.66], [0.9, 0.8, 0.86]));
  expect(text).toContain(
    'masked is 20.0 points lower on average, and lower in every seed, by −30.0 to −10.0 points.',
  );
  expect(text).not.toContain('masked is 20.0 points higher');
});

test('no order is claimed where seeds disagree, and none where there is no difference', () => {
  const text = page(threeSeeds([0.9, 0.6, 0.86], [0.7, 0.7, 0.66]));
  expect(text).toContain('the seeds disagree: masked is higher in 2 and lower in 1 of 3');
  expect(text).not.toContain('in every seed, by');
  expect(page(threeSeeds([0.7], [0.7]))).toContain(
    'in mode masked and 70.0 % in mode rollout: no difference.',
  );
});

test('what the rewards pay is asked of them', () => {
  const text = page(fakeLearning([fakeRun('seed-reward', 1, 0.5)]));
  expect(text).toContain('| right answer, mail read and cited | 2.00 | 2.00 |');
  expect(text).toMatch(/\| "I don't know" after one search \| −1\.\d\d \| −0\.\d\d \|/);
});

test('a loss is told as a loss', () => {
  expect(page(threeSeeds([0.2], []))).toContain('from 30.0 % to 20.0 %, 10.0 points down.');
});

test('what was not measured is said, and nothing is invented for it', () => {
  const text = page({
    environment: mailInfo,
    runs: [fakeRun('masked', 1, 0.9, { test: null, other: null })],
    start: null,
    example: null,
    trials: [],
  });
  for (const sentence of [
    'The start policy was not measured.',
    'No final adapter was measured on test questions.',
    'The trained adapters were not measured on a second dataset.',
    'The gradient example was not made.',
    'There is no run of mode simple.',
    'There is no run with the original reward.',
    'No trials are noted',
  ]) {
    expect(text).toContain(sentence);
  }
  expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
});

test('a run that ends early keeps its last values, marked', () => {
  const simple = fakeRun('simple', 1, 0.3, { steps: [1, 2].map((step) => fakeStep(step)) });
  const text = page(fakeLearning([fakeRun('masked', 1, 0.9), simple]));
  expect(text).toContain('| 10 steps | simple* |');
  expect(text).toContain('has ended before; its last values are shown');
});

test('generalisation is judged against the error of the difference', () => {
  const withOther = (other: number) =>
    page(fakeLearning([fakeRun('masked', 1, 0.8, { other: fakeScore(other) })]));
  expect(withOther(0.76)).toContain('no loss or gain shows beyond chance');
  expect(withOther(0.4)).toContain('some of what was learned is tied to the dataset');
});

test('runs that did not begin alike are pointed out', () => {
  const masked = fakeRun('masked', 1, 0.9);
  const alike = fakeRun('rollout', 1, 0.8);
  const unlike = { ...alike, steps: alike.steps.map((step) => ({ ...step, reward: 0.7 })) };
  expect(page(fakeLearning([masked, alike]))).toContain('This was checked');
  expect(page(fakeLearning([masked, unlike]))).toContain('This does not hold for seed 1');
});

test('the original reward is compared with the default one at equal steps', () => {
  const idk = (end: number) => [
    { ...fakeRun('masked', 1, 0.9).evaluations[0]!, idk: 4 },
    { ...fakeRun('masked', 1, 0.5).evaluations[1]!, idk: end },
  ];
  const text = (end: number) =>
    page(
      fakeLearning([fakeRun('masked', 1, 0.9), fakeRun('seed-reward', 1, 0.5, { evaluations: idk(end) })]),
    );
  expect(text(36)).toContain('"I don\'t know" rises: 8.3 % at the start, 75.0 % after 10 steps');
  expect(text(1)).toContain('"I don\'t know" falls');
});

const example = (maskedTool: number): GradientExample => ({
  format: 1,
  seed: 1,
  question: 'Who?',
  gold: 'Ann',
  shown: {
    questionId: 'q',
    rollouts: 8,
    right: 3,
    sampledTokens: 100,
    toolTokens: 300,
    sampledLogprob: -0.2,
    toolLogprob: -3,
    masked: 1,
    whole: 2,
    tool: 1.5,
    sampled: 0.5,
    maskedTool,
    maskedWhole: 0.5,
  },
  groups: [],
  rollouts: [
    {
      rollout: 0,
      reward: 1,
      correct: true,
      answer: 'Ann',
      advantage: 1,
      tokens: [
        { text: 'ask|', source: 'prompt', advantage: 0, logprob: null },
        { text: '<call>', source: 'sampled', advantage: 1, logprob: -0.5 },
        { text: 'mail\n', source: 'tool', advantage: 1, logprob: -4 },
      ],
    },
  ],
});

test('the gradient is described by its numbers', () => {
  const text = (cosine: number) =>
    page(fakeLearning([fakeRun('masked', 1, 0.9)], { example: example(cosine) }));
  expect(text(0.05)).toContain('75.0 % of the tokens that mode rollout trains here are tool tokens');
  expect(text(0.05)).toContain('3.0 times as long');
  expect(text(0.05)).toContain('nearly at right angles');
  expect(text(-0.4)).toContain('partly against it');
  expect(text(0.4)).toContain('partly along it');
  expect(text(0)).toContain('| sampled | 1 | both modes | 1.00 | −0.50 | <code>&lt;call&gt;</code> |');
  expect(text(0)).toContain('<code>ask&#124;</code>');
});

test('trials stand in the table; what beats the first in every seed is said', () => {
  const trial = (name: string, sampled: number[]) => ({
    name,
    changed: { beta: 0 },
    seeds: sampled.map((_, i) => i),
    questions: 432,
    sampled,
    greedy: sampled,
    note: 'a note',
  });
  const trials = [
    trial('control', [0.8, 0.9]),
    trial('better', [0.81, 0.91]),
    trial('mixed', [0.7, 0.95]),
    trial('worse', [0.7, 0.8]),
    trial('one-seed', [0.99]),
  ];
  const text = page(fakeLearning([], { trials }));
  expect(text).toContain('| control | `beta=0` | 0, 1 | 432 | 85.0 % (80.0 % to 90.0 %) |');
  expect(text).toContain(
    'Sampled accuracy above control in every seed: better; below it in every seed: worse.',
  );
});

test('the command is the one that makes these runs', () => {
  const settings = { ...fakeRun('masked', 7, 0.9).settings, beta: 0.02 };
  const command = commandOf(fakeLearning([fakeRun('masked', 7, 0.9, { settings })]));
  expect(command).toBe(
    'npm run compare -- --seeds 1 --seed 7 --modes masked --maxSteps 10 --beta 0.02 --test-questions 100 --seed-reward-steps 0',
  );
});

test('runs with other settings and unfinished runs are named', () => {
  const other = fakeRun('rollout', 1, 0.5);
  const text = page(
    fakeLearning([
      fakeRun('masked', 1, 0.9),
      { ...other, settings: { ...other.settings, beta: 0.5 }, finished: false, test: null },
    ]),
  );
  expect(text).toContain('1 run with other settings than masked-1');
  expect(text).toContain('rollout-1: beta (was 0.01, now 0.5)');
  expect(text).toContain('rollout-1 (step 10 of 10)');
});

test('a new report removes the figures of the last one and no others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailgym-report-'));
  try {
    writeReport(folder, threeSeeds([0.9], [0.6]));
    const figure = join(folder, 'kl.svg');
    expect(existsSync(figure)).toBe(true);
    const other = join(folder, 'pretrain-curve.svg');
    writeFileSync(other, '<svg/>');
    writeReport(folder, fakeLearning([]));
    expect(existsSync(figure)).toBe(false);
    expect(existsSync(other)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
