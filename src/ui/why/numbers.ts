/** What a step did to its tokens and groups, from the numbers that its update left. Pure. */
import type { TrajectoryView } from '../../grpo/types';
import type { QuestionGroup } from '../tokens';

/** One trained token, log-probs in nats. */
export interface TokenNumbers {
  readonly then: number;
  readonly now: number;
  /** Null without KL. */
  readonly reference: number | null;
  /** After the step; null where it was not measured. */
  readonly after: number | null;
  /** exp(now − then). */
  readonly ratio: number;
  readonly clipped: boolean;
  /** ∂ loss / ∂ log-prob. */
  readonly slope: number;
  /** |slope| of the sum over the step's trained tokens. */
  readonly share: number;
}

/** Null for a token that was not trained, or of which nothing is known. */
export function tokenNumbers({ update }: TrajectoryView, token: number): TokenNumbers | null {
  const place = update?.at.indexOf(token) ?? -1;
  if (update === undefined || place < 0) return null;
  const of = (values: ArrayLike<number>): number => values[place] ?? NaN;
  const [then, now, slope] = [of(update.then), of(update.now), of(update.slope)];
  return {
    ...{ then, now, slope },
    reference: update.reference === null ? null : of(update.reference),
    after: update.after === null ? null : of(update.after),
    ratio: Math.exp(now - then),
    clipped: of(update.clipped) === 1,
    share: update.stepSlope > 0 ? Math.abs(slope) / update.stepSlope : 0,
  };
}

/** A token and how far the step moved its probability. */
export interface Moved {
  readonly item: TrajectoryView;
  readonly token: number;
  readonly before: number;
  readonly after: number;
}

/**
 * The tokens whose probability the step changed most. Rollouts of a group share their beginnings: of tokens that moved
 * alike behind the same token, one is named.
 */
export function movedMost(items: readonly TrajectoryView[], count: number): Moved[] {
  const all = items.flatMap((item): Moved[] => {
    const { update } = item;
    const { after } = update ?? { after: null };
    if (update === undefined || after === null) return [];
    return Array.from(update.at, (token, k) => ({
      ...{ item, token },
      before: Math.exp(update.now[k] ?? 0),
      after: Math.exp(after[k] ?? 0),
    }));
  });
  const seen = new Set<string>();
  return all
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .filter(({ item, token, before, after }) => {
      const key = [item.group, token, item.tokens[token], before.toFixed(4), after.toFixed(4)].join(' ');
      return !seen.has(key) && seen.add(key) !== undefined;
    })
    .slice(0, count);
}

/** Why a group was trained on or left out. */
export type GroupReason = 'kept' | 'unscorable' | 'all-right' | 'all-wrong' | 'alike' | 'little-spread';

/** Spread that rounding alone can make. */
const NO_SPREAD = 1e-9;

export function groupReason({ items, kept }: Pick<QuestionGroup, 'items' | 'kept'>): GroupReason {
  if (kept) return 'kept';
  const scored = items.filter(({ scorable }) => scorable !== false);
  if (scored.length < 2) return 'unscorable';
  const rewards = scored.map(({ reward }) => reward);
  if (Math.max(...rewards) - Math.min(...rewards) > NO_SPREAD) return 'little-spread';
  if (scored.every(({ correct }) => correct === true)) return 'all-right';
  return scored.every(({ correct }) => correct === false) ? 'all-wrong' : 'alike';
}
