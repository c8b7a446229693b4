import type * as tf from '@tensorflow/tfjs';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import { gradient } from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<'ids' | 'table', never, 'y', { scale: number }>(
  {
    name: 'Embedding',
    outputs: ['y'],
    specs: ({ ids, table }) => ({ y: { shape: [ids[0] as number, table[1] as number], dtype: 'float32' } }),
    cpu: ({ ids, table }, shapes, { scale }) => ({
      y: cpu.embedding(ids, table, shapes.table[1] as number, scale),
    }),
    webgpu: (gpu, { ids, table }, { y }, shapes, { scale }) => {
      const [rows, width] = shapes.table as [number, number];
      webgpu.embedding(gpu, ids, table, y, { count: shapes.ids[0] as number, rows, width }, scale);
    },
  },
  gradient,
);

/**
 * Rows of a table: y [count, width] = scale · table[ids]. Ids outside the table give zeros, on every backend.
 * Differentiable in `table`, in a fixed order of addition.
 * @param ids int32 [count]
 * @param table [rows, width]
 * @throws OpError
 */
export function embedding(ids: tf.Tensor, table: tf.Tensor, scale = 1): tf.Tensor2D {
  checkTensors('embedding', { ids: [ids, 'int32', ['count']], table: [table, 'float32', ['rows', 'width']] });
  checkNumbers('embedding', { scale: [scale, -Number.MAX_VALUE, Number.MAX_VALUE] });
  return run({ ids, table }, { scale }).y as tf.Tensor2D;
}
