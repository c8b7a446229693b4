/**
 * What every number of a step means: the one source of charts, comparison, console and `docs/metrics.md`. The type makes a
 * missing or superfluous entry a compile error. An environment and the parts of its reward add their own
 * ({@link metricsOf}); evaluations have a table beside this one (`evaluation-metrics.ts`).
 */
import type { EnvironmentInfo } from '../env/types';
import type { CoreStepMetrics, RewardMetric, StepMetrics, WarmStartMetrics } from '../grpo/types';
import type { MetricEntry, NamedMetric } from './metric-info';

export const STEP_METRICS = {
  step: { label: 'Step', unit: 'whole', caption: 'Which step it was.' },
  maxSteps: { label: 'Steps', unit: 'whole', caption: 'How many the run was to have.' },
  mode: { label: 'Mode', unit: 'none', caption: 'What is trained, as the setting `mode` has it.' },
  loss: {
    label: 'Loss',
    short: 'loss',
    unit: 'none',
    caption: 'What the optimiser lowers. In GRPO it hovers near zero; its slope matters, not its level.',
    reading:
      '`policyLoss` + `beta`·KL − `entropyCoef`·entropy, each weighted like the tokens of `lossType` (with `dapo` these ' +
      'are the `kl` and `entropy` below). Summed over micro-batches, mean over the step’s updates. `null` when no group ' +
      'was kept.',
    console: { label: 'Loss', digits: 4 },
  },
  policyLoss: {
    label: 'Policy loss',
    unit: 'none',
    caption: 'The objective alone, without its terms for KL and entropy.',
    console: { label: 'Policy', digits: 4 },
  },
  kl: {
    label: 'KL to the start',
    short: 'KL',
    unit: 'nats',
    range: [0, 0],
    caption: 'How far the policy has moved from the model it started from, in nats per token.',
    reading:
      'Mean over trained tokens of k3 = exp(ref − logp) − (ref − logp) − 1, against what `klReference` says. ' +
      '`null` with `beta` 0.',
    console: { label: 'KL', digits: 4 },
  },
  entropy: {
    label: 'Entropy',
    short: 'entropy',
    unit: 'nats',
    range: [0, 0],
    caption: 'How undecided the model is at each of its tokens, in nats. Zero means it always says the same.',
    reading:
      'Of the next-token distribution at the sampling temperature, mean over trained tokens; measured whether or not ' +
      '`entropyCoef` rewards it.',
  },
  rewardMean: {
    label: 'Reward',
    short: 'mean',
    unit: 'reward',
    caption: 'Mean over all rollouts of a step.',
    reading: 'Over the scorable rollouts of the step’s own groups, dropped ones included.',
    console: { label: 'Reward', digits: 3 },
  },
  rewardStd: {
    label: 'Spread of the reward',
    unit: 'none',
    range: [0, 0],
    caption: 'Standard deviation over the same rollouts, of the population.',
  },
  rewardMin: { label: 'Least reward', unit: 'reward', caption: 'Of the same rollouts.' },
  rewardMax: { label: 'Greatest reward', unit: 'reward', caption: 'Of the same rollouts.' },
  accuracy: {
    label: 'Accuracy while training',
    unit: 'share',
    caption: 'Share of right answers among the sampled rollouts of a step.',
    reading:
      'Of the own groups’ scorable rollouts that the environment has a verdict on. `null` where it has none, as in mode ' +
      '`simple`, where nothing is answered.',
    console: { label: 'Acc', digits: 1 },
  },
  clipFraction: {
    label: 'Share of tokens clipped',
    unit: 'share',
    caption: 'Trained tokens whose gradient the clip removed.',
    reading: 'With `cispo` those whose ratio it capped, with `sapo` always 0.',
  },
  gradNorm: {
    label: 'Gradient norm',
    unit: 'none',
    range: [0, 0],
    caption: 'Of the whole gradient, before it is clipped; mean over the step’s updates.',
  },
  firstRatioError: {
    label: 'Trainer against sampler',
    unit: 'none',
    range: [0, 0],
    caption: 'How far trainer and sampler disagree about the same tokens. It should be near zero.',
    reading:
      'Largest |exp(logp − old) − 1| over trained sampled tokens at the first update; both run the same forward pass.',
  },
  skippedUpdates: {
    label: 'Updates left out',
    unit: 'whole',
    caption: 'Updates that were left out because a loss, a log-prob or the gradient was not finite.',
    reading:
      'The adapter and the optimiser stay as they were; the rest of the step’s updates is left out with it. More than ' +
      '`maxSkippedUpdates` in a row end the run. `loss` and what else is of updates is `null` where none was made.',
  },
  learningRate: {
    label: 'Learning rate',
    unit: 'none',
    range: [0, 0],
    caption: 'Rate of the step’s updates.',
  },
  meanLevel: {
    label: 'Difficulty of the questions',
    short: 'mean level',
    unit: 'none',
    range: [1, 1],
    caption: 'Curriculum: mean level of the questions of a step. Level 1 is the easiest.',
    reading:
      'Of the step’s own questions. With `curriculum=easy-first` it rises, and accuracy is to be read against it.',
  },
  groups: {
    label: 'Groups asked',
    unit: 'whole',
    caption: 'Questions asked in a step, each by a group of rollouts.',
  },
  groupsResampled: {
    label: 'Questions asked in place of others',
    short: 'asked anew',
    unit: 'whole',
    caption: 'Dynamic sampling: each group that teaches nothing is replaced by another question’s.',
    reading: 'Those among `groups` beyond `batchSize`.',
  },
  groupsKept: {
    label: 'Groups kept',
    short: 'mixed',
    unit: 'whole',
    caption: 'Groups that were trained on, at most `batchSize`.',
    reading: 'A group is dropped when what it would train on has no spread, or less than `minGroupStd`.',
  },
  groupsAllRight: {
    label: 'Groups all right',
    short: 'all right',
    unit: 'whole',
    caption: 'Of all groups asked, those in which every rollout was right.',
    reading: 'In mode `simple`, right means the whole format reward.',
  },
  groupsAllWrong: {
    label: 'Groups all wrong',
    short: 'all wrong',
    unit: 'whole',
    caption: 'Of all groups asked, those in which no rollout was right.',
  },
  trainableTokens: {
    label: 'Tokens trained',
    unit: 'tokens',
    caption: 'Tokens that the mask selects, in all rollouts, those of dropped groups included.',
  },
  totalTokens: {
    label: 'Tokens',
    unit: 'tokens',
    caption: 'All tokens of all rollouts, those of dropped groups included.',
  },
  trainableRatio: {
    label: 'Share of tokens trained',
    short: 'trained',
    unit: 'share',
    caption: 'Tokens with a gradient among all tokens.',
    reading: '`trainableTokens` / `totalTokens`.',
  },
  forestTokens: {
    label: 'Distinct tokens',
    unit: 'tokens',
    caption: 'Tokens that are left after equal beginnings are merged, dropped groups included.',
    reading: 'The update computes only those of kept groups, and again per micro-batch.',
  },
  forestRatio: {
    label: 'Share of tokens computed',
    short: 'computed',
    unit: 'share',
    caption: 'Distinct tokens among all tokens.',
    reading: '`forestTokens` / `totalTokens`.',
  },
  meanTurns: { label: 'Turns', unit: 'count', caption: 'Turns of the assistant in a rollout.' },
  toolCalls: { label: 'Tool calls', unit: 'whole', caption: 'Calls that were parsed.' },
  toolErrors: {
    label: 'Tool errors',
    unit: 'whole',
    caption: 'Results that are errors, such as bad arguments or an unknown tool.',
  },
  turnsWithoutCall: {
    label: 'Turns without a call',
    unit: 'whole',
    caption: 'Turns in which a tool could be called and no call was even begun.',
  },
  brokenCalls: {
    label: 'Broken calls',
    unit: 'whole',
    caption: 'Calls that were begun and could not be read: broken JSON, or cut.',
  },
  wrongArguments: {
    label: 'Wrong arguments',
    unit: 'whole',
    caption: 'Calls that were read, and whose arguments the tool does not take.',
  },
  typeSlips: {
    label: 'Slips of type',
    unit: 'whole',
    caption: 'Arguments read as another type than they were written in, such as "5" for 5.',
    reading: 'See `readSlips`. They run like any other call.',
  },
  truncatedResults: {
    label: 'Tool results cut',
    unit: 'whole',
    caption:
      'Results that were shortened or replaced to fit the context: what was cut, the policy never saw.',
    reading: 'See `maxSeqLength`. Above a tenth of all calls in three steps in a row, a warning is logged.',
  },
  truncatedRollouts: {
    label: 'Rollouts cut',
    unit: 'whole',
    caption: 'Rollouts whose last turn ran into `maxTokens`, or whose context was full.',
  },
  gpuBytes: {
    label: 'GPU memory',
    unit: 'bytes',
    caption: 'Bytes of GPU buffers held after the step.',
    reading: 'Idle ones of the pool included, read-back buffers not.',
    clock: true,
  },
  rolloutSeconds: {
    label: 'Time of rollouts',
    unit: 'seconds',
    caption: 'Wall time of sampling.',
    clock: true,
  },
  trainSeconds: {
    label: 'Time of updates',
    unit: 'seconds',
    caption: 'Wall time of the updates.',
    clock: true,
  },
  tokensPerSecond: {
    label: 'Speed',
    short: 'tokens/s',
    unit: 'tokens per second',
    caption: 'Tokens handled per second, sampling and training together.',
    reading: '`totalTokens` / (`rolloutSeconds` + `trainSeconds`).',
    clock: true,
  },
} as const satisfies Readonly<Record<keyof CoreStepMetrics, MetricEntry>>;

/** Of the supervised steps of a warm start. */
export const WARM_START_METRICS = {
  step: {
    label: 'Step',
    unit: 'none',
    caption: 'Counts up to 0; step 0 is the policy as GRPO starts with it.',
  },
  loss: {
    label: 'Loss of the warm start',
    short: 'loss',
    unit: 'nats',
    range: [0, 0],
    caption: 'How unlikely the expert’s tokens are to the model, in nats per token. It falls towards zero.',
    reading: 'Mean of −log p over the trained tokens.',
  },
  trainedTokens: { label: 'Tokens trained', unit: 'tokens', caption: 'Tokens that the expert wrote.' },
  totalTokens: { label: 'Tokens', unit: 'tokens', caption: 'All tokens of the step’s conversations.' },
  gradNorm: STEP_METRICS.gradNorm,
  learningRate: STEP_METRICS.learningRate,
  seconds: { label: 'Time', unit: 'seconds', caption: 'Wall time of the step.', clock: true },
} as const satisfies Readonly<Record<keyof WarmStartMetrics, MetricEntry>>;

export type CoreMetric = keyof typeof STEP_METRICS;

/** Entry of a core metric, as the table's type has it. */
export function stepMetric(name: CoreMetric): NamedMetric {
  return { name, ...STEP_METRICS[name] };
}

/** Entry of a warm start's metric, as the table's type has it. */
export function warmStartMetric(name: keyof typeof WARM_START_METRICS): NamedMetric {
  return { name, ...WARM_START_METRICS[name] };
}

const CORE: readonly NamedMetric[] = (Object.keys(STEP_METRICS) as CoreMetric[]).map(stepMetric);

/** Fields of a step that depend on the clock (or the device), not on the seed. */
export const CLOCK_FIELDS: readonly string[] = CORE.filter(({ clock }) => clock).map(({ name }) => name);

/** Name of a reward part's mean in a step. */
export const rewardMetric = (part: string): RewardMetric => `rewards/${part}`;

type Described = Pick<EnvironmentInfo, 'metrics' | 'rewards'>;

/** All that the steps of an environment's runs may record: everyone's, the environment's own, the parts of its reward. */
export function metricsOf(environment: Described): NamedMetric[] {
  return [...CORE, ...environmentMetrics(environment), ...rewardMetrics(environment)];
}

/** The environment's own metrics that steps record. */
export function environmentMetrics({ metrics }: Described): NamedMetric[] {
  return Object.values(metrics).flatMap(({ label, unit, description, inSteps }) =>
    inSteps === undefined
      ? []
      : [{ name: inSteps, label: capital(label), short: label, unit, caption: description }],
  );
}

/** One for each part of the reward; of one that the table does not know, with its name as label. */
export function rewardMetrics(
  { rewards }: Described,
  parts: readonly string[] = Object.keys(rewards),
): NamedMetric[] {
  return parts.map((part) => ({
    name: rewardMetric(part),
    label: rewards[part]?.label ?? part,
    unit: 'reward',
    caption: 'Mean of this part of the reward over the rollouts to which it applies, before its weight.',
  }));
}

/** A number of a step by its name; null where the step does not have it. */
export function metricValue(step: StepMetrics, name: string): number | null {
  const value = step[name];
  return typeof value === 'number' ? value : null;
}

export function capital(label: string): string {
  return label.slice(0, 1).toUpperCase() + label.slice(1);
}
