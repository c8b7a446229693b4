/** Settings of rewards, and of the advantages made of them. */
import { ADVANTAGE_KINDS, REWARD_AGGREGATIONS } from '../choices';
import { onOff, real, text, type TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export const REWARDS = {
  rewardWeights: {
    label: 'Reward weights',
    group: 'Reward and advantage',
    unit: '',
    default: 'auto',
    rule: text,
    description:
      "Weights of the reward's parts, as part=weight with commas between; parts that are not named weigh 0. auto: those of " +
      'rewardPreset.',
    advanced: true,
  },
  rewardAggregation: {
    label: 'Reward aggregation',
    group: 'Reward and advantage',
    unit: '',
    default: 'sum_then_normalize',
    rule: { kind: 'choice', choices: REWARD_AGGREGATIONS },
    description:
      "sum_then_normalize: the parts' weighted sum is compared within the group. normalize_then_sum: each part is compared " +
      'and scaled within the group before it is weighted (GDPO), so that no part drowns the others; scaleRewards then plays no role.',
    advanced: true,
  },
  advantage: {
    label: 'Advantage',
    group: 'Reward and advantage',
    unit: '',
    default: 'trajectory',
    rule: { kind: 'choice', choices: ADVANTAGE_KINDS },
    description:
      "trajectory: a rollout's reward against its group. action: the original's fixed value per action. mixed: both, " +
      'compared within the group.',
    advanced: true,
  },
  advantageMix: {
    label: 'Outcome share',
    group: 'Reward and advantage',
    unit: '',
    default: 0.5,
    rule: real(0, 1),
    description: 'Weight of the outcome when advantage is mixed; the rest goes to the actions.',
    advanced: true,
  },
  minGroupStd: {
    label: 'Least spread of a group',
    group: 'Reward and advantage',
    unit: 'reward',
    default: 0.05,
    rule: real(0, 10),
    env: 'MIN_GROUP_STD',
    description:
      'Groups whose rewards have a smaller standard deviation teach nothing and are dropped, and counted; ' +
      'dynamicSampling replaces them.',
    advanced: true,
  },
  maskTruncated: {
    label: 'Ignore cut rollouts',
    group: 'Reward and advantage',
    unit: '',
    default: false,
    rule: onOff,
    description: 'Do not learn from rollouts that ran into a token limit.',
    advanced: true,
  },
} satisfies Partial<TableOf<CoreSettings>>;
