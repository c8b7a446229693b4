/** What several tries at each task tell: chances of success, agreement, and how sure a mean of them is. Pure. */
import { mean, sum, wilson, Z95 } from '../statistics';

/**
 * Chance that at least one of k tries is right, estimated without bias from n of which c were right:
 * 1 - C(n - c, k) / C(n, k), as a product that does not overflow (Chen et al. 2021, "Evaluating Large Language Models
 * Trained on Code", arXiv:2107.03374, equation 1 and figure 3). With k = 1 it is c / n.
 * @param n tries; c of them right; k from 1 to n.
 * @throws RangeError for other numbers.
 */
export function passAtK(n: number, c: number, k: number): number {
  if (![n, c, k].every(Number.isInteger) || c < 0 || c > n || k < 1 || k > n) {
    throw new RangeError(`pass@k needs integers 0 <= c <= n and 1 <= k <= n, got n ${n}, c ${c}, k ${k}.`);
  }
  let allWrong = 1;
  for (let i = n - c + 1; i <= n; i++) allWrong *= Math.max(0, 1 - k / i);
  return 1 - allWrong;
}

export interface Agreement {
  /** The answer that most tries give, the earliest of equally frequent ones; null when none gives one. */
  readonly answer: string | null;
  /** Share of all tries that give it, 0 when none gives one. Tries without an answer count, and agree with nobody. */
  readonly share: number;
}

/**
 * The vote of self-consistency (Wang et al. 2022, "Self-Consistency Improves Chain of Thought Reasoning in Language
 * Models", arXiv:2203.11171).
 * @param answers of one task's tries; null where a try gave none.
 * @param keyOf what equal answers have in common; default: the text without spaces around it, in small letters.
 */
export function agreement(
  answers: readonly (string | null)[],
  keyOf: (answer: string) => string = (answer) => answer.trim().toLowerCase(),
): Agreement {
  const votes = new Map<string, { readonly answer: string; count: number }>();
  for (const answer of answers) {
    if (answer === null) continue;
    const key = keyOf(answer);
    const vote = votes.get(key) ?? { answer, count: 0 };
    vote.count++;
    votes.set(key, vote);
  }
  const [first, ...others] = votes.values();
  if (first === undefined) return { answer: null, share: 0 };
  const most = others.reduce((best, vote) => (vote.count > best.count ? vote : best), first);
  return { answer: most.answer, share: most.count / answers.length };
}

/** A mean with its 95 % interval. */
export interface Interval {
  readonly mean: number;
  /** Of the mean. */
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean over all tries with a 95 % interval that takes the tasks, not the tries, as drawn: tries at one task resemble each
 * other, and more of them make no new tasks. The error is clustered by tasks: with x the mean, N the number of tries and
 * x_tj try j at task t, SE = sqrt(T / (T - 1) * sum_t (sum_j (x_tj - x))^2) / N over T tasks (Miller 2024, "Adding Error
 * Bars to Evals", arXiv:2411.00640; the factor is the small-sample correction of Stata and of Cameron and
 * Miller 2015, "A Practitioner's Guide to Cluster-Robust Inference", for a mean). With one try a task it is the usual
 * standard error of a mean.
 *
 * The normal interval is too narrow below some dozens of tasks, and for shares near 0 or 1.
 * @param tasks values of each task's tries; tasks without any are left out.
 * @param bounds the values' own range, which the interval is cut to: 0 and 1 for shares.
 * @returns null without any try; with a single task the error is unknown, and the interval is all of the bounds.
 */
export function clusteredMean(
  tasks: readonly (readonly number[])[],
  bounds: readonly [low: number, high: number] = [-Infinity, Infinity],
): Interval | null {
  const asked = tasks.filter((values) => values.length > 0);
  const tries = asked.flat();
  if (tries.length === 0) return null;
  const centre = mean(tries);
  const [low, high] = bounds;
  if (asked.length === 1) return { mean: centre, standardError: Infinity, low, high };
  const squares = sum(asked.map((values) => sum(values.map((value) => value - centre)) ** 2));
  const standardError = Math.sqrt((asked.length / (asked.length - 1)) * squares) / tries.length;
  return {
    mean: centre,
    standardError,
    low: Math.max(low, centre - Z95 * standardError),
    high: Math.min(high, centre + Z95 * standardError),
  };
}

/**
 * A share over all tries with Wilson's 95 % interval (Wilson 1927, "Probable inference, the law of succession, and
 * statistical inference"; Brown, Cai and DasGupta 2001, "Interval Estimation for a Binomial Proportion", prefer it for few
 * tries): unlike the normal one it has a width where all or none are right. For the number of tries stands the effective
 * one, n = p (1 - p) / SE^2 of {@link clusteredMean} without its small-sample factor, at most the tries there are (the design
 * effect of surveys: Kish 1965, "Survey Sampling"). Where that is unknown, with all tries alike or one task, it is the tasks.
 * @param tasks 0 or 1 for each of a task's tries; tasks without any are left out.
 * @returns null without any try.
 */
export function clusteredShare(tasks: readonly (readonly number[])[]): Interval | null {
  const found = clusteredMean(tasks);
  if (found === null) return null;
  const { mean: share, standardError } = found;
  const asked = tasks.filter((values) => values.length > 0);
  const spread = share * (1 - share);
  const isKnown = spread > 0 && Number.isFinite(standardError);
  const factor = asked.length / (asked.length - 1);
  const n = isKnown ? Math.min(asked.flat().length, (factor * spread) / standardError ** 2) : asked.length;
  return { mean: share, standardError, ...wilson(share, n) };
}
