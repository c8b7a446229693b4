/** What a run of this page looks at beside its training. Pure. */
import type { Watching } from '../../grpo/types';

/** What the visitor has chosen of it. */
export interface WatchChoice {
  /** Whether each step measures what it has changed. */
  readonly moves: boolean;
  /** The task that is followed; null: the first validation task. */
  readonly taskId: string | null;
}

export const WATCH_ALL: WatchChoice = { moves: true, taskId: null };

/** Two groups or so of the usual sizes: enough to see why, and little beside a step's own work. */
const MEASURED = { moves: 16, logits: 8 } as const;
/** Steps between two answers of the followed task. */
export const FOLLOW_EVERY = 4;

export function watchingOf({ moves, taskId }: WatchChoice): Watching {
  return {
    ...(moves ? MEASURED : { moves: 0, logits: 0 }),
    follow: { taskId, every: FOLLOW_EVERY },
  };
}

/** At most so many of a list, its first and last among them, evenly between. */
export function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))] as T);
}
