/** Numbers of an environment as people read them. Pure. */
import { environmentInfo, isKnown } from '../env/registry';
import { DEFAULT_ENVIRONMENT } from '../env/settings';
import type { EnvironmentInfo, MetricUnit } from '../env/types';
import { rewardMetric, type StepMetrics } from '../grpo/types';
import { number, percent } from '../report/format';
import type { RunRecord } from './state';

/** The environment of a run; of one that is not known, the default one. */
export function environmentOf(record: Pick<RunRecord, 'settings'> | null): EnvironmentInfo {
  const id = record?.settings?.environment ?? DEFAULT_ENVIRONMENT;
  return environmentInfo(isKnown(id) ? id : DEFAULT_ENVIRONMENT);
}

/** A value of a metric, with its unit where that is not plain from the label. */
export function metricText(value: number | null | undefined, unit: MetricUnit): string {
  switch (unit) {
    case 'share':
      return percent(value);
    case 'seconds':
      return value === null || value === undefined ? number(value) : `${number(value)} s`;
    case 'count':
    case 'tokens':
    case 'nats':
    case 'none':
      return number(value);
  }
}

/** A field of a step that not every run records. */
export function openField(metrics: StepMetrics, name: string): number | null {
  const value = metrics[name];
  return typeof value === 'number' ? value : null;
}

/** Parts of the reward that occur, in the order of the environment's table, unknown ones last. */
export function rewardParts(steps: readonly StepMetrics[], { rewards }: EnvironmentInfo): string[] {
  const prefix = rewardMetric('');
  const occurring = new Set(
    steps.flatMap((step) =>
      Object.keys(step).filter((key) => key.startsWith(prefix) && openField(step, key) !== null),
    ),
  );
  const parts = [...occurring].map((key) => key.slice(prefix.length));
  const known = Object.keys(rewards).filter((part) => parts.includes(part));
  return [...known, ...parts.filter((part) => !known.includes(part))];
}
