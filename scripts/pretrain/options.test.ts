import { expect, test } from 'vitest';
import { SettingsError } from '../../src/settings/values';
import { CommandError } from '../runtime/command';
import { readPretrainOptions, resumedOptions, runOptions } from './options';

const problems = (...argv: string[]): Record<string, string> => {
  try {
    readPretrainOptions(argv);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return Object.fromEntries(error.problems.map(({ key, message }) => [key, message]));
  }
  return {};
};

test('without a word: the full run', () => {
  expect(readPretrainOptions([])).toMatchObject({
    seed: 1,
    out: 'outputs/pretrain',
    stage: null,
    steps: null,
    scale: 1,
    init: null,
    architecture: 'mailgym-tiny',
    resume: false,
  });
});

test('all options, in both spellings', () => {
  const argv =
    '--seed 7 --scale=0.5 --stage flawed --init a/b --learningRate 1e-3 --batchSize=8 --stop traces-2:40 --logEvery 1 --resume';
  expect(readPretrainOptions([...argv.split(' '), '--out', 'x'])).toMatchObject({
    seed: 7,
    scale: 0.5,
    stage: 'flawed',
    init: 'a/b',
    learningRate: 1e-3,
    batchSize: 8,
    stop: { stage: 'traces-2', step: 40 },
    logEvery: 1,
    plan: null,
    resume: true,
    out: 'x',
  });
});

test('unknown and absurd values are refused by name, all at once', () => {
  expect(problems('--seed', '-1', '--scale', '0', '--stage', 'copying', '--batchSize', '1e3x')).toEqual({
    seed: "seed is '-1'; allowed: an integer from 0 to 4000000.",
    scale: "scale is '0'; allowed: a number above 0, up to 100.",
    stage: "stage is 'copying'; allowed: one of copy, traces, traces-2, clean, flawed.",
    batchSize: "batchSize is '1e3x'; allowed: an integer from 1 to 4096.",
  });
  expect(problems('--steps', '2.5')).toHaveProperty('steps');
  expect(problems('--learningRate', 'NaN')).toHaveProperty('learningRate');
  expect(problems('--out', ' ')).toHaveProperty('out');
  for (const stop of ['traces', 'traces:0', 'traces:1.5', 'noise:3', ':3']) {
    expect(problems('--stop', stop), stop).toHaveProperty('stop');
  }
  expect(problems('--learning-rates', '1')).toEqual({
    'learning-rates': 'There is no option learning-rates. Did you mean learningRate?',
  });
  expect(problems('--set', 'beta=1')).toHaveProperty('beta');
  expect(problems('--steps', '5', '--scale', '2')).toHaveProperty('steps');
  expect(problems('--init', 'a', '--architecture', 'b')).toHaveProperty('init');
  expect(() => readPretrainOptions(['outputs/x'])).toThrow(CommandError);
});

test('a resumed run keeps its options and refuses others', () => {
  const started = runOptions(readPretrainOptions(['--seed', '3', '--scale', '0.5']));
  const again = (...argv: string[]) => resumedOptions(started, readPretrainOptions(['--resume', ...argv]));
  expect(again()).toMatchObject({ seed: 3, scale: 0.5, resume: true });
  expect(again('--seed', '3', '--episodes', '0')).toMatchObject({ seed: 3, episodes: 0 });
  expect(() => again('--seed', '4')).toThrow(
    /seed is '4', but the run in outputs\/pretrain was started with 3/,
  );
});
