/** Which trajectories the page holds, and how they are looked at. Pure. */
import type { TrajectoryView } from '../grpo/types';
import type { Followed, TrajectoryBatch } from '../report/kept-trajectories';
import { NO_FILTER, type TrajectoryFilter } from './trajectories/filter';

export type Colouring = 'mask' | 'advantage' | 'logprob';

export interface TrajectoryState {
  /** The latest few, oldest first. */
  readonly batches: readonly TrajectoryBatch[];
  /** Null follows the newest step. */
  readonly step: number | null;
  readonly open: { readonly group: number; readonly rollout: number } | null;
  readonly colouring: Colouring;
  /** Of the open trajectory, the token whose numbers are shown in full; null for none. */
  readonly token: number | null;
  readonly filter: TrajectoryFilter;
  /** The task that is followed, by step. */
  readonly followed: readonly Followed[];
}

/** Steps whose trajectories are kept for browsing: the latest, up to so many tokens, but some steps always. */
export const KEPT_BATCHES = { least: 8, most: 40, tokens: 300_000 } as const;

/** Of steps in their order, with their tokens, those that are too many. */
export function tooManyBatches(
  steps: readonly { readonly step: number; readonly tokens: number }[],
): number[] {
  let tokens = 0;
  const latest = [...steps].reverse();
  const first = latest.findIndex((one, i) => {
    tokens += one.tokens;
    return i >= KEPT_BATCHES.least && (i >= KEPT_BATCHES.most || tokens > KEPT_BATCHES.tokens);
  });
  return first < 0 ? [] : latest.slice(first).map(({ step }) => step);
}

export const tokensOf = (items: readonly TrajectoryView[]): number =>
  items.reduce((sum, { tokens }) => sum + tokens.length, 0);

/** Answers of the followed task that are kept: the first and the latest. */
export const KEPT_FOLLOWED_ANSWERS = 40;
export const NO_TRAJECTORIES: TrajectoryState = {
  batches: [],
  step: null,
  open: null,
  colouring: 'mask',
  token: null,
  filter: NO_FILTER,
  followed: [],
};

/** Null where the step that is asked for was not kept. */
export function shownBatch(trajectories: TrajectoryState): TrajectoryBatch | null {
  const { batches, step } = trajectories;
  return (step === null ? batches.at(-1) : batches.find((batch) => batch.step === step)) ?? null;
}

/** The opened trajectory, or null when it is not in the step shown. */
export function openTrajectory(trajectories: TrajectoryState): TrajectoryView | null {
  const { open } = trajectories;
  if (open === null) return null;
  const items = shownBatch(trajectories)?.items ?? [];
  return items.find((item) => item.group === open.group && item.rollout === open.rollout) ?? null;
}
