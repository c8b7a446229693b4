import * as tf from '@tensorflow/tfjs';
import type { MuonStep } from '../../optimizer/muon';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp, type Shape } from '../register';
import * as cpu from './cpu';
import { gradient, type MuonAttributes, type MuonInputs } from './gradient';
import * as webgpu from './webgpu';

const sizes = (shape: Shape) => {
  const [count, rows, cols] = shape as readonly [number, number, number];
  return { count, rows, cols };
};

const run = defineOp<MuonInputs, never, 'parameters' | 'momentum', MuonAttributes>(
  {
    name: 'Muon',
    outputs: ['parameters', 'momentum'],
    specs: ({ parameters }) => ({
      parameters: { shape: parameters, dtype: 'float32' },
      momentum: { shape: parameters, dtype: 'float32' },
    }),
    cpu: (inputs, { parameters }, attrs) => cpu.muon(inputs, sizes(parameters), attrs),
    webgpu: (gpu, inputs, outputs, { parameters }, attrs) =>
      webgpu.muon(gpu, inputs, outputs, sizes(parameters), attrs),
  },
  gradient,
);

/** What an update changes: [count, rows, cols], matrices of one shape. */
export interface MuonVariables {
  readonly parameters: tf.Variable;
  readonly momentum: tf.Variable;
}

/**
 * One step of Muon (Jordan 2024) on the variables, each matrix orthogonalised by itself. Not differentiable.
 * @param gradient [count, rows, cols], left as it is; one that is not finite leaves the variables as they are
 * @throws OpError
 */
export function muon(variables: MuonVariables, gradient: tf.Tensor, step: MuonStep): void {
  checkTensors('muon', {
    parameters: [variables.parameters, 'float32', ['count', 'rows', 'cols']],
    gradient: [gradient, 'float32', ['count', 'rows', 'cols']],
    momentum: [variables.momentum, 'float32', ['count', 'rows', 'cols']],
  });
  const { learningRate, momentum, weightDecay } = step;
  checkNumbers('muon', {
    learningRate: [learningRate, 0, 1e6],
    momentum: [momentum, 0, 1 - 2 ** -53],
    weightDecay: [weightDecay, 0, 1e6],
  });
  tf.tidy(() => {
    const next = run({ ...variables, gradient }, { learningRate, momentum, weightDecay });
    variables.parameters.assign(next.parameters);
    variables.momentum.assign(next.momentum);
  });
}
