/** The exponential of ratios and of k3, which cannot overflow. */

/** As in the kernel (`kernels/vocabulary/row-loss.ts`, where the reason stands). */
export const MAX_EXPONENT = 20;

/** exp(x) up to {@link MAX_EXPONENT}, its tangent there beyond. */
export function boundedExp(x: number): number {
  return x <= MAX_EXPONENT ? Math.exp(x) : boundedExpSlope(x) * (1 + x - MAX_EXPONENT);
}

/** The derivative of {@link boundedExp}. */
export function boundedExpSlope(x: number): number {
  return Math.exp(Math.min(x, MAX_EXPONENT));
}
