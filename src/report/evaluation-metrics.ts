/** What every number of an evaluation means, as `metrics.ts` has it for steps. */
import type { SeveralTries } from '../grpo/tries';
import type { EvalSummary } from '../grpo/types';
import type { MetricEntry } from './metric-info';

export const EVALUATION_METRICS = {
  step: { label: 'Step', unit: 'whole', caption: 'After which step; 0 for the model as it was.' },
  isBaseline: {
    label: 'Baseline',
    unit: 'none',
    caption: 'Whether it is of the untouched model, before step 1.',
  },
  split: { label: 'Split', unit: 'none', caption: 'Which part of the dataset was asked.' },
  questions: { label: 'Questions', unit: 'whole', caption: 'How many were asked.' },
  tries: {
    label: 'Tries',
    unit: 'whole',
    caption: 'At each question, where more than one was made.',
    reading: 'Counts and means are then of all tries.',
  },
  accuracy: {
    label: 'Accuracy in evaluations',
    short: 'evaluation',
    unit: 'share',
    caption: 'Share of right answers on questions that are never trained on, the same every time.',
  },
  correctAnswers: { label: 'Right', unit: 'whole', caption: 'Right answers of all questions.' },
  avgReward: { label: 'Reward', unit: 'reward', caption: 'Mean over all scorable episodes.' },
  medianReward: { label: 'Median reward', unit: 'reward', caption: 'Of the same episodes.' },
  stdReward: {
    label: 'Spread of the reward',
    unit: 'none',
    caption: 'Standard deviation over the same episodes, of the population.',
  },
  minReward: { label: 'Least reward', unit: 'reward', caption: 'Of the same episodes.' },
  maxReward: { label: 'Greatest reward', unit: 'reward', caption: 'Of the same episodes.' },
  avgTurnsCorrect: {
    label: 'Turns',
    unit: 'count',
    caption: 'Mean turns of right answers; `null` without one.',
  },
  metrics: {
    label: 'Metrics',
    unit: 'none',
    caption: 'Means of the environment’s metrics by name, truth counting as 1.',
  },
  rewards: {
    label: 'Parts of the reward',
    unit: 'none',
    caption: 'Mean of each part over the episodes to which it applies, before its weight.',
  },
  beatRate: {
    label: 'At least as good as the baseline',
    unit: 'share',
    caption: 'Share of questions whose reward is at least the baseline’s; `null` without a baseline.',
  },
  seconds: { label: 'Time', unit: 'seconds', caption: 'Wall time.', clock: true },
  isBest: {
    label: 'Best',
    unit: 'none',
    caption:
      'Whether the accuracy is the highest so far; on a tie the earlier one is. The baseline does not take part.',
  },
} as const satisfies Readonly<Record<keyof EvalSummary, MetricEntry>>;

/** What a report of an evaluation by itself has beside the two summaries. */
export const REPORT_METRICS = {
  accuracyInterval: {
    label: '95 % interval',
    unit: 'share',
    caption: 'Where the accuracy lies with 95 % confidence, the questions taken as drawn at random.',
    reading:
      'Wilson’s interval with the effective number of tries: tries at one question resemble each other, and more of ' +
      'them make no new questions. `greedyAccuracyInterval` is the same for greedy answers.',
  },
  passAtK: {
    label: 'pass@k',
    unit: 'share',
    caption:
      'Chance that at least one of k tries is right, for k = 1, 2, 4, … and all tries; mean over questions.',
    reading: 'Estimated without bias from all tries (Chen et al. 2021, arXiv:2107.03374).',
  },
  agreement: {
    label: 'Agreement',
    unit: 'share',
    caption: 'Share of a question’s tries that give its most frequent answer; mean over questions.',
    reading:
      'Texts are compared without spaces around them, in small letters. A try without an answer agrees with none.',
  },
} as const satisfies Readonly<Record<'accuracyInterval' | keyof SeveralTries, MetricEntry>>;
