/** What runs tell about each other, in words. */
import type { Conclusion } from './conclusion';
import { count, integer } from './format';

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** What a sentence about the winner is made of. */
export interface Found {
  readonly ahead: string;
  readonly behind: string;
  /** In percentage points, as the bounds are. */
  readonly points: string;
  readonly low: string;
  readonly high: string;
  readonly seeds: number;
}

export const conclusion = {
  title: 'Conclusion',
  ahead: ({ ahead, behind, points, low, high, seeds }: Found) =>
    `${capital(ahead)} is ahead of ${behind} by ${points} points of accuracy (95 %: ${low} to ${high}; ${count(seeds, 'seed')}).`,
  cannotTell: ({ ahead, behind, points, low, high, seeds }: Found) =>
    `These runs cannot tell whether ${ahead} or ${behind} is better: ${points} points apart, and anything from ${low} to ${high} fits (95 %; ${count(seeds, 'seed')}).`,
  side: ({
    name,
    start,
    end,
  }: {
    readonly name: string;
    readonly start: string | null;
    readonly end: string;
  }) =>
    start === null
      ? `${capital(name)}: ${end} right in the latest evaluation.`
      : `${capital(name)}: from ${start} right before training to ${end} in the latest evaluation.`,
  sign: {
    'entropy-rose': (from: string, to: string) =>
      `Its entropy rose from ${from} to ${to} nats: it has become unsure of its own words.`,
    'entropy-fell': (from: string, to: string) =>
      `Its entropy fell from ${from} to ${to} nats: it has become surer of its words.`,
    'without-call-rose': (from: string, to: string) =>
      `Turns without a readable tool call went from ${from} to ${to}: it writes other things instead.`,
    'moved-far': (kl: string) => `It has moved far from where it started (KL ${kl} nats a token).`,
  },
  cannotSay: 'What these numbers cannot say:',
  limit: {
    'one-seed': 'with one seed, whether another seed would say the same.',
    'few-questions': (questions: number, margin: string) =>
      `${count(questions, 'question')} give one accuracy to about ±${margin} points only.`,
    'unequal-steps': (names: readonly [string, string], steps: readonly [number, number]) =>
      `The runs have come to different steps (${names[0]} to ${integer(steps[0])}, ${names[1]} to ${integer(steps[1])}).`,
    'seeds-disagree': (names: readonly [string, string], ahead: number, behind: number) =>
      `The seeds disagree: ${names[0]} is better in ${ahead} and ${names[1]} in ${behind}.`,
  },
};

/** The sentence that names the winner, or says that there is none. @param fixed a number with so many digits behind the point */
export function verdictWords(
  names: readonly [string, string],
  { verdict, difference, interval, seeds }: Conclusion,
  words: Pick<typeof conclusion, 'ahead' | 'cannotTell'>,
  fixed: (value: number, digits: number) => string,
): string {
  const points = (share: number): string => fixed(100 * share, 0);
  const of: Found = {
    ahead: verdict === 'behind' ? names[1] : names[0],
    behind: verdict === 'behind' ? names[0] : names[1],
    points: points(Math.abs(difference)),
    low: points(verdict === 'behind' ? -interval.high : interval.low),
    high: points(verdict === 'behind' ? -interval.low : interval.high),
    seeds,
  };
  return verdict === 'cannot-tell' ? words.cannotTell(of) : words.ahead(of);
}
