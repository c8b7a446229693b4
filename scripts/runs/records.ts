/** What a run has written into its folder, read back. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentNear } from '../../src/env/settings';
import type { EvalSummary, StepMetrics } from '../../src/grpo/types';
import { parseEvaluations, parseMetrics } from '../../src/report/records';
import { EVAL_LOGS, METRICS_FILE } from '../../src/report/run-files';
import type { Settings } from '../../src/settings/settings';
import { DEVICE_FILE, type DeviceRecord } from './finish';

/** Each step once, in order. */
export function readSteps(run: string): StepMetrics[] {
  return parseMetrics(readText(join(run, METRICS_FILE)));
}

/** In order of steps; of several at one step the file that comes last in the alphabet. */
export function readEvaluations(run: string, { environment }: Settings): EvalSummary[] {
  const folder = join(run, EVAL_LOGS);
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

/** Null where nobody noted it. */
export function readDevice(folder: string): DeviceRecord | null {
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

/** '' where there is no such file. */
export function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
