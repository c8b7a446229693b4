/** The environment of a run, and what its steps and evaluations record, in the page's language. Pure. */
import { environmentNear } from '../env/settings';
import type { EnvironmentInfo } from '../env/types';
import type { StepMetrics } from '../grpo/types';
import { EVALUATION_METRICS } from '../report/evaluation-metrics';
import type { NamedMetric } from '../report/metric-info';
import {
  metricValue,
  rewardMetric,
  rewardMetrics as englishRewards,
  stepMetric as englishStep,
  type WARM_START_METRICS,
  warmStartMetric as englishWarmStart,
  type CoreMetric,
} from '../report/metrics';
import type { RunRecord } from './state';
import { fixed, percent } from './format';
import { t } from './texts';
import { worded } from './texts/help';
import { catalogue } from './texts/language';

/** The environment of a run; of one that is not known, the default one. */
export function environmentOf(record: Pick<RunRecord, 'settings'> | null): EnvironmentInfo {
  return worded(environmentNear(record?.settings?.environment));
}

export function stepMetric(name: CoreMetric): NamedMetric {
  return withWords(englishStep(name), catalogue.value.help?.stepMetrics[name]);
}

export function warmStartMetric(name: keyof typeof WARM_START_METRICS): NamedMetric {
  return withWords(englishWarmStart(name), catalogue.value.help?.warmStartMetrics[name]);
}

export function evaluationMetric(name: keyof typeof EVALUATION_METRICS): NamedMetric {
  return withWords({ name, ...EVALUATION_METRICS[name] }, catalogue.value.help?.evaluationMetrics[name]);
}

/** @param environment as {@link environmentOf} gives it, whose labels are in the page's language */
export function rewardMetrics(environment: EnvironmentInfo, parts: readonly string[]): NamedMetric[] {
  const caption = catalogue.value.help?.rewardPart;
  return englishRewards(environment, parts).map((metric) => ({
    ...metric,
    caption: caption ?? metric.caption,
  }));
}

function withWords(
  metric: NamedMetric,
  words:
    { readonly label: string; readonly caption: string; readonly short?: string | undefined } | undefined,
): NamedMetric {
  if (words === undefined) return metric;
  const { short, ...others } = words;
  return { ...metric, ...others, ...(short === undefined ? {} : { short }) };
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

/** An accuracy with its 95 % interval, where there is one; all as shares. */
export function accuracyText(
  accuracy: number,
  interval: { readonly low: number; readonly high: number } | null,
): string {
  if (interval === null) return percent(accuracy);
  return t.storage.withInterval({
    accuracy: percent(accuracy),
    low: fixed(100 * interval.low, 0),
    high: percent(interval.high),
  });
}
