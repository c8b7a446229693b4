/** Comparing results of contestants. */
import type { Check } from './types';

/** Largest difference, over the largest magnitude expected. */
export function compare(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number,
): Check {
  let worst = got.length === expected.length ? 0 : Infinity;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs((got[i] as number) - (expected[i] as number)));
    if (Number.isNaN(got[i])) worst = Infinity;
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  const relative = scale > 0 ? worst / scale : worst;
  return {
    ok: relative <= bound,
    what: `${what}: ${relative.toExponential(1)} (bound ${bound.toExponential(0)})`,
  };
}

/** All of several checks. */
export function together(...checks: readonly Check[]): Check {
  return { ok: checks.every(({ ok }) => ok), what: checks.map(({ what }) => what).join('; ') };
}
