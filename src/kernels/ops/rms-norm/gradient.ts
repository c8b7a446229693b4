import type { RmsNormShape } from '../../rms-norm/rms-norm';
import { defineGradientKernel, type Gradient, type Shape } from '../register';
import * as cpu from './cpu';
import * as webgpu from './webgpu';

export type RmsNormAttributes = { readonly eps: number };

export const shapeOf = (x: Shape, { eps }: RmsNormAttributes): RmsNormShape => ({
  rows: x[0] as number,
  width: x[1] as number,
  eps,
});

const inputGradient = defineGradientKernel<'x' | 'weight' | 'dy', never, 'dx', RmsNormAttributes>({
  name: 'RmsNormGradient',
  outputs: ['dx'],
  specs: ({ x }) => ({ dx: { shape: x, dtype: 'float32' } }),
  cpu: ({ x, weight, dy }, shapes, attrs) => ({
    dx: cpu.rmsNormGradient(x, weight, dy, shapeOf(shapes.x, attrs)),
  }),
  webgpu: (gpu, { x, weight, dy }, { dx }, shapes, attrs) =>
    webgpu.rmsNormGradient(gpu, { x, w: weight, dy, dx }, shapeOf(shapes.x, attrs)),
});

/** Gradient of the weight; the rotary op with q/k norm uses it too. */
export const rmsNormWeightGradient = defineGradientKernel<'x' | 'dy', never, 'dweight', RmsNormAttributes>({
  name: 'RmsNormWeightGradient',
  outputs: ['dweight'],
  specs: ({ x }) => ({ dweight: { shape: [x[1] as number], dtype: 'float32' } }),
  cpu: ({ x, dy }, shapes, attrs) => ({
    dweight: cpu.rmsNormWeightGradient(x, dy, shapeOf(shapes.x, attrs)),
  }),
  webgpu: (gpu, { x, dy }, { dweight }, shapes, attrs) =>
    webgpu.rmsNormWeightGradient(gpu, { x, dy, dw: dweight }, shapeOf(shapes.x, attrs)),
});

export const gradient: Gradient<'x' | 'weight', 'residual', 'y', RmsNormAttributes> = {
  kind: 'gradient',
  of: ({ dy, inputs: { x, weight }, attrs: { eps } }) => ({
    x: () => inputGradient({ x, weight, dy: dy.y }, { eps }).dx,
    weight: () => rmsNormWeightGradient({ x, dy: dy.y }, { eps }).dweight,
    residual: () => dy.y.clone(),
  }),
};
