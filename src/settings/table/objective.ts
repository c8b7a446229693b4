/** Settings of the loss, and of the passes that compute it. */
import { REWARD_SCALINGS } from '../choices';
import { IMPORTANCE_SAMPLING_LEVELS, LOSS_TYPES } from '../objective';
import { count, real, type TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export const OBJECTIVE = {
  klReference: {
    label: 'KL reference',
    group: 'Objective',
    unit: '',
    default: 'start',
    rule: { kind: 'choice', choices: ['start', 'bare'] },
    description:
      'What KL refers to. start: the policy as GRPO starts with it, after a warm start. bare: the model without adapter. ' +
      'Without a warm start both are the same.',
    advanced: true,
  },
  beta: {
    label: 'KL weight (beta)',
    group: 'Objective',
    unit: '',
    default: 0.01,
    rule: real(0, 10),
    env: 'BETA',
    description:
      'Weight of the k3 estimate of the divergence from the model without its adapter; 0 saves that forward pass.',
  },
  epsilonLow: {
    label: 'Clip below (epsilon)',
    group: 'Objective',
    unit: '',
    default: 0.2,
    rule: real(0, 1, { minOpen: true, maxOpen: true }),
    description: 'The ratio of new to old probability counts no lower than 1 - epsilonLow.',
    advanced: true,
  },
  epsilonHigh: {
    label: 'Clip above (epsilon)',
    group: 'Objective',
    unit: '',
    default: 0.2,
    rule: real(0, 10, { minOpen: true }),
    description:
      'The ratio of new to old probability counts no higher than 1 + epsilonHigh. With lossType cispo: no higher than ' +
      'epsilonHigh itself; 5 is usual there.',
    advanced: true,
  },
  delta: {
    label: 'Clip above for bad tokens (delta)',
    group: 'Objective',
    unit: '',
    default: 0,
    rule: real(0, 1e6),
    description:
      'Where the advantage is negative, the ratio counts no higher than this (two-sided clipping). Must be above ' +
      '1 + epsilonHigh. 0: no such bound. Read by grpo, bnpo, dapo and dr_grpo.',
    advanced: true,
  },
  sapoTemperaturePos: {
    label: 'SAPO temperature, good tokens',
    group: 'Objective',
    unit: '',
    default: 1,
    rule: real(0, 100, { minOpen: true }),
    description:
      'How fast sapo fades a token of positive advantage as its ratio leaves 1. Higher fades faster.',
    advanced: true,
  },
  sapoTemperatureNeg: {
    label: 'SAPO temperature, bad tokens',
    group: 'Objective',
    unit: '',
    default: 1.05,
    rule: real(0, 100, { minOpen: true }),
    description: 'The same for tokens of negative advantage.',
    advanced: true,
  },
  importanceSamplingLevel: {
    label: 'Ratio of',
    group: 'Objective',
    unit: '',
    default: 'token',
    rule: { kind: 'choice', choices: IMPORTANCE_SAMPLING_LEVELS },
    description:
      'What shares one ratio of new to old probability: each token; all trained tokens of a turn, or of the whole ' +
      'rollout, by their geometric mean (sequence with lossType grpo is GSPO). All but token cost one more forward pass.',
    advanced: true,
  },
  topEntropyQuantile: {
    label: 'Share of undecided tokens',
    group: 'Objective',
    unit: '',
    default: 1,
    rule: real(0, 1, { minOpen: true }),
    description:
      'Only this share of the trained tokens of a step, those of highest entropy, feels the policy loss; 0.2 is usual. ' +
      'KL and entropy bonus act on all. Below 1 costs one more forward pass.',
    advanced: true,
  },
  entropyCoef: {
    label: 'Entropy bonus',
    group: 'Objective',
    unit: '',
    default: 0,
    rule: real(0, 1),
    description: 'Reward for undecided tokens; keeps exploration alive. 0 for none.',
    advanced: true,
  },
  lossType: {
    label: 'Loss',
    group: 'Objective',
    unit: '',
    default: 'dapo',
    rule: { kind: 'choice', choices: LOSS_TYPES },
    description:
      'Weight of a token: grpo averages each rollout, then the batch; bnpo averages the tokens of a micro-batch; dapo ' +
      'those of the whole step; dr_grpo divides by the longest possible completion. cispo (weights as dapo) caps the ' +
      'ratio but lets every token learn; sapo (weights as grpo) fades instead of clipping.',
    advanced: true,
  },
  scaleRewards: {
    label: 'Advantage scaling',
    group: 'Reward and advantage',
    unit: '',
    default: 'group',
    rule: { kind: 'choice', choices: REWARD_SCALINGS },
    description:
      'Divide advantages by the standard deviation of rewards in the group, in all kept groups of the step (batch), or ' +
      'not at all.',
    advanced: true,
  },
  numIterations: {
    label: 'Updates per step',
    group: 'Optimiser',
    unit: 'updates',
    default: 1,
    rule: count(1, 64),
    description: 'Optimiser updates on the same rollouts; from the second on the clipped ratio matters.',
    advanced: true,
  },
  microBatchTokens: {
    label: 'Micro-batch',
    group: 'Optimiser',
    unit: 'tokens',
    default: 4096,
    rule: count(64, 1_048_576),
    description:
      'Distinct tokens of one forward and backward pass. Smaller needs less GPU memory; results are equal.',
    advanced: true,
  },
} satisfies Partial<TableOf<CoreSettings>>;
