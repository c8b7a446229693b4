/** Deals the rows of a file over splits that have no file of their own. */
import { SPLITS, type Split, type Task } from '../types';
import { position } from './identity';

/** Upper ends of the splits' ranges of {@link position}: 80 %, 10 % and 10 %. */
const ENDS: Readonly<Record<Split, number>> = { train: 0.8, validation: 0.9, test: 1 };

export type Splits = Record<Split, Task[]>;

/**
 * By the prompt alone: a row stays in its split when others come or go or its answer is corrected, and equal prompts
 * stay together. What falls to a split that has its own file stays with train.
 * @param missing splits to fill beside train. One left empty by chance takes train's row of the highest position, while
 * train keeps one.
 */
export function deal(tasks: readonly Task[], missing: readonly Split[]): Splits {
  const splits: Splits = { train: [], validation: [], test: [] };
  const positions = new Map(tasks.map((task) => [task, position(JSON.stringify(task.prompt))]));
  const at = (task: Task): number => positions.get(task) ?? 0;
  for (const task of tasks) {
    const split = SPLITS.find((name) => at(task) < ENDS[name]) ?? 'test';
    splits[missing.includes(split) ? split : 'train'].push(task);
  }
  for (const split of missing) {
    if (splits[split].length > 0 || splits.train.length < 2) continue;
    const highest = splits.train.reduce((best, task) => (at(task) > at(best) ? task : best));
    const sameAsHighest = splits.train.filter((task) => at(task) === at(highest));
    if (sameAsHighest.length === splits.train.length) continue;
    splits[split].push(...sameAsHighest);
    splits.train = splits.train.filter((task) => at(task) !== at(highest));
  }
  return splits;
}
