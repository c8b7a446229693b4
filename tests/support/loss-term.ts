/** The default objective's term, for tests of what takes any. */
import { clippedTerm } from '../../src/grpo/objectives/clipped';

export const clipAt = (epsilonLow: number, epsilonHigh: number, delta = 0) =>
  clippedTerm({ epsilonLow, epsilonHigh, delta });
