/** Which runs a comparison consists of, and bringing them to their end. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaNear } from '../../src/env/settings';
import { checkSettings } from '../../src/settings/resolve';
import type { Settings } from '../../src/settings/settings';
import { assertAskedFor, runName, runState } from './folders';
import { runJobs, settingFlags, type Job } from './jobs';
import type { CompareOptions } from './options';
import type { Variant } from './types';

export interface PlannedRun {
  readonly name: string;
  readonly folder: string;
  readonly variant: Variant;
  readonly settings: Settings;
}

/** Written beside a run's own files, so that a report made later can say where the times come from. */
export const DEVICE_FILE = 'device.json';
export interface DeviceRecord {
  readonly device: string;
  readonly sideBySide: number;
}

/**
 * Modes by seeds, and one run with the original system's reward under the first seed.
 * @throws SettingsError when a run's settings contradict each other
 */
export function planRuns(options: CompareOptions): PlannedRun[] {
  const { settings, seeds, modes, work } = options;
  const plan = (variant: Variant, seed: number, changes: Partial<Settings>): PlannedRun => {
    const name = runName(variant, seed);
    const folder = join(work, name);
    const own: Settings = { ...settings, ...changes, seed, outputDir: folder, resume: 'latest' };
    checkSettings(own, schemaNear(own.environment));
    return { name, folder, variant, settings: own };
  };
  // Seed by seed, so that whatever is finished can be compared.
  const runs = seeds.flatMap((seed) => modes.map((mode) => plan(mode, seed, { mode })));
  const [first] = seeds;
  if (options.seedRewardSteps > 0 && modes.includes('masked') && first !== undefined) {
    runs.push(
      plan('seed-reward', first, {
        mode: 'masked',
        rewardPreset: 'seed',
        advantage: options.seedRewardAdvantage,
        maxSteps: options.seedRewardSteps,
      }),
    );
  }
  return runs;
}

/** Leaves finished runs alone, resumes unfinished ones, starts the rest. @throws CommandError */
export async function finishRuns(
  runs: readonly PlannedRun[],
  device: DeviceRecord,
  log: (line: string) => void,
): Promise<void> {
  const missing = runs.filter((run) => {
    const state = runState(run.folder);
    if (state !== 'absent') assertAskedFor(run.folder, run.settings);
    return state !== 'finished';
  });
  log(`${runs.length} runs: ${runs.length - missing.length} finished, ${missing.length} to train.`);
  if (missing.length === 0) return;
  const sideBySide = Math.min(device.sideBySide, missing.length);
  for (const { folder } of missing) {
    mkdirSync(folder, { recursive: true });
    const record: DeviceRecord = { ...device, sideBySide };
    writeFileSync(join(folder, DEVICE_FILE), `${JSON.stringify(record)}\n`);
  }
  await runJobs(missing.map(trainingJob), sideBySide, log);
}

/** The same command that a person would give for this run alone. */
export function trainingJob({ name, settings }: PlannedRun): Job {
  return { name, script: 'scripts/train.ts', args: ['--runtime', 'node', ...settingFlags(settings)] };
}
