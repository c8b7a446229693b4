/** Variations of the settings: training them, or taking finished run folders, and noting what came of them. */
import { join } from 'node:path';
import { FINAL_FOLDER } from '../../src/report/run-files';
import { CommandError } from '../runtime/command';
import { changedSettings } from '../runs/changed';
import { finishRuns, type DeviceRecord, type PlannedRun } from '../runs/finish';
import { runSettings, runState } from '../runs/folders';
import { Measurements, type Measurement } from '../runs/measure';
import type { CompareOptions, TrialOptions } from './options';
import type { Trial } from './types';

/**
 * Runs that are missing are trained, final adapters measured on the test split.
 * @throws CommandError when a given folder is no finished run, or the folders differ in their settings
 */
export async function makeTrial(
  options: CompareOptions,
  trial: TrialOptions,
  device: () => Promise<DeviceRecord>,
  log: (line: string) => void,
): Promise<Trial> {
  const runs = trial.from.length > 0 ? givenRuns(options, trial.from) : plannedRuns(options, trial.name);
  if (trial.from.length === 0) await finishRuns(runs, await device(), log);
  const measurements = runs.map((run): Measurement => ({
    name: `trial-${trial.name}-${run.settings.seed}-test`,
    split: 'test',
    // One reward for all trials, so that nothing but the adapter differs.
    settings: {
      ...run.settings,
      rewardPreset: options.settings['rewardPreset'] ?? 'default',
      evalDatasetSize: options.testQuestions,
    },
    adapter: join(run.folder, FINAL_FOLDER),
  }));
  const kept = new Measurements(options.work);
  await kept.finish(measurements, options.jobs, log);
  const reports = [];
  for (const measurement of measurements) {
    const report = await kept.read(measurement);
    if (report === null) throw new CommandError(`The evaluation ${measurement.name} is missing. Try again.`);
    reports.push(report);
  }
  return {
    name: trial.name,
    changed: changedSettings((runs[0] as PlannedRun).settings),
    seeds: runs.map(({ settings }) => settings.seed),
    questions: reports[0]?.questions ?? 0,
    sampled: reports.map(({ sampledAccuracy }) => sampledAccuracy),
    greedy: reports.map(({ greedyAccuracy }) => greedyAccuracy),
    note: trial.note,
  };
}

function plannedRuns({ settings, seeds, work }: CompareOptions, name: string): PlannedRun[] {
  return seeds.map((seed) => {
    const folder = join(work, `trial-${name}-${seed}`);
    return {
      name: `trial-${name}-${seed}`,
      folder,
      settings: { ...settings, seed, outputDir: folder, resume: 'latest' },
    };
  });
}

function givenRuns(options: CompareOptions, folders: readonly string[]): PlannedRun[] {
  const runs = folders.map((folder): PlannedRun => {
    if (runState(folder) !== 'finished') {
      throw new CommandError(
        `${folder} is not the folder of a finished run: it has no final/. Give outputDir folders.`,
      );
    }
    const settings = runSettings(folder, options.settings);
    return { name: folder, folder, settings };
  });
  const variants = new Set(runs.map(({ settings }) => JSON.stringify(changedSettings(settings))));
  if (variants.size > 1) {
    throw new CommandError(
      `The runs of --from differ in more than their seed: ${[...variants].join(' and ')}. A trial is one variation; ` +
        'give its runs only.',
    );
  }
  return runs;
}
