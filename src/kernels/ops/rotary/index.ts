import type * as tf from '@tensorflow/tfjs';
import { OpError } from '../../errors';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import { gradient, normOf, type RotaryAttributes, shapeOf } from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<'qkv' | 'table' | 'position', 'qNorm' | 'kNorm', 'q' | 'cache', RotaryAttributes>(
  {
    name: 'Rotary',
    outputs: ['q', 'cache'],
    specs: ({ qkv }, { heads, kvHeads, headDim }) => ({
      q: { shape: [qkv[0] as number, heads, headDim], dtype: 'float32' },
      cache: { shape: [qkv[0] as number, 2, kvHeads, headDim], dtype: 'float32' },
    }),
    cpu: ({ qNorm, kNorm, ...args }, shapes, attrs) =>
      cpu.rotary({ ...args, norm: normOf(qNorm, kNorm) }, shapeOf(shapes.qkv, attrs)),
    webgpu: (gpu, { qNorm, kNorm, ...args }, { q, cache }, shapes, attrs) =>
      webgpu.rotary(gpu, { ...args, q, cache, norm: normOf(qNorm, kNorm) }, shapeOf(shapes.qkv, attrs)),
  },
  gradient,
);

/** How the columns of the fused projections divide into heads, and what happens to a head before it is rotated. */
export interface RotaryOptions {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** RMSNorm on each query and key head before the rotation (Qwen3): weights [headDim] each. */
  readonly norm?: { readonly q: tf.Tensor; readonly k: tf.Tensor; readonly eps: number };
}

/**
 * Rotary position embedding (Su et al. 2021), rotate-half form: from fused projections to queries [rows, heads, headDim]
 * and keys and values [rows, 2, kvHeads, headDim]. Differentiable in `qkv` and the norm's weights.
 * @param qkv [rows, (heads + 2·kvHeads)·headDim]
 * @param position int32 [rows], each below the table's length, which is not checked
 * @param table cos and sin, [positions, headDim/2, 2], from `rotaryTable`
 * @throws OpError
 */
export function rotary(
  qkv: tf.Tensor,
  position: tf.Tensor,
  table: tf.Tensor,
  options: RotaryOptions,
): { q: tf.Tensor3D; cache: tf.Tensor4D } {
  const { heads, kvHeads, headDim, norm } = options;
  checkNumbers('rotary', {
    heads: [heads, 1, 2 ** 16, 'integer'],
    kvHeads: [kvHeads, 1, 2 ** 16, 'integer'],
    headDim: [headDim, 2, 2 ** 16, 'integer'],
    'norm.eps': [norm?.eps ?? 1, Number.MIN_VALUE, 1],
  });
  if (headDim % 2 !== 0) throw OpError.of('op/odd-head', { headDim });
  checkTensors('rotary', {
    qkv: [qkv, 'float32', ['rows', (heads + 2 * kvHeads) * headDim]],
    position: [position, 'int32', ['rows']],
    table: [table, 'float32', ['positions', headDim / 2, 2]],
    'norm.q': [norm?.q, 'float32', [headDim]],
    'norm.k': [norm?.k, 'float32', [headDim]],
  });
  const { q, cache } = run(
    { qkv, table, position, qNorm: norm?.q, kNorm: norm?.k },
    { heads, kvHeads, headDim, eps: norm?.eps ?? 0 },
  );
  return { q: q as tf.Tensor3D, cache: cache as tf.Tensor4D };
}
