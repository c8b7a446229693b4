import type * as tf from '@tensorflow/tfjs';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import { gradient, type RmsNormAttributes, shapeOf } from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<'x' | 'weight', 'residual', 'y', RmsNormAttributes>(
  {
    name: 'RmsNorm',
    outputs: ['y'],
    specs: ({ x }) => ({ y: { shape: x, dtype: 'float32' } }),
    cpu: ({ x, weight, residual }, shapes, attrs) => ({
      y: cpu.rmsNorm(x, weight, shapeOf(shapes.x, attrs), residual),
    }),
    webgpu: (gpu, { x, weight, residual }, { y }, shapes, attrs) =>
      webgpu.rmsNorm(gpu, { x, w: weight, residual, out: y }, shapeOf(shapes.x, attrs)),
  },
  gradient,
);

/**
 * RMSNorm (Zhang & Sennrich 2019): y = weight · x / sqrt(mean(x²) + eps), per row, plus `residual` where it is given.
 * Differentiable in all.
 * @param x [rows, width]
 * @param weight [width]
 * @param eps above zero, so that rows of zeros stay zeros
 * @param residual like x
 * @throws OpError
 */
export function rmsNorm(x: tf.Tensor, weight: tf.Tensor, eps: number, residual?: tf.Tensor): tf.Tensor2D {
  checkTensors('rmsNorm', {
    x: [x, 'float32', ['rows', 'width']],
    weight: [weight, 'float32', ['width']],
    residual: [residual, 'float32', ['rows', 'width']],
  });
  checkNumbers('rmsNorm', { eps: [eps, Number.MIN_VALUE, 1] });
  return run({ x, weight, residual }, { eps }).y as tf.Tensor2D;
}
