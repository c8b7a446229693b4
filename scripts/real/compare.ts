/** How far a result of `verify` is from a referee's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VerifyResult } from '../../src/grpo/verify';
import { parseSafetensors, toFloat32 } from '../../src/formats/safetensors';
import { aligned } from '../../src/formats/float';

/** What a referee writes of a pass; see `referee/case.py`. */
export type Expected = Pick<VerifyResult, 'loss' | 'logprobs' | 'ref_logprobs'>;

/** Gradients by PEFT's names. */
export type Gradients = ReadonlyMap<string, Float64Array>;

/** Distances from float64. Log-probs in nats, with and without the adapter; the others relative. */
export interface Gaps {
  readonly logprob: number;
  readonly logprobMean: number;
  readonly loss: number;
  /** Of all gradients as one vector, and of the tensor that is furthest. */
  readonly gradient: number;
  readonly gradientWorst: number;
  /** By tensor. */
  readonly gradients: ReadonlyMap<string, number>;
  /** Of all gradients as one vector. */
  readonly cosine: number;
  readonly ratio: number;
}

export function gapsOf(
  found: { readonly result: Expected; readonly gradients: Gradients },
  wanted: { readonly expected: Expected; readonly gradients: Gradients },
): Gaps {
  const gaps = (['logprobs', 'ref_logprobs'] as const).flatMap((name) =>
    wanted.expected[name].flatMap((row, s) =>
      row.map((value, t) => Math.abs(value - (found.result[name][s]?.[t] ?? NaN))),
    ),
  );
  const gradients = new Map<string, number>();
  let [far, own, both, size] = [0, 0, 0, 0];
  for (const [name, grad] of wanted.gradients) {
    const other = found.gradients.get(name) ?? new Float64Array(grad.length).fill(NaN);
    let [distance, squares] = [0, 0];
    grad.forEach((value, i) => {
      const mine = other[i] ?? NaN;
      distance += (mine - value) ** 2;
      squares += value * value;
      own += mine * mine;
      both += mine * value;
    });
    gradients.set(name, Math.sqrt(distance / squares));
    far += distance;
    size += squares;
  }
  const { loss } = wanted.expected;
  return {
    logprob: Math.max(...gaps),
    logprobMean: gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length,
    loss: Math.abs(found.result.loss - loss) / Math.abs(loss),
    gradient: Math.sqrt(far / size),
    gradientWorst: Math.max(...gradients.values()),
    gradients,
    cosine: both / Math.sqrt(own * size),
    ratio: Math.sqrt(own / size),
  };
}

/** The files that `verify` writes. */
export function readResult(files: ReadonlyMap<string, Uint8Array>): {
  result: VerifyResult;
  gradients: Gradients;
} {
  return {
    result: JSON.parse(new TextDecoder().decode(files.get('result.json'))) as VerifyResult,
    gradients: readGradients(files.get('grads.safetensors') as Uint8Array, 'grads.safetensors'),
  };
}

/** `expected.json` and `expected_grads.safetensors` of a case. */
export function readExpected(folder: string): { expected: Expected; gradients: Gradients } {
  const path = join(folder, 'expected_grads.safetensors');
  return {
    expected: JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected,
    gradients: readGradients(readFileSync(path), path),
  };
}

/** float64 stays what it is: half of float32's last digit is half of what is measured. */
function readGradients(bytes: Uint8Array, origin: string): Gradients {
  return new Map(
    [...parseSafetensors(bytes, origin).tensors].map(([name, { dtype, data }]) => {
      if (dtype !== 'F64') return [name, Float64Array.from(toFloat32({ dtype, data }, name, origin))];
      const { buffer, byteOffset, byteLength } = aligned(data, 8);
      return [name, new Float64Array(buffer, byteOffset, byteLength / 8)];
    }),
  );
}
