/** How long a run may take, from what this browser has measured. Pure. */
import type { Settings } from '../../settings/settings';
import { recordedOf } from '../recorded/recorded';
import type { RunRecord } from '../state';

/**
 * Seconds of its steps, by the newest run of the same model and environment that was made here; null where there is none.
 * Evaluations and loading come on top.
 */
export function secondsExpected(
  records: readonly RunRecord[],
  settings: Settings | null,
  rollouts: number,
): number | null {
  if (settings === null) return null;
  const { model, environment, mode } = settings;
  const like = records.findLast(
    ({ settings: own, steps, outputDir, label }) =>
      own !== null &&
      steps.length > 0 &&
      recordedOf(outputDir) === null &&
      (label?.importedFrom ?? null) === null &&
      own.model === model &&
      own.environment === environment &&
      own.mode === mode,
  );
  if (like === undefined || like.settings === null) return null;
  const spent = like.steps.reduce(
    (sum, { rolloutSeconds, trainSeconds }) => sum + rolloutSeconds + trainSeconds,
    0,
  );
  const { batchSize, numGenerations } = like.settings;
  return (spent / (like.steps.length * batchSize * numGenerations)) * rollouts;
}
