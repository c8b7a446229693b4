/** Plain statistics over small lists; population forms. All answer 0 for an empty list. */

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/** Exactly 0 when all values are equal, whatever rounding does to the mean. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length === 0 || values.every((value) => value === values[0])) return 0;
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.slice().sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

export function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(holds).length / items.length;
}

/** Half the width of a 95 % interval in standard errors, for a normal distribution. */
export const Z95 = 1.959963984540054;

/**
 * Wilson's 95 % interval of a share (Wilson 1927, "Probable inference, the law of succession, and statistical inference").
 * @param n tries that the share was counted on, above 0; need not be whole
 */
export function wilson(share: number, n: number): { readonly low: number; readonly high: number } {
  const z2 = Z95 ** 2;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return {
    // The bound is the share itself where none or all are right; rounding must not put it inside.
    low: share === 0 ? 0 : Math.max(0, centre - half),
    high: share === 1 ? 1 : Math.min(1, centre + half),
  };
}
