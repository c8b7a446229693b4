import type * as tf from '@tensorflow/tfjs';
import { OpError } from '../../errors';
import { type Activation, ACTIVATIONS } from '../../swiglu/swiglu';
import { checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import { activationOf, type GateAttributes, gradient } from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<'gateUp', never, 'y', GateAttributes>(
  {
    name: 'Swiglu',
    outputs: ['y'],
    specs: ({ gateUp }) => ({
      y: { shape: [gateUp[0] as number, (gateUp[1] as number) / 2], dtype: 'float32' },
    }),
    cpu: ({ gateUp }, shapes, attrs) => {
      const [rows, columns] = shapes.gateUp as [number, number];
      return { y: cpu.swiglu(gateUp, rows, columns / 2, activationOf(attrs)) };
    },
    webgpu: (gpu, { gateUp }, { y }, shapes, attrs) => {
      const [rows, columns] = shapes.gateUp as [number, number];
      webgpu.swiglu(gpu, gateUp, y, rows, columns / 2, activationOf(attrs));
    },
  },
  gradient,
);

/**
 * SwiGLU (Shazeer 2020): y [rows, width] = silu(gate)∘up, or GEGLU with the tanh formula of GELU. Differentiable.
 * @param gateUp [rows, 2·width], the gate's columns first
 * @throws OpError
 */
export function swiglu(gateUp: tf.Tensor, activation: Activation = 'silu'): tf.Tensor2D {
  if (!ACTIVATIONS.includes(activation)) {
    throw OpError.of('op/activation', { known: ACTIVATIONS, found: String(activation) });
  }
  const { columns } = checkTensors<'columns'>('swiglu', { gateUp: [gateUp, 'float32', ['rows', 'columns']] });
  if (columns % 2 !== 0) {
    throw OpError.of('op/odd-columns', { columns });
  }
  return run({ gateUp }, { isGelu: activation === 'gelu_tanh' }).y as tf.Tensor2D;
}
