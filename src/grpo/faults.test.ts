import { expect, it } from 'vitest';
import type { Outcome } from '../env/types';
import { faultWarnings } from './faults';

const SOUND: Outcome = {
  turns: [],
  stopCondition: 'answered',
  success: true,
  answer: null,
  metrics: {},
  rewards: {},
};
const rollout = (id: string, fault?: string) => ({
  task: { id },
  outcome: fault === undefined ? SOUND : { ...SOUND, fault },
});

it('tells each kind of fault once, whatever the task', () => {
  const warnings = faultWarnings([
    rollout('a', 'The reward "right" of task "a" is NaN'),
    rollout('b'),
    rollout('b', 'The reward "right" of task "b" is NaN'),
    rollout('b', 'The metric "size" of task "b" is late.'),
  ]);
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/^The reward "right" of task "a" is NaN. 2 of 4 rollouts have such a fault/);
  expect(warnings[1]).toMatch(/^The metric "size" of task "b" is late. 1 rollout has/);
});

it('is silent where nothing was wrong', () => {
  expect(faultWarnings([rollout('a'), rollout('b')])).toEqual([]);
});
