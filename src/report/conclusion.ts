/** What runs of two kinds, seed by seed, say about which is better: numbers that any language can put into words. Pure. */
import { mean } from '../statistics';
import { paired, type SeedValue } from './spread';

/** Right answers of an evaluation. */
export interface Counted {
  readonly right: number;
  readonly questions: number;
}

/** A number at a run's first steps and at its last. */
export interface Change {
  readonly from: number;
  readonly to: number;
}

/** One run, as far as it has come. */
export interface Outcome {
  readonly seed: number;
  readonly steps: number;
  /** Before the first step; null where that was not measured. */
  readonly start: Counted | null;
  /** In the latest evaluation; null before the first. */
  readonly end: Counted | null;
  /** Nats per token; null where not measured. */
  readonly entropy: Change | null;
  /** Against the start, in nats per token, at the last step that has it. */
  readonly kl: number | null;
  /** Share of turns without a call that could be read. */
  readonly withoutCall: Change | null;
}

/** What became of the runs of one kind; means over their seeds. */
export interface Side {
  /** Share of right answers, over all questions of all seeds. */
  readonly accuracy: number;
  readonly start: number | null;
  readonly signs: readonly Sign[];
}

/** A sign of what happened inside, where it is plain to see. */
export type Sign =
  | { readonly kind: 'entropy-rose' | 'entropy-fell' | 'without-call-rose'; readonly change: Change }
  | { readonly kind: 'moved-far'; readonly kl: number };

export type Limit =
  | { readonly kind: 'one-seed' }
  /** Half of the 95 % interval of one accuracy, as a share. */
  | { readonly kind: 'few-questions'; readonly questions: number; readonly margin: number }
  | { readonly kind: 'unequal-steps'; readonly steps: readonly [number, number] }
  | { readonly kind: 'seeds-disagree'; readonly ahead: number; readonly behind: number };

export interface Conclusion {
  /** Of the first kind against the second. */
  readonly verdict: 'ahead' | 'behind' | 'cannot-tell';
  /** Mean over the seeds, first less second, as a share. */
  readonly difference: number;
  /** 95 % interval of the difference, as shares. */
  readonly interval: { readonly low: number; readonly high: number };
  readonly seeds: number;
  readonly questions: number;
  readonly sides: readonly [Side, Side];
  /** What these numbers cannot tell. */
  readonly limits: readonly Limit[];
}

const Z = 1.96;
/** Questions below which one accuracy is known to no better than about ten points. */
const FEW_QUESTIONS = 100;

/**
 * Compares two kinds of runs over the seeds that both have. An order is claimed where the 95 % interval of the difference
 * leaves zero out and no seed says the opposite. The interval is that of Agresti and Caffo (2000, The American
 * Statistician 54:280) on the counts of all seeds together, or that of the spread between seeds where it is wider. Both
 * sides answer the same questions, so the interval is wide rather than narrow.
 * @returns null when no seed has an evaluation after its start on both sides
 */
export function conclude(first: readonly Outcome[], second: readonly Outcome[]): Conclusion | null {
  const [a, b] = [evaluated(first, second), evaluated(second, first)];
  const pair = paired(a.map(shareOf), b.map(shareOf));
  if (pair === null) return null;
  const difference = pair.difference.mean;
  const [pooledA, pooledB] = [pooled(a), pooled(b)];
  const [low, high] = interval(pooledA, pooledB, difference, pair.difference.values);
  const disagree = pair.ahead > 0 && pair.behind > 0;
  const verdict = disagree ? 'cannot-tell' : low > 0 ? 'ahead' : high < 0 ? 'behind' : 'cannot-tell';
  return {
    verdict,
    difference,
    interval: { low, high },
    seeds: pair.seeds,
    questions: Math.min(...[...a, ...b].map(({ end }) => end.questions)),
    sides: [sideOf(a), sideOf(b)],
    limits: limitsOf(a, b, pair),
  };
}

type Evaluated = Outcome & { readonly end: Counted };

/**
 * Those that were evaluated, of seeds that the others were evaluated with as well; in the order of seeds. A run made again
 * under its seed is no new evidence: of each seed the one counts that came furthest, of equal ones the last.
 */
function evaluated(own: readonly Outcome[], others: readonly Outcome[]): Evaluated[] {
  const isThere = (one: Outcome): one is Evaluated => one.end !== null && one.end.questions > 0;
  const seeds = new Set(others.filter(isThere).map(({ seed }) => seed));
  const bySeed = new Map<number, Evaluated>();
  for (const one of own.filter(isThere)) {
    const other = bySeed.get(one.seed);
    if (seeds.has(one.seed) && (other === undefined || one.steps >= other.steps)) bySeed.set(one.seed, one);
  }
  return [...bySeed.values()].sort((x, y) => x.seed - y.seed);
}

function shareOf({ seed, end }: Evaluated): SeedValue {
  return { seed, value: end.right / end.questions };
}

function pooled(runs: readonly Evaluated[]): Counted {
  return runs.reduce(
    (sum, { end }) => ({ right: sum.right + end.right, questions: sum.questions + end.questions }),
    { right: 0, questions: 0 },
  );
}

function interval(a: Counted, b: Counted, difference: number, bySeed: readonly number[]): [number, number] {
  // One success and one failure more on each side keeps the width honest at 0 % and 100 %.
  const [p, q] = [a, b].map(({ right, questions }) => (right + 1) / (questions + 2)) as [number, number];
  const counted = Math.sqrt((p * (1 - p)) / (a.questions + 2) + (q * (1 - q)) / (b.questions + 2));
  const n = bySeed.length;
  const centre = mean(bySeed);
  const variance = n < 2 ? 0 : bySeed.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1);
  const half = Math.max(Z * counted, (T_975[n - 2] ?? Z) * Math.sqrt(variance / Math.max(1, n)));
  const middle = n < 2 ? p - q : difference;
  return [Math.max(-1, middle - half), Math.min(1, middle + half)];
}

/** Student's t at 97.5 % for 1, 2, … degrees of freedom. */
const T_975 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

function sideOf(runs: readonly Evaluated[]): Side {
  const { right, questions } = pooled(runs);
  const starts = runs.flatMap(({ start }) => (start === null ? [] : [start.right / start.questions]));
  return {
    accuracy: right / questions,
    start: starts.length === 0 ? null : mean(starts),
    signs: signsOf(runs),
  };
}

function signsOf(runs: readonly Outcome[]): Sign[] {
  const entropy = meanChange(runs.map((run) => run.entropy));
  const withoutCall = meanChange(runs.map((run) => run.withoutCall));
  const kls = runs.flatMap(({ kl }) => (kl === null ? [] : [kl]));
  const signs: Sign[] = [];
  if (entropy !== null && entropy.to > 2 * entropy.from && entropy.to - entropy.from > 0.2) {
    signs.push({ kind: 'entropy-rose', change: entropy });
  } else if (entropy !== null && entropy.to < entropy.from / 2 && entropy.from - entropy.to > 0.1) {
    signs.push({ kind: 'entropy-fell', change: entropy });
  }
  if (kls.length > 0 && mean(kls) > 1) signs.push({ kind: 'moved-far', kl: mean(kls) });
  if (withoutCall !== null && withoutCall.to - withoutCall.from > 0.1) {
    signs.push({ kind: 'without-call-rose', change: withoutCall });
  }
  return signs;
}

function meanChange(changes: readonly (Change | null)[]): Change | null {
  const there = changes.filter((change) => change !== null);
  if (there.length === 0) return null;
  return { from: mean(there.map(({ from }) => from)), to: mean(there.map(({ to }) => to)) };
}

function limitsOf(
  a: readonly Evaluated[],
  b: readonly Evaluated[],
  { seeds, ahead, behind }: { readonly seeds: number; readonly ahead: number; readonly behind: number },
): Limit[] {
  const limits: Limit[] = [];
  if (ahead > 0 && behind > 0) limits.push({ kind: 'seeds-disagree', ahead, behind });
  if (seeds === 1) limits.push({ kind: 'one-seed' });
  const questions = Math.min(...[...a, ...b].map(({ end }) => end.questions));
  if (questions < FEW_QUESTIONS) {
    limits.push({ kind: 'few-questions', questions, margin: Z * Math.sqrt(0.25 / questions) });
  }
  const [stepsA, stepsB] = [a, b].map((runs) => mean(runs.map(({ steps }) => steps))) as [number, number];
  if (stepsA !== stepsB) limits.push({ kind: 'unequal-steps', steps: [stepsA, stepsB] });
  return limits;
}
