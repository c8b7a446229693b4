/** Settings of test runs: the defaults of the default environment, made small. */
import { presetSettings } from '../../src/env/settings';
import type { Settings } from '../../src/settings/settings';

export function defaultTestSettings(changes: Partial<Settings> = {}): Settings {
  const settings: Settings = {
    ...presetSettings('default'),
    maxSteps: 6,
    batchSize: 3,
    numGenerations: 6,
    learningRate: 0.2,
    lrSchedule: 'constant',
    microBatchTokens: 64,
    maxTurns: 3,
    maxTokens: 4,
    maxSeqLength: 24,
    evalSteps: 3,
    saveSteps: 0,
    targetAccuracy: 1,
    seed: 7,
  };
  return Object.assign(settings, changes);
}
