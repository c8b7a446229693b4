/** From a run's folder to the data that the report is written from. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { baselineLogDate, EVAL_LOGS, WARM_START_FILE } from '../../src/report/run-files';
import type { EvalSummary, StepMetrics } from '../../src/grpo/types';
import type { Settings } from '../../src/settings/settings';
import { parseWarmStart } from '../../src/report/records';
import { runState } from '../runs/folders';
import { readDevice, readEvaluations, readSteps, readText } from '../runs/records';
import {
  runName,
  type EvaluationRow,
  type RunData,
  type RunSettings,
  type Score,
  type StepRow,
  type Variant,
} from './types';

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
    steps: readSteps(folder).map(stepRow),
    evaluations: readEvaluations(folder, settings).map(evaluationRow),
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

/** From the name of the baseline evaluation, which is made when the run starts. */
function startDate(folder: string): string | null {
  const logs = join(folder, EVAL_LOGS);
  const names = existsSync(logs) ? readdirSync(logs) : [];
  return names.map(baselineLogDate).find((date) => date !== null) ?? null;
}
