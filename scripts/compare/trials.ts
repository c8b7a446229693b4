/** Variations of the settings: training them, or taking finished run folders, and noting what came of them. */
import { join } from 'node:path';
import { isKnown } from '../../src/env/registry';
import { DEFAULT_ENVIRONMENT, presetSettings, schemaNear } from '../../src/env/settings';
import { FINAL_FOLDER } from '../../src/report/run-files';
import type { Settings } from '../../src/settings/settings';
import { CommandError } from '../runtime/command';
import { runSettings, runState } from './folders';
import { Measurements, type Measurement } from './measure';
import type { CompareOptions, TrialOptions } from './options';
import { finishRuns, type DeviceRecord, type PlannedRun } from './runs';
import type { RunSettings, Trial } from './types';

/** Settings that change neither what is learned nor how well it is measured. */
const BESIDE_THE_POINT = new Set<string>([
  'seed',
  'outputDir',
  'hubEndpoint',
  'offline',
  'downloadTimeout',
  'resume',
  'verbose',
  'saveSteps',
  'keepCheckpoints',
  'evalSteps',
  'evalDatasetSize',
  'runBaselineEval',
] satisfies (keyof Settings)[]);

/**
 * Settings that differ from the defaults, by name.
 * @param left those that are not looked at
 */
export function changedSettings(
  settings: RunSettings | Settings,
  left: ReadonlySet<string> = BESIDE_THE_POINT,
): Record<string, unknown> {
  const own = settings as unknown as Readonly<Record<string, unknown>>;
  const environment = String(own['environment']);
  const defaults: Readonly<Record<string, unknown>> = {
    ...presetSettings('default', isKnown(environment) ? environment : undefined),
    environment: DEFAULT_ENVIRONMENT,
  };
  return Object.fromEntries(
    schemaNear(environment)
      .keys.filter(
        (key) =>
          !left.has(key) &&
          own[key] !== undefined &&
          JSON.stringify(own[key]) !== JSON.stringify(defaults[key]),
      )
      .map((key) => [key, own[key]]),
  );
}

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
      variant: settings.mode,
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
    return { name: folder, folder, variant: settings.mode, settings };
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
