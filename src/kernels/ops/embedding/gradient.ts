import * as tf from '@tensorflow/tfjs';
import { defineGradientKernel, type Gradient } from '../register';
import * as cpu from './cpu';
import * as webgpu from './webgpu';

const embeddingGradient = defineGradientKernel<'ids' | 'dy', never, 'dtable', { rows: number }>({
  name: 'EmbeddingGradient',
  outputs: ['dtable'],
  specs: ({ dy }, { rows }) => ({ dtable: { shape: [rows, dy[1] as number], dtype: 'float32' } }),
  cpu: ({ ids, dy }, shapes, { rows }) => ({
    dtable: cpu.embeddingGradient(ids, dy, rows, shapes.dy[1] as number),
  }),
  webgpu: (gpu, { ids, dy }, { dtable }, shapes, { rows }) => {
    const [count, width] = shapes.dy as [number, number];
    webgpu.embeddingGradient(gpu, ids, dy, dtable, { count, width, rows });
  },
});

export const gradient: Gradient<'ids' | 'table', never, 'y', { scale: number }> = {
  kind: 'gradient',
  of: ({ dy, inputs: { ids, table }, attrs: { scale } }) => ({
    table: () =>
      embeddingGradient({ ids, dy: tf.mul(dy.y, scale) }, { rows: table.shape[0] as number }).dtable,
  }),
};
