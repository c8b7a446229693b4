/** How many questions of which family an inbox contributes. */
import type { Random } from '../../src/random/philox';
import type { Candidate } from './inbox';

/** Per inbox; families of {@link Candidate}. Two thirds are plain look-ups. */
export const FAMILY_COUNTS: Readonly<Record<string, number>> = {
  single: 16,
  latest: 3,
  'filter-sender': 2,
  'filter-date': 1,
  unanswerable: 2,
};

/** Up to the asked number of every family, in random order. */
export function chooseQuestions(
  candidates: readonly Candidate[],
  counts: Readonly<Record<string, number>>,
  random: Random,
): Candidate[] {
  const left = new Map(Object.entries(counts));
  return random.shuffle(candidates).filter(({ family }) => {
    const count = left.get(family) ?? 0;
    left.set(family, count - 1);
    return count > 0;
  });
}
