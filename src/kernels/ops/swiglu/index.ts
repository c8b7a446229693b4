import type * as tf from '@tensorflow/tfjs';
import { OpError } from '../../errors';
import { checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import { gradient } from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<'gateUp', never, 'y', Record<never, never>>(
  {
    name: 'Swiglu',
    outputs: ['y'],
    specs: ({ gateUp }) => ({
      y: { shape: [gateUp[0] as number, (gateUp[1] as number) / 2], dtype: 'float32' },
    }),
    cpu: ({ gateUp }, shapes) => {
      const [rows, columns] = shapes.gateUp as [number, number];
      return { y: cpu.swiglu(gateUp, rows, columns / 2) };
    },
    webgpu: (gpu, { gateUp }, { y }, shapes) => {
      const [rows, columns] = shapes.gateUp as [number, number];
      webgpu.swiglu(gpu, gateUp, y, rows, columns / 2);
    },
  },
  gradient,
);

/**
 * SwiGLU (Shazeer 2020): y [rows, width] = silu(gate)∘up. Differentiable.
 * @param gateUp [rows, 2·width], the gate's columns first
 * @throws OpError
 */
export function swiglu(gateUp: tf.Tensor): tf.Tensor2D {
  const { columns } = checkTensors<'columns'>('swiglu', { gateUp: [gateUp, 'float32', ['rows', 'columns']] });
  if (columns % 2 !== 0) {
    throw new OpError(`swiglu: gateUp must have an even number of columns, gate and up, got ${columns}.`);
  }
  return run({ gateUp }, {}).y as tf.Tensor2D;
}
