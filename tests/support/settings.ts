/** Settings of test runs: the table's defaults, made small. */
import type { Settings } from '../../src/settings/settings';
import { SETTING_KEYS, settingInfo } from '../../src/settings/table';

export function defaultTestSettings(changes: Partial<Settings> = {}): Settings {
  const defaults = Object.fromEntries(
    SETTING_KEYS.map((key) => [key, settingInfo(key).default]),
  ) as unknown as Settings;
  return {
    ...defaults,
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
    ...changes,
  };
}
