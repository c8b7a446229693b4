import type { LinearShape } from '../../linear/linear';
import { defineGradientKernel, type Gradient, type Shape } from '../register';
import { decodeBlocks, type LinearAttributes } from './blocks';
import * as cpu from './cpu';
import * as webgpu from './webgpu';

/** @param weight its shape; `rows` of the input or output beside it. */
export const shapeOf = (weight: Shape, rows: Shape): LinearShape => ({
  rows: rows[0] as number,
  inputs: weight[1] as number,
  outputs: weight[0] as number,
});

/** The low-rank part of a call, with matrices of either backend. */
export function lowRankOf<T>(a: T, b: T, shapeA: Shape, attrs: LinearAttributes) {
  return { a, b, rank: attrs.rank, columns: shapeA[0] as number, blocks: decodeBlocks(attrs.blocks) };
}

const inputGradient = defineGradientKernel<'weight' | 'dy', never, 'dx', Record<never, never>>({
  name: 'LinearInputGradient',
  outputs: ['dx'],
  specs: ({ weight, dy }) => ({
    dx: { shape: [dy[0] as number, weight[1] as number], dtype: 'float32' },
  }),
  cpu: ({ weight, dy }, shapes) => ({
    dx: cpu.linearInputGradient(weight, dy, shapeOf(shapes.weight, shapes.dy)),
  }),
  webgpu: (gpu, { weight, dy }, { dx }, shapes) =>
    webgpu.linearInputGradient(gpu, { weight, dy, dx }, shapeOf(shapes.weight, shapes.dy)),
});

const weightGradient = defineGradientKernel<'x' | 'dy', never, 'dweight', Record<never, never>>({
  name: 'LinearWeightGradient',
  outputs: ['dweight'],
  specs: ({ x, dy }) => ({ dweight: { shape: [dy[1] as number, x[1] as number], dtype: 'float32' } }),
  cpu: ({ x, dy }, shapes) => ({
    dweight: cpu.linearWeightGradient(x, dy, { ...columns(shapes), rows: shapes.x[0] as number }),
  }),
  webgpu: (gpu, { x, dy }, { dweight }, shapes) =>
    webgpu.linearWeightGradient(
      gpu,
      { x, dy, dw: dweight },
      { ...columns(shapes), rows: shapes.x[0] as number },
    ),
});

const columns = (shapes: { readonly x: Shape; readonly dy: Shape }) => ({
  inputs: shapes.x[1] as number,
  outputs: shapes.dy[1] as number,
});

const biasGradient = defineGradientKernel<'dy', never, 'dbias', Record<never, never>>({
  name: 'LinearBiasGradient',
  outputs: ['dbias'],
  specs: ({ dy }) => ({ dbias: { shape: [dy[1] as number], dtype: 'float32' } }),
  cpu: ({ dy }, shapes) => ({ dbias: cpu.linearBiasGradient(dy, ofDy(shapes.dy)) }),
  webgpu: (gpu, { dy }, { dbias }, shapes) => webgpu.linearBiasGradient(gpu, dy, dbias, ofDy(shapes.dy)),
});

/** The inputs play no part in the bias. */
const ofDy = (dy: Shape): LinearShape => ({ rows: dy[0] as number, inputs: 0, outputs: dy[1] as number });

const loraGradient = defineGradientKernel<
  'x' | 'weight' | 'a' | 'b' | 'dy',
  never,
  'dx' | 'da' | 'db',
  LinearAttributes
>({
  name: 'LinearLoraGradient',
  outputs: ['dx', 'da', 'db'],
  specs: ({ x, a, b }) => ({
    dx: { shape: x, dtype: 'float32' },
    da: { shape: a, dtype: 'float32' },
    db: { shape: b, dtype: 'float32' },
  }),
  cpu: ({ x, weight, a, b, dy }, shapes, attrs) =>
    cpu.loraGradient(
      { x, weight, dy, low: lowRankOf(a, b, shapes.a, attrs) },
      shapeOf(shapes.weight, shapes.x),
    ),
  webgpu: (gpu, { x, weight, a, b, dy }, { dx, da, db }, shapes, attrs) =>
    webgpu.loraGradient(
      gpu,
      { x, weight, dy, low: lowRankOf(a, b, shapes.a, attrs), dx, da, db },
      shapeOf(shapes.weight, shapes.x),
    ),
});

export const gradient: Gradient<'x' | 'weight', 'bias' | 'residual' | 'a' | 'b', 'y', LinearAttributes> = {
  kind: 'gradient',
  of: ({ dy: { y: dy }, inputs: { x, weight, a, b }, attrs }) => {
    const others = {
      weight: () => weightGradient({ x, dy }, {}).dweight,
      bias: () => biasGradient({ dy }, {}).dbias,
      residual: () => dy.clone(),
    };
    if (a === undefined || b === undefined) {
      return { ...others, x: () => inputGradient({ weight, dy }, {}).dx };
    }
    const { rank, blocks } = attrs;
    // One pass gives all three, of which training an adapter needs all.
    const { dx, da, db } = loraGradient({ x, weight, a, b, dy }, { rank, blocks });
    return { ...others, x: () => dx, a: () => da, b: () => db };
  },
};
