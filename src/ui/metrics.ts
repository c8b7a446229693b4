/** The environment of a run, and what its steps record of the reward's parts. Pure. */
import { environmentInfo, isKnown } from '../env/registry';
import { DEFAULT_ENVIRONMENT } from '../env/settings';
import type { EnvironmentInfo } from '../env/types';
import type { StepMetrics } from '../grpo/types';
import { metricValue, rewardMetric } from '../report/metrics';
import type { RunRecord } from './state';

/** The environment of a run; of one that is not known, the default one. */
export function environmentOf(record: Pick<RunRecord, 'settings'> | null): EnvironmentInfo {
  const id = record?.settings?.environment ?? DEFAULT_ENVIRONMENT;
  return environmentInfo(isKnown(id) ? id : DEFAULT_ENVIRONMENT);
}

/** Parts of the reward that occur, in the order of the environment's table, unknown ones last. */
export function rewardParts(steps: readonly StepMetrics[], { rewards }: EnvironmentInfo): string[] {
  const prefix = rewardMetric('');
  const occurring = new Set(
    steps.flatMap((step) =>
      Object.keys(step).filter((key) => key.startsWith(prefix) && metricValue(step, key) !== null),
    ),
  );
  const parts = [...occurring].map((key) => key.slice(prefix.length));
  const known = Object.keys(rewards).filter((part) => parts.includes(part));
  return [...known, ...parts.filter((part) => !known.includes(part))];
}
