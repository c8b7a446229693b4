/** From the work folder to the report's data: measures what is missing, reduces what is there. */
import { join } from 'node:path';
import { environmentNear } from '../../src/env/settings';
import { FINAL_FOLDER, WARM_START_FOLDER } from '../../src/report/run-files';
import type { Settings } from '../../src/settings/settings';
import { CommandError } from '../runtime/command';
import { nodePlatform } from '../runtime/node-platform';
import { collectRun } from './collect';
import type { LearningData } from './data';
import { runSettings, runState } from '../runs/folders';
import { gradientExample } from './gradient-example';
import { kindsOf } from '../runs/inputs';
import { hasAdapter, Measurements, type Measurement } from '../runs/measure';
import type { CompareOptions } from './options';
import { otherDataset } from './other-dataset';
import { scoreOf } from './scores';
import { recordedMetrics } from './subject';
import { runName, VARIANTS, type RunData, type Score, type Variant } from './types';

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
    adapter: null,
  });
  const ended = (run: FoundRun, folder: string, dataset: string, name: string): Measurement => ({
    name: `${run.name}-${name}`,
    split: 'test',
    settings: { ...run.settings, ...common, dataset },
    adapter: join(run.folder, folder),
  });
  const start = {
    validation: started('validation', reference.dataset, 'validation'),
    test: started('test', reference.dataset, 'test'),
    other: other === null ? null : started('test', other, 'other'),
  };
  const measured = found.map((run) => {
    const whole = hasAdapter(run.folder, FINAL_FOLDER);
    const { dataset, seed } = run.settings;
    // Its mode is not among what it depends on: runs of one seed share it.
    const warm = { ...ended(run, WARM_START_FOLDER, dataset, ''), name: `warm-${seed}-test` };
    return {
      run,
      test: whole ? ended(run, FINAL_FOLDER, dataset, 'test') : null,
      other:
        whole && other !== null && run.variant === 'masked' ? ended(run, FINAL_FOLDER, other, 'other') : null,
      warm: hasAdapter(run.folder, WARM_START_FOLDER) ? warm : null,
    };
  });
  const kept = new Measurements(options.work);
  const all = [
    ...Object.values(start),
    ...measured.flatMap(({ test, other: second, warm }) => [test, second, warm]),
  ];
  await kept.finish(
    all.filter((measurement) => measurement !== null),
    options.jobs,
    log,
  );

  const kinds = new Map<string, Awaited<ReturnType<typeof kindsOf>>>();
  const shown = recordedMetrics(environmentNear(reference.environment));
  const score = async (measurement: Measurement | null): Promise<Score | null> => {
    const report = measurement === null ? null : await kept.read(measurement);
    if (measurement === null || report === null) return null;
    const { settings, split } = measurement;
    const key = JSON.stringify([settings.dataset, split]);
    const tasks = kinds.get(key) ?? (await kindsOf(settings, split));
    kinds.set(key, tasks);
    return scoreOf(report, tasks, shown);
  };
  for (const { run, test, other: second, warm: after } of measured) {
    const warm = await score(after);
    const scores = {
      ...{ test: await score(test), other: await score(second) },
      ...(warm === null ? {} : { warm }),
    };
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
    otherSeed: options.other?.kind === 'seed' ? options.other.seed : null,
  });
  // After a warm start the policy that GRPO begins with is another one.
  const begun = found.find(
    ({ settings, folder }) => settings === reference && hasAdapter(folder, WARM_START_FOLDER),
  );
  const adapter = begun === undefined ? null : join(begun.folder, WARM_START_FOLDER);
  data.writeExample(await gradientExample(options.work, reference, adapter, () => nodePlatform(log), log));
}

/** What --device says counts for runs that do not know better. */
function named(run: RunData, { device }: CompareOptions): RunData {
  return run.device === null && device !== null ? { ...run, device } : run;
}
