/** From the parts of an outcome's reward to one number. */
import { type Outcome } from '../env/types';
import { STOP } from '../conversation/stop';

/**
 * Σ weight · part over the parts that apply (are not null) and have a weight; parts that are not named weigh 0.
 * Not scorable: a judge failed, no part with a weight applies, or a part is not a finite number. The reward is then 0,
 * which keeps sums finite; such a rollout leaves its group before any mean is taken.
 */
export function totalReward(
  { rewards, stopCondition }: Pick<Outcome, 'rewards' | 'stopCondition'>,
  weights: Readonly<Record<string, number>>,
): { readonly reward: number; readonly scorable: boolean } {
  let reward = 0;
  let applies = false;
  for (const [part, value] of Object.entries(rewards)) {
    const weight = weights[part] ?? 0;
    if (value === null || weight === 0) continue;
    applies = true;
    reward += weight * value;
  }
  const scorable = applies && stopCondition !== STOP.unscorable && Number.isFinite(reward);
  return { reward: scorable ? reward : 0, scorable };
}
