import type * as tf from '@tensorflow/tfjs';
import { OpError } from '../../errors';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp } from '../register';
import { encodeBlocks, type LinearAttributes, linearBlocks, type LinearTarget, NO_LOW_RANK } from './blocks';
import * as cpu from './cpu';
import { gradient, lowRankOf, shapeOf } from './gradient';
import * as webgpu from './webgpu';

export type { LinearTarget };

const run = defineOp<'x' | 'weight', 'bias' | 'residual' | 'a' | 'b', 'y', LinearAttributes>(
  {
    name: 'Linear',
    outputs: ['y'],
    specs: ({ x, weight }) => ({
      y: { shape: [x[0] as number, weight[0] as number], dtype: 'float32' },
    }),
    cpu: ({ x, weight, bias, residual, a, b }, shapes, attrs) => {
      const low =
        a === undefined || b === undefined || shapes.a === undefined
          ? null
          : lowRankOf(a, b, shapes.a, attrs);
      return { y: cpu.linear({ x, weight, bias, residual, low }, shapeOf(shapes.weight, shapes.x)) };
    },
    webgpu: (gpu, { x, weight, bias = null, residual = null, a, b }, { y }, shapes, attrs) => {
      const low =
        a === undefined || b === undefined || shapes.a === undefined
          ? null
          : lowRankOf(a, b, shapes.a, attrs);
      webgpu.linear(gpu, { x, weight, bias, residual, low, out: y }, shapeOf(shapes.weight, shapes.x));
    },
  },
  gradient,
);

/** What {@link linear} adds to the product. */
export interface LinearOptions {
  /** [outputs]; not together with `residual`. */
  readonly bias?: tf.Tensor;
  /** [rows, outputs], added to the result. */
  readonly residual?: tf.Tensor;
  /** A low-rank change of the weight. */
  readonly lora?: {
    /** [targets·rank, inputs], the A matrices of the targets one under the other. */
    readonly a: tf.Tensor;
    /** [Σ target rows, rank], the B matrices likewise. */
    readonly b: tf.Tensor;
    /** alpha / rank, where a target has no scale of its own. */
    readonly scale: number;
    /** Which outputs are adapted, in order; all as one target when not given. */
    readonly targets?: readonly LinearTarget[];
  };
}

/**
 * y [rows, outputs] = x·weightᵀ + bias + scale·(x·aᵀ)·bᵀ + residual (LoRA: Hu et al. 2021). Differentiable in all tensors.
 * @param x [rows, inputs]
 * @param weight [outputs, inputs]
 * @throws OpError
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, options: LinearOptions = {}): tf.Tensor2D {
  const { bias, residual, lora } = options;
  if (bias !== undefined && residual !== undefined) {
    throw OpError.of('op/linear-added');
  }
  const dims = checkTensors<'outputs' | 'rank'>('linear', {
    x: [x, 'float32', ['rows', 'inputs']],
    weight: [weight, 'float32', ['outputs', 'inputs']],
    bias: [bias, 'float32', ['outputs']],
    residual: [residual, 'float32', ['rows', 'outputs']],
    'lora.b': [lora?.b, 'float32', ['targetRows', 'rank']],
  });
  if (lora === undefined) return run({ x, weight, bias, residual }, NO_LOW_RANK).y as tf.Tensor2D;
  const targets = lora.targets ?? [{ firstRow: 0, rows: dims.outputs }];
  const blocks = linearBlocks(dims.outputs, targets, { rank: dims.rank, scale: lora.scale });
  checkTensors('linear', {
    x: [x, 'float32', ['rows', 'inputs']],
    'lora.a': [lora.a, 'float32', [targets.length * dims.rank, 'inputs']],
    'lora.b': [lora.b, 'float32', [targets.reduce((sum, { rows }) => sum + rows, 0), 'rank']],
  });
  const scales = [lora.scale, ...targets.flatMap(({ scale }) => scale ?? [])];
  for (const scale of scales) {
    checkNumbers('linear', { 'lora.scale': [scale, -Number.MAX_VALUE, Number.MAX_VALUE] });
  }
  const attrs = { rank: dims.rank, blocks: encodeBlocks(blocks) };
  return run({ x, weight, bias, residual, a: lora.a, b: lora.b }, attrs).y as tf.Tensor2D;
}
