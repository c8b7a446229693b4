/** Help of settings and metrics. */
import type { Help } from '../../catalogue';
import { ruleWords } from '../errors/rule';
import { automatic, environments } from './environments';
import { evaluationMetrics, stepMetrics, warmStartMetrics } from './metrics';
import { groups, presets, settings } from './settings';

export const help: Help = {
  groups,
  settings,
  presets,
  stepMetrics,
  warmStartMetrics,
  evaluationMetrics,
  rewardPart: '奖励的这一部分在它适用的采样轨迹上的均值，尚未乘以权重。',
  environments,
  automatic,
  rule: ruleWords,
};
