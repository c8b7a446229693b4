/** From a run's folder to the data that the report is written from. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { baselineLogDate, EVAL_LOGS, METRICS_FILE, WARM_START_FILE } from '../../src/report/run-files';
import type { EvalSummary, StepMetrics } from '../../src/grpo/types';
import { environmentNear } from '../../src/env/settings';
import type { Settings } from '../../src/settings/settings';
import { parseEvaluations, parseMetrics, parseWarmStart } from '../../src/report/records';
import { runName, runState } from './folders';
import { DEVICE_FILE, type DeviceRecord } from './runs';
import type { EvaluationRow, RunData, RunSettings, Score, StepRow, Variant } from './types';

/** @param settings as the folder's config.json has them */
export function collectRun(
  folder: string,
  variant: Variant,
  settings: Settings,
  scores: { readonly test: Score | null; readonly other: Score | null; readonly warm?: Score },
): RunData {
  const { seed, mode } = settings;
  const device = readDevice(folder);
  const warmStart = parseWarmStart(readText(join(folder, WARM_START_FILE)));
  return {
    format: 1,
    name: runName(variant, seed),
    variant,
    mode,
    seed,
    settings: keptSettings(settings),
    device: device?.device ?? null,
    sideBySide: device?.sideBySide ?? null,
    date: startDate(folder),
    finished: runState(folder) === 'finished',
    steps: parseMetrics(readText(join(folder, METRICS_FILE))).map(stepRow),
    evaluations: readEvaluations(join(folder, EVAL_LOGS), settings).map(evaluationRow),
    ...(warmStart.length > 0
      ? { warmStart: warmStart.map(({ step, loss, seconds }) => ({ step, loss, seconds })) }
      : {}),
    ...scores,
  };
}

export function keptSettings(settings: Settings): RunSettings {
  const kept: Partial<Settings> = { ...settings };
  delete kept.outputDir;
  delete kept.resume;
  delete kept.verbose;
  return kept as RunSettings;
}

function stepRow(m: StepMetrics): StepRow {
  return {
    step: m.step,
    reward: m.rewardMean,
    accuracy: m.accuracy,
    kl: m.kl,
    entropy: m.entropy,
    groups: m.groups,
    groupsKept: m.groupsKept,
    trainableTokens: m.trainableTokens,
    totalTokens: m.totalTokens,
    forestTokens: m.forestTokens,
    idkRate: typeof m['idkRate'] === 'number' ? m['idkRate'] : 0,
    rolloutSeconds: m.rolloutSeconds,
    trainSeconds: m.trainSeconds,
  };
}

/** Episodes of which a metric of truth holds. */
function countOf({ metrics, questions }: EvalSummary, metric: string): number {
  return Math.round((metrics[metric] ?? 0) * questions);
}

function evaluationRow(e: EvalSummary): EvaluationRow {
  return {
    step: e.step,
    questions: e.questions,
    accuracy: e.accuracy,
    attempted: countOf(e, 'attempted_answer'),
    idk: countOf(e, 'returned_i_dont_know'),
    reward: e.avgReward,
    seconds: e.seconds,
  };
}

/** In order of steps; of several at one step the file that comes last in the alphabet. */
function readEvaluations(folder: string, { environment }: Settings): EvalSummary[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const found = files
    .sort()
    .flatMap((name) =>
      parseEvaluations(readText(join(folder, name)), environmentNear(environment).earlierCounts),
    );
  const byStep = new Map(found.map((summary) => [summary.step, summary]));
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

/** From the name of the baseline evaluation, which is made when the run starts. */
function startDate(folder: string): string | null {
  const logs = join(folder, EVAL_LOGS);
  const names = existsSync(logs) ? readdirSync(logs) : [];
  return names.map(baselineLogDate).find((date) => date !== null) ?? null;
}

function readDevice(folder: string): DeviceRecord | null {
  try {
    const read: unknown = JSON.parse(readText(join(folder, DEVICE_FILE)));
    if (typeof read !== 'object' || read === null || !('device' in read)) return null;
    const sideBySide = 'sideBySide' in read ? Number(read.sideBySide) : 1;
    return { device: String(read.device), sideBySide };
  } catch {
    // Runs that were made by `train` have no such file.
    return null;
  }
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
