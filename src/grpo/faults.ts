/** What the environment's own code did wrong in a batch of rollouts, in words. */
import type { Trajectory } from './types';

/**
 * One warning for each kind of fault: faults that differ only in the task count as one kind, and the first of them is
 * told.
 */
export function faultWarnings(
  trajectories: readonly {
    readonly outcome: Trajectory['outcome'];
    readonly task: { readonly id: string };
  }[],
): string[] {
  const kinds = new Map<string, { readonly first: string; count: number }>();
  for (const { outcome, task } of trajectories) {
    const { fault } = outcome;
    if (fault === undefined) continue;
    const kind = fault.replaceAll(`"${task.id}"`, '');
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, { first: fault, count: 1 });
    else known.count++;
  }
  return [...kinds.values()].map(
    ({ first, count }) =>
      `${first.replace(/\.?$/, '.')} ${count === 1 ? '1 rollout has' : `${count} of ${trajectories.length} rollouts have`} such a fault and ` +
      'no reward: they teach nothing and count in no mean. Correct the environment.',
  );
}
