/** A sweep from its plan to its report. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaNear } from '../../src/env/settings';
import { FINAL_FOLDER } from '../../src/report/run-files';
import { sweepPage } from '../../src/report/sweep/page';
import type { SweepData, SweepRun, SweepStep } from '../../src/report/sweep/types';
import type { StepMetrics } from '../../src/grpo/types';
import { settingInfo } from '../../src/settings/schema';
import { deviceRecord, finishRuns } from '../runs/finish';
import { runSettings, runState } from '../runs/folders';
import { hasAdapter, Measurements, type Measurement } from '../runs/measure';
import { readDevice, readEvaluations, readSteps } from '../runs/records';
import { CommandError } from '../runtime/command';
import { changedSettings } from '../runs/changed';
import type { SweepOptions } from './options';
import { claimFolder, planSweep, runsOf, type SweptRun } from './plan';

type Log = (line: string) => void;

/** What trains and measures; tests bring their own. */
export interface SweepWork {
  /** Brings the runs to their end. @throws CommandError where one failed, or Ctrl-C came */
  readonly train: (runs: readonly SweptRun[], log: Log) => Promise<void>;
  readonly measure: (runs: readonly SweptRun[], log: Log) => Promise<void>;
  /** Of a finished run; null where it was not measured. */
  readonly score: (run: SweptRun) => Promise<SweepRun['test']>;
}

/**
 * Makes the shard's runs, and the report as soon as all runs of the sweep are there, whoever made them. The report's bytes
 * follow from the runs' numbers alone: not from the clock, from who was stopped when, nor from how the work was shared.
 * @returns the report's file, or the names of the runs that are not finished yet
 * @throws SettingsError, CommandError
 */
export async function runSweep(
  options: SweepOptions,
  log: Log,
  work = sweepWork(options),
): Promise<{ readonly report: string } | { readonly missing: readonly string[] }> {
  const all = planSweep(options);
  claimFolder(options);
  if (!options.reportOnly) {
    const own = runsOf(all, options.shard);
    await work.train(own, log);
    if (options.testQuestions > 0) await work.measure(own, log);
  }
  const missing: string[] = [];
  for (const run of all) {
    if (runState(run.folder) !== 'finished') missing.push(run.name);
    else if (options.testQuestions > 0 && (await work.score(run)) === null)
      missing.push(`test of ${run.name}`);
  }
  if (missing.length > 0 && !options.reportOnly) return { missing };
  if (all.every(({ folder }) => runState(folder) === 'absent'))
    throw new CommandError(
      `${options.work} has none of the sweep's runs. Leave --report-only away, or check --work.`,
    );
  const data = await gather(options, all, work);
  mkdirSync(options.out, { recursive: true });
  write(join(options.out, 'data.json'), `${JSON.stringify(data, null, 1)}\n`);
  const report = join(options.out, 'index.html');
  write(report, sweepPage(data));
  return { report };
}

/** Another shard may write the same at the same time. */
function write(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.part`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}

function sweepWork(options: SweepOptions): SweepWork {
  const kept = new Measurements(options.work);
  const measurement = (run: SweptRun): Measurement => ({
    name: `${run.name}-test`,
    split: 'test',
    settings: { ...runSettings(run.folder, run.settings), evalDatasetSize: options.testQuestions },
    adapter: join(run.folder, FINAL_FOLDER),
  });
  return {
    train: async (runs, log) => {
      // A device is asked for only where something is to train.
      if (runs.every(({ folder }) => runState(folder) === 'finished')) return;
      await finishRuns(runs, await deviceRecord(options.jobs, options.device), log);
    },
    measure: (runs, log) => kept.finish(runs.map(measurement), options.jobs, log),
    score: async (run) => {
      if (!hasAdapter(run.folder, FINAL_FOLDER)) return null;
      const report = await kept.read(measurement(run));
      if (report === null) return null;
      const right = (key: 'sampledCorrect' | 'greedyCorrect') =>
        report.perQuestion.filter((question) => question[key] === true).length;
      return {
        questions: report.questions,
        sampledRight: right('sampledCorrect'),
        greedyRight: right('greedyCorrect'),
      };
    },
  };
}

function sweepStep(m: StepMetrics): SweepStep {
  const { step, rewardMean, accuracy, kl, entropy, toolCalls, turnsWithoutCall } = m;
  return { step, rewardMean, accuracy, kl, entropy, toolCalls, turnsWithoutCall };
}

async function gather(
  { axes, cells, seeds, testQuestions, command }: SweepOptions,
  all: readonly SweptRun[],
  work: SweepWork,
): Promise<SweepData> {
  const runs: SweepRun[] = [];
  const devices = new Set<string>();
  for (const run of all) {
    const state = runState(run.folder);
    if (state === 'absent') continue;
    devices.add(readDevice(run.folder)?.device ?? 'not recorded');
    runs.push({
      name: run.name,
      cell: run.cell,
      seed: run.seed,
      finished: state === 'finished',
      steps: readSteps(run.folder).map(sweepStep),
      evaluations: readEvaluations(run.folder, run.settings).map(
        ({ step, split, questions, correctAnswers }) => ({ step, split, questions, correctAnswers }),
      ),
      test: testQuestions > 0 && state === 'finished' ? await work.score(run) : null,
    });
  }
  const [first] = cells;
  if (first === undefined) throw new Error('A sweep has at least one combination.');
  const { settings } = first;
  const schema = schemaNear(settings.environment);
  const swept = new Set(axes.map(({ key }) => key));
  return {
    format: 1,
    axes: axes.map(({ key }) => ({ key, label: settingInfo(schema, key).label })),
    cells: cells.map(({ name, settings: own }) => ({
      name,
      values: axes.map(({ key }) => String(own[key])),
    })),
    seeds,
    facts: {
      environment: settings.environment,
      model: settings.model,
      dataset: settings.dataset,
      steps: settings.maxSteps,
      changed: Object.fromEntries(
        Object.entries(changedSettings(settings)).filter(([key]) => !swept.has(key) && key !== 'maxSteps'),
      ),
      devices: [...devices].sort(),
      command,
    },
    runs,
  };
}
