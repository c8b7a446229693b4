/** What an evaluation's tries at each task tell together. Pure. */
import type { Turn } from '../conversation/types';
import { mean } from '../statistics';
import { agreement, clusteredShare, passAtK, type Interval } from './pass-at-k';
import type { Trajectory } from './types';

/** One try at a task, as a report keeps it. */
export interface Try {
  readonly answer: string | null;
  /** Null where the environment has no verdict. */
  readonly correct: boolean | null;
  readonly reward: number;
  readonly endReason: string;
  readonly turns: readonly Turn[];
}

/** Bounds of a 95 % interval. */
export type Bounds = Pick<Interval, 'low' | 'high'>;

type Tried = Pick<Trajectory, 'group' | 'outcome' | 'reward' | 'scorable'>;

export function triesOf(trajectories: readonly Tried[]): Try[] {
  return trajectories.map(({ outcome, reward }) => ({
    answer: outcome.answer,
    correct: outcome.success,
    reward,
    endReason: outcome.stopCondition,
    turns: outcome.turns,
  }));
}

/** Trajectories by task: groups are numbered from 0, as evaluations number them. */
export function byTask<T extends Pick<Trajectory, 'group'>>(trajectories: readonly T[]): T[][] {
  const tasks: T[][] = [];
  for (const trajectory of trajectories) (tasks[trajectory.group] ??= []).push(trajectory);
  return tasks;
}

/** Of the accuracy; null without a verdict. */
export function accuracyInterval(trajectories: readonly Tried[]): Bounds | null {
  const interval = clusteredShare(byTask(trajectories).map((tries) => verdicts(tries).map(Number)));
  return interval === null ? null : { low: interval.low, high: interval.high };
}

export interface SeveralTries {
  /** Chance that one of k tries is right, by k: 1, 2, 4, … and all tries. Null where no task has k verdicts. */
  readonly passAtK: Readonly<Record<string, number | null>>;
  /** Mean share of a task's tries that give its most frequent answer. */
  readonly agreement: number;
}

/** @param tries made at each task, above 1 */
export function severalTries(trajectories: readonly Tried[], tries: number): SeveralTries {
  const tasks = byTask(trajectories);
  const judged = tasks.map(verdicts);
  return {
    passAtK: Object.fromEntries(
      numbersOfTries(tries).map((k) => {
        const chances = judged
          .filter(({ length }) => length >= k)
          .map((all) => passAtK(all.length, all.filter(Boolean).length, k));
        return [String(k), chances.length === 0 ? null : mean(chances)];
      }),
    ),
    agreement: mean(tasks.map((all) => agreement(all.map(({ outcome }) => outcome.answer)).share)),
  };
}

/** 1, 2, 4, … below `tries`, and `tries`. */
export function numbersOfTries(tries: number): number[] {
  const numbers: number[] = [];
  for (let k = 1; k < tries; k *= 2) numbers.push(k);
  return [...numbers, tries];
}

/** Of the tries that could be scored and have a verdict. */
function verdicts(tries: readonly Tried[]): boolean[] {
  return tries.flatMap(({ scorable, outcome }) =>
    scorable && outcome.success !== null ? [outcome.success] : [],
  );
}
