import type * as tf from '@tensorflow/tfjs';
import type { RotaryShape } from '../../rotary/rotary';
import { defineGradientKernel, type Gradient, type Shape } from '../register';
import { rmsNormWeightGradient } from '../rms-norm/gradient';
import * as cpu from './cpu';
import * as webgpu from './webgpu';

export type RotaryAttributes = {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly eps: number;
};

export const shapeOf = (qkv: Shape, attrs: RotaryAttributes): RotaryShape => ({
  heads: attrs.heads,
  kvHeads: attrs.kvHeads,
  headDim: attrs.headDim,
  eps: attrs.eps,
  rows: qkv[0] as number,
});

export function normOf<T>(q: T | undefined, k: T | undefined): { readonly q: T; readonly k: T } | null {
  return q === undefined || k === undefined ? null : { q, k };
}

const rotaryGradient = defineGradientKernel<
  'dq' | 'dcache' | 'table' | 'position' | 'qkv',
  'qNorm' | 'kNorm',
  'dqkv',
  RotaryAttributes
>({
  name: 'RotaryGradient',
  outputs: ['dqkv'],
  specs: ({ qkv }) => ({ dqkv: { shape: qkv, dtype: 'float32' } }),
  cpu: ({ qNorm, kNorm, ...args }, shapes, attrs) => ({
    dqkv: cpu.rotaryGradient({ ...args, norm: normOf(qNorm, kNorm) }, shapeOf(shapes.qkv, attrs)),
  }),
  webgpu: (gpu, { dcache, qNorm, kNorm, ...args }, { dqkv }, shapes, attrs) => {
    const norm = normOf(qNorm, kNorm);
    webgpu.rotaryGradient(gpu, { ...args, dkv: dcache, dqkv, norm }, shapeOf(shapes.qkv, attrs));
  },
});

export const gradient: Gradient<
  'qkv' | 'table' | 'position',
  'qNorm' | 'kNorm',
  'q' | 'cache',
  RotaryAttributes
> = {
  kind: 'gradient',
  of: ({ dy, inputs: { qkv, table, position, qNorm, kNorm }, attrs }) => {
    const { heads, kvHeads, headDim, eps } = attrs;
    const given = { dq: dy.q, dcache: dy.cache, table, position, qkv };
    const numbers = { heads, kvHeads, headDim, eps };
    /** Σ over rows and the `count` heads from `first` of what the rotation hands back, times the normed head. */
    const weight = (first: number, count: number) => {
      const turnedBack = rotaryGradient(given, numbers).dqkv;
      const heads2d = (tensor: tf.Tensor) =>
        tensor.slice([0, first * headDim], [-1, count * headDim]).reshape([-1, headDim]);
      return rmsNormWeightGradient({ x: heads2d(qkv), dy: heads2d(turnedBack) }, { eps }).dweight;
    };
    return {
      qkv: () => rotaryGradient({ ...given, qNorm, kNorm }, numbers).dqkv,
      qNorm: () => weight(0, heads),
      kNorm: () => weight(heads, kvHeads),
    };
  },
};
