/** Settings of steps and their updates. */
import { CURRICULA } from '../choices';
import { count, real, type TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export const TRAINING = {
  maxSteps: {
    label: 'Steps',
    group: 'Task',
    unit: 'steps',
    default: 120,
    rule: count(1, 1_000_000),
    env: 'MAX_STEPS',
    description: 'Training steps of the run: rollouts of one batch of questions, then the updates on them.',
  },
  batchSize: {
    label: 'Questions per step',
    group: 'Rollout',
    unit: 'questions',
    default: 6,
    rule: count(1, 4096),
    env: 'PER_DEVICE_TRAIN_BATCH_SIZE',
    description: 'Questions asked in each step; each makes one group of rollouts.',
  },
  numGenerations: {
    label: 'Rollouts per question',
    group: 'Rollout',
    unit: 'rollouts',
    default: 8,
    // A group of one has nothing to compare with and is always dropped.
    rule: count(2, 1024),
    env: 'NUM_GENERATIONS',
    description: 'Size of a group: tries at the same question, which are compared with each other.',
  },
  dynamicSampling: {
    label: 'Dynamic sampling',
    group: 'Rollout',
    unit: 'questions',
    default: 0,
    // With the largest batch, groups stay below the 65,536 that the sampler's random streams tell apart.
    rule: count(0, 16_384),
    description:
      'Further questions that a step asks, at most, in place of groups that teach nothing (DAPO); as many at a time as ' +
      'are missing. 0: such groups are not replaced.',
    advanced: true,
  },
  curriculum: {
    label: 'Curriculum',
    group: 'Task',
    unit: '',
    default: 'none',
    rule: { kind: 'choice', choices: CURRICULA },
    description:
      'none: all questions from the first step. easy-first: the easiest level first, then one more level at a time. A ' +
      'dataset without levels has one.',
    advanced: true,
  },
  curriculumShare: {
    label: 'Length of the curriculum',
    group: 'Task',
    unit: '',
    default: 0.5,
    rule: real(0, 1, { minOpen: true, maxOpen: true }),
    description: 'Share of maxSteps after which easy-first asks questions of all levels.',
    advanced: true,
  },
  learningRate: {
    label: 'Learning rate',
    group: 'Optimiser',
    unit: '',
    default: 2e-3,
    rule: real(0, 1, { minOpen: true }),
    env: 'LEARNING_RATE',
    description: "Peak step size of AdamW. Adapters of small models take far more than a large model's 1e-5.",
  },
  lrSchedule: {
    label: 'Learning-rate schedule',
    group: 'Optimiser',
    unit: '',
    default: 'linear',
    rule: { kind: 'choice', choices: ['constant', 'linear', 'cosine'] },
    description: 'How the rate falls after warm-up. linear and cosine end at 10 % of the peak.',
  },
  warmupSteps: {
    label: 'Warm-up',
    group: 'Optimiser',
    unit: 'steps',
    default: 0,
    rule: count(0, 1_000_000),
    env: 'WARMUP_STEPS',
    description: 'Steps in which the rate rises in equal parts to its peak.',
    advanced: true,
  },
  weightDecay: {
    label: 'Weight decay',
    group: 'Optimiser',
    unit: '',
    default: 0,
    rule: real(0, 1),
    description: "AdamW's decoupled weight decay, on the adapter.",
    advanced: true,
  },
  maxGradNorm: {
    label: 'Gradient clip',
    group: 'Optimiser',
    unit: '',
    default: 1,
    rule: real(0, 1e6, { minOpen: true }),
    env: 'MAX_GRAD_NORM',
    description: 'A gradient whose norm is larger is scaled down to it.',
    advanced: true,
  },
  maxSkippedUpdates: {
    label: 'Updates left out',
    group: 'Optimiser',
    unit: 'in a row',
    default: 3,
    rule: count(0, 1000),
    description:
      'An update whose loss or gradient is not finite is left out; more than this in a row end the run. 0: the first ends it.',
    advanced: true,
  },
} satisfies Partial<TableOf<CoreSettings>>;
