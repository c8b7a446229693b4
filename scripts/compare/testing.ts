/** Synthetic runs and run folders for the tests of the comparison. Not part of the command. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { presetSettings } from '../../src/env/settings';
import { mailInfo } from '../../src/env/mail/info';
import type { Settings } from '../../src/settings/settings';
import { keptSettings } from './collect';
import type { EvaluationRow, Learning, RunData, Score, StepRow, Variant } from './types';

export function fakeSettings(changes: Partial<Settings> = {}): Settings {
  return { ...presetSettings('default'), ...changes } as Settings;
}

export function fakeStep(step: number, changes: Partial<StepRow> = {}): StepRow {
  return {
    step,
    reward: 0,
    accuracy: 0.5,
    kl: 0.1,
    entropy: 0.3,
    groups: 4,
    groupsKept: 2,
    trainableTokens: 25,
    totalTokens: 100,
    forestTokens: 40,
    idkRate: 0.1,
    rolloutSeconds: 1,
    trainSeconds: 1,
    ...changes,
  };
}

export function fakeEvaluation(
  step: number,
  accuracy: number,
  changes: Partial<EvaluationRow> = {},
): EvaluationRow {
  return { step, accuracy, questions: 48, attempted: 40, idk: 8, reward: 0, seconds: 3, ...changes };
}

/** @param sampled share of 100 questions; half of them in each of two families */
export function fakeScore(sampled: number, greedy = sampled): Score {
  const right = (share: number) => Math.round(50 * share);
  const cell = (family: string) => ({
    family,
    level: 1,
    questions: 50,
    sampledRight: right(sampled),
    greedyRight: right(greedy),
  });
  return {
    split: 'test',
    questions: 100,
    sampledRight: 2 * right(sampled),
    greedyRight: 2 * right(greedy),
    idk: 10,
    attempted: 80,
    reward: 0.5,
    cells: [cell('latest'), cell('single')],
  };
}

/** Ten steps of two seconds and 40 distinct tokens; validation accuracy from 0.3 at the start to `end`. */
export function fakeRun(
  variant: Variant,
  seed: number,
  end: number,
  changes: Partial<RunData> = {},
): RunData {
  const mode = variant === 'seed-reward' ? 'masked' : variant;
  return {
    format: 1,
    name: `${variant}-${seed}`,
    variant,
    mode,
    seed,
    settings: keptSettings(fakeSettings({ mode, seed, maxSteps: 10 })),
    device: 'test device',
    sideBySide: 1,
    date: '2026-01-02',
    finished: true,
    steps: Array.from({ length: 10 }, (_, i) => fakeStep(i + 1)),
    evaluations: [fakeEvaluation(0, 0.3), fakeEvaluation(10, end)],
    test: fakeScore(end),
    other: variant === 'masked' ? fakeScore(end) : null,
    ...changes,
  };
}

export function fakeLearning(runs: readonly RunData[], changes: Partial<Learning> = {}): Learning {
  return {
    environment: mailInfo,
    runs,
    start: {
      format: 1,
      model: 'tiny',
      dataset: 'office',
      seed: 1,
      validation: null,
      test: fakeScore(0.3, 0.6),
      other: fakeScore(0.3, 0.6),
      otherSeed: 7,
    },
    example: null,
    trials: [],
    ...changes,
  };
}

/** Writes files of a run folder: text as it is, everything else as JSON. */
export function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}
