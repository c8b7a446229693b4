/** Deals the rows of a file over splits that have no file of their own. */
import { SPLITS, type Split, type Task } from '../types';
import { position } from './identity';

/** Upper ends of the splits' ranges of {@link position}: 80 %, 10 % and 10 %. */
const ENDS: Readonly<Record<Split, number>> = { train: 0.8, validation: 0.9, test: 1 };

export type Splits = Record<Split, Task[]>;

/**
 * By the prompt alone: a row stays in its split when others come or go or its answer is corrected, and equal prompts
 * stay together. What falls to a split that has its own file stays with train. Of a handful of rows one split may be
 * left empty by chance: it then takes a prompt of the one with most.
 * @param missing splits to fill beside train
 */
export function deal(tasks: readonly Task[], missing: readonly Split[]): Splits {
  const splits: Splits = { train: [], validation: [], test: [] };
  const key = (task: Task): string => JSON.stringify(task.prompt);
  for (const task of tasks) {
    const at = position(key(task));
    const split = SPLITS.find((name) => at < ENDS[name]) ?? 'test';
    splits[missing.includes(split) ? split : 'train'].push(task);
  }
  for (const empty of (['train', ...missing] as const).filter((split) => splits[split].length === 0)) {
    const distinct = (split: Split): number => new Set(splits[split].map(key)).size;
    const [donor = 'train'] = SPLITS.toSorted((a, b) => distinct(b) - distinct(a));
    const last = splits[donor].at(-1);
    // Better no tasks to evaluate on than none to train on.
    if (last === undefined || (distinct(donor) < 2 && empty !== 'train')) continue;
    const isTaken = (task: Task): boolean => key(task) === key(last);
    const taken = splits[donor].filter(isTaken);
    splits[donor] = splits[donor].filter((task) => !isTaken(task));
    splits[empty] = taken;
  }
  return splits;
}
