import * as tf from '@tensorflow/tfjs';
import type { AdamWStep } from '../../optimizer/adamw';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import { type AdamWAttributes, type AdamWInputs, gradient } from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<AdamWInputs, never, 'parameters' | 'm' | 'v' | 'norm', AdamWAttributes>(
  {
    name: 'AdamW',
    outputs: ['parameters', 'm', 'v', 'norm'],
    specs: ({ parameters }) => ({
      parameters: { shape: parameters, dtype: 'float32' },
      m: { shape: parameters, dtype: 'float32' },
      v: { shape: parameters, dtype: 'float32' },
      norm: { shape: [], dtype: 'float32' },
    }),
    cpu: (inputs, _, attrs) => cpu.adamW(inputs, attrs),
    webgpu: (gpu, inputs, outputs, _, attrs) => webgpu.adamW(gpu, inputs, outputs, attrs),
  },
  gradient,
);

/** What an update changes. Flat, one length, the parameters of all layers in one. */
export interface AdamWVariables {
  readonly parameters: tf.Variable;
  readonly m: tf.Variable;
  readonly v: tf.Variable;
}

/**
 * Clips the gradient to a global norm and takes one AdamW step (Loshchilov & Hutter 2019) on the variables. Not
 * differentiable.
 * @param gradient [length], left as it is; when its norm is not finite the variables keep their values
 * @returns the gradient's norm before clipping, a scalar
 * @throws OpError
 */
export function adamW(variables: AdamWVariables, gradient: tf.Tensor, step: AdamWStep): tf.Scalar {
  checkTensors('adamW', {
    parameters: [variables.parameters, 'float32', ['length']],
    gradient: [gradient, 'float32', ['length']],
    m: [variables.m, 'float32', ['length']],
    v: [variables.v, 'float32', ['length']],
  });
  const { learningRate, beta1, beta2, eps, weightDecay, maxGradNorm } = step;
  checkNumbers('adamW', {
    learningRate: [learningRate, 0, 1e6],
    beta1: [beta1, 0, 1 - 2 ** -53],
    beta2: [beta2, 0, 1 - 2 ** -53],
    eps: [eps, 0, 1],
    weightDecay: [weightDecay, 0, 1e6],
    maxGradNorm: [maxGradNorm, 0, Infinity],
    step: [step.step, 1, Number.MAX_SAFE_INTEGER, 'integer'],
  });
  return tf.tidy(() => {
    const { parameters, m, v, norm } = run(
      { ...variables, gradient },
      { learningRate, beta1, beta2, eps, weightDecay, maxGradNorm, step: step.step },
    );
    variables.parameters.assign(parameters);
    variables.m.assign(m);
    variables.v.assign(v);
    return norm as tf.Scalar;
  });
}
