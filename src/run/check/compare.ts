/** What a device computed of a golden case against what PyTorch's autograd gives in float64. */
import type { HostTensors } from '../../formats/tensors';
import type { VerifyResult } from '../../grpo/verify';
import type { GoldenCase } from './cases';

/** What is not as PyTorch has it in float64, in words; empty where all is. */
export function goldenProblems(
  golden: Pick<GoldenCase, 'expected' | 'gradients'>,
  result: VerifyResult,
  found: HostTensors,
): string[] {
  const { expected, gradients } = golden;
  const problems: string[] = [];
  const near = (what: string, value: number, wanted: number, bound: number) => {
    if (!(Math.abs(value - wanted) <= bound)) problems.push(`${what} is ${value}, not ${wanted} ± ${bound}`);
  };
  near('loss', result.loss, expected.loss, 1e-4 * Math.abs(expected.loss));
  near('kl', result.kl, expected.kl, 1e-4 * expected.kl + 1e-7);
  near('clip_fraction', result.clip_fraction, expected.clip_fraction, 5e-7);
  near('trainable_tokens', result.trainable_tokens, expected.trainable_tokens, 0);
  near('total_tokens', result.total_tokens, expected.total_tokens, 0);
  if (!(result.forest_tokens < expected.total_tokens)) problems.push('nothing was shared in the forest');
  for (const name of ['logprobs', 'ref_logprobs'] as const) {
    near(`largest gap of ${name}`, largestGap(result[name], expected[name]), 0, 1e-4);
  }
  const names = (tensors: HostTensors) => [...tensors.keys()].sort().join();
  if (names(found) !== names(gradients)) problems.push(`gradients are those of ${names(found)}`);
  let squares = 0;
  for (const [name, { data, shape }] of gradients) {
    const own = found.get(name);
    if (own?.shape.join() !== shape.join()) problems.push(`${name} has shape ${own?.shape.join() ?? 'none'}`);
    near(`error of ${name}`, relativeError(own?.data ?? new Float32Array(data.length), data), 0, 1e-3);
    for (const g of data) squares += g * g;
  }
  near('grad_norm by expected', result.grad_norm / Math.sqrt(squares), 1, 1e-4);
  return problems;
}

/** Infinity where lengths differ. */
function largestGap(found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  const lengths = (rows: readonly (readonly number[])[]) => rows.map(({ length }) => length).join();
  if (lengths(found) !== lengths(wanted)) return Infinity;
  return Math.max(
    ...found.flatMap((row, s) => row.map((value, t) => Math.abs(value - (wanted[s]?.[t] as number)))),
  );
}

/** ‖a − b‖ / ‖b‖, or ‖a‖ where b is zero. */
export function relativeError(a: Float32Array, b: Float32Array): number {
  let gap = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    gap += ((a[i] as number) - (b[i] as number)) ** 2;
    size += (b[i] as number) ** 2;
  }
  return Math.sqrt(size === 0 ? gap : gap / size);
}
