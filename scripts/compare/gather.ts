/** From the work folder to the report's data: measures what is missing, reduces what is there. */
import { join } from 'node:path';
import type { Settings } from '../../src/settings/settings';
import { CommandError } from '../runtime/command';
import { nodePlatform } from '../runtime/node-platform';
import { collectRun } from './collect';
import type { LearningData } from './data';
import { runName, runSettings, runState } from './folders';
import { gradientExample } from './gradient-example';
import { questionsById, readDataset } from './inputs';
import { hasFinal, Measurements, type Measurement } from './measure';
import type { CompareOptions } from './options';
import { otherDataset } from './other-dataset';
import { scoreOf } from './scores';
import { VARIANTS, type RunData, type Score, type Variant } from './types';

interface FoundRun {
  readonly name: string;
  readonly variant: Variant;
  readonly folder: string;
  readonly settings: Settings;
}

type Log = (line: string) => void;

/** Writes `data/`. Runs that are only there, not in the work folder, are kept. @throws CommandError, CorpusError */
export async function gather(options: CompareOptions, data: LearningData, log: Log): Promise<void> {
  const names = wantedNames(options);
  const found = findRuns(options, names);
  const listed = names
    .map(({ name }) => name)
    .filter((name) => data.hasRun(name) || found.some((run) => run.name === name));
  if (listed.length === 0) {
    throw new CommandError(
      `${options.work} has none of the runs ${names.map(({ name }) => name).join(', ')}. Train them: leave ` +
        '--report-only away, or check --work and --seeds.',
    );
  }
  // Runs that are there in their reduced form only need nothing measured.
  if (found.length > 0) await measureAndReduce(options, found, data, log);
  data.writeIndex(listed);
}

function wantedNames({
  seeds,
  modes,
  seedRewardSteps,
}: CompareOptions): { name: string; variant: Variant; seed: number }[] {
  return VARIANTS.filter((variant) =>
    variant === 'seed-reward' ? seedRewardSteps > 0 : modes.includes(variant),
  ).flatMap((variant) => seeds.map((seed) => ({ name: runName(variant, seed), variant, seed })));
}

function findRuns(options: CompareOptions, names: ReturnType<typeof wantedNames>): FoundRun[] {
  return names.flatMap(({ name, variant, seed }) => {
    const folder = join(options.work, name);
    if (runState(folder) === 'absent') return [];
    const settings = runSettings(folder, options.settings);
    const mode = variant === 'seed-reward' ? 'masked' : variant;
    if (settings.seed !== seed || settings.mode !== mode) {
      throw new CommandError(
        `${folder} holds a run of mode ${settings.mode} with seed ${settings.seed}; its name promises mode ${mode} ` +
          `with seed ${seed}. Rename or remove the folder.`,
      );
    }
    return [{ name, variant, folder, settings }];
  });
}

async function measureAndReduce(
  options: CompareOptions,
  found: readonly FoundRun[],
  data: LearningData,
  log: Log,
): Promise<void> {
  // The start is measured as the masked runs are; without one, as the first run is.
  const reference = (found.find(({ variant }) => variant === 'masked') ?? (found[0] as FoundRun)).settings;
  const other = await otherDataset(options, log);
  const common = {
    evalDatasetSize: options.testQuestions,
    rewardPreset: reference['rewardPreset'] ?? 'default',
  };
  const started = (split: Measurement['split'], dataset: string, name: string): Measurement => ({
    name: `start-${name}`,
    split,
    settings: { ...reference, ...common, dataset },
    run: null,
  });
  const ended = (run: FoundRun, dataset: string, name: string): Measurement => ({
    name: `${run.name}-${name}`,
    split: 'test',
    settings: { ...run.settings, ...common, dataset },
    run: run.folder,
  });
  const start = {
    validation: started('validation', reference.dataset, 'validation'),
    test: started('test', reference.dataset, 'test'),
    other: started('test', other, 'other'),
  };
  const measured = found.map((run) => {
    const whole = hasFinal(run.folder);
    return {
      run,
      test: whole ? ended(run, run.settings.dataset, 'test') : null,
      other: whole && run.variant === 'masked' ? ended(run, other, 'other') : null,
    };
  });
  const kept = new Measurements(options.work);
  const all = [...Object.values(start), ...measured.flatMap(({ test, other: second }) => [test, second])];
  await kept.finish(
    all.filter((measurement) => measurement !== null),
    options.jobs,
    log,
  );

  const datasets = new Map<string, Awaited<ReturnType<typeof readDataset>>>();
  const score = async (measurement: Measurement | null): Promise<Score | null> => {
    const report = measurement === null ? null : await kept.read(measurement);
    if (measurement === null || report === null) return null;
    const { dataset: name } = measurement.settings;
    const dataset = datasets.get(name) ?? (await readDataset(name));
    datasets.set(name, dataset);
    return scoreOf(report, questionsById(dataset.questions[measurement.split]));
  };
  for (const { run, test, other: second } of measured) {
    const scores = { test: await score(test), other: await score(second) };
    data.writeRun(named(collectRun(run.folder, run.variant, run.settings, scores), options));
  }
  data.writeStart({
    format: 1,
    model: reference.model,
    dataset: reference.dataset,
    seed: reference.seed,
    validation: await score(start.validation),
    test: await score(start.test),
    other: await score(start.other),
    otherSeed: options.other.kind === 'seed' ? options.other.seed : null,
  });
  data.writeExample(await gradientExample(options.work, reference, () => nodePlatform(log), log));
}

/** What --device says counts for runs that do not know better. */
function named(run: RunData, { device }: CompareOptions): RunData {
  return run.device === null && device !== null ? { ...run, device } : run;
}
