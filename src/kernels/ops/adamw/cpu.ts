import type { AdamWStep } from '../../optimizer/adamw';
import type { Numbers } from '../register';

export interface AdamWResult {
  readonly parameters: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
  /** Of the gradient before clipping; one number. */
  readonly norm: Float64Array;
}

/**
 * Clipping to the global norm as PyTorch's `clip_grad_norm_`, then AdamW with decay of `learningRate·weightDecay`.
 * A norm that is not finite changes nothing.
 */
export function adamW(
  args: { parameters: Numbers; gradient: Numbers; m: Numbers; v: Numbers },
  step: AdamWStep,
): AdamWResult {
  const { beta1, beta2, learningRate } = step;
  const length = args.parameters.length;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (args.gradient[i] as number) ** 2;
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(Math.fround(norm))) {
    const [parameters, m, v] = [args.parameters, args.m, args.v].map((values) =>
      Float64Array.from(values),
    ) as [Float64Array, Float64Array, Float64Array];
    return { parameters, m, v, norm: Float64Array.of(norm) };
  }
  const factor = norm > step.maxGradNorm ? step.maxGradNorm / (norm + 1e-6) : 1;
  const parameters = new Float64Array(length);
  const m = new Float64Array(length);
  const v = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const g = (args.gradient[i] as number) * factor;
    const first = beta1 * (args.m[i] as number) + (1 - beta1) * g;
    const second = beta2 * (args.v[i] as number) + (1 - beta2) * g * g;
    const mean = first / (1 - beta1 ** step.step);
    const variance = second / (1 - beta2 ** step.step);
    const decayed = (args.parameters[i] as number) * (1 - learningRate * step.weightDecay);
    m[i] = first;
    v[i] = second;
    parameters[i] = decayed - (learningRate * mean) / (Math.sqrt(variance) + step.eps);
  }
  return { parameters, m, v, norm: Float64Array.of(norm) };
}
