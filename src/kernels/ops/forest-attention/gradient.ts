import type { AttentionShape, ForestQueries } from '../../attention/attention';
import { SHARED_LANES, type Slice } from '../../gpu';
import { defineGradientKernel, type Gradient, type Shape } from '../register';
import * as cpu from './cpu';
import * as webgpu from './webgpu';

export type ForestInputs = 'q' | 'cache' | 'end' | 'rows' | 'before' | 'walks';

export const shapeOf = (shapes: { readonly q: Shape; readonly cache: Shape }): AttentionShape => ({
  rows: shapes.q[0] as number,
  heads: shapes.q[1] as number,
  kvHeads: shapes.cache[2] as number,
  headDim: shapes.q[2] as number,
});

/** All rows ask, in blocks of this size on every backend: the tensors are made before one is known. */
export const BLOCK = SHARED_LANES;

export const queriesOf = (
  inputs: { readonly rows: Slice; readonly before: Slice; readonly walks: Slice },
  shape: AttentionShape,
): ForestQueries => ({
  count: shape.rows,
  block: BLOCK,
  rows: inputs.rows,
  before: inputs.before,
  walks: inputs.walks,
});

const forestAttentionGradient = defineGradientKernel<
  ForestInputs | 'out' | 'stats' | 'dout',
  never,
  'dq' | 'dcache',
  Record<never, never>
>({
  name: 'ForestAttentionGradient',
  outputs: ['dq', 'dcache'],
  specs: ({ q, cache }) => ({
    dq: { shape: q, dtype: 'float32' },
    dcache: { shape: cache, dtype: 'float32' },
  }),
  cpu: (inputs, shapes) => cpu.forestAttentionGradient(inputs, shapeOf(shapes)),
  webgpu: (gpu, inputs, outputs, shapes) => {
    const { q, cache, end, out, stats, dout } = inputs;
    const shape = shapeOf(shapes);
    const queries = queriesOf(inputs, shape);
    webgpu.forestAttentionGradient(gpu, { q, cache, end, queries, out, stats, dout, ...outputs }, shape);
  },
});

export const gradient: Gradient<ForestInputs, never, 'out' | 'stats', Record<never, never>> = {
  kind: 'gradient',
  saves: ['out', 'stats'],
  of: ({ dy, inputs, saved }) => {
    const { dq, dcache } = forestAttentionGradient(
      { ...inputs, out: saved('out'), stats: saved('stats'), dout: dy.out },
      {},
    );
    return { q: () => dq, cache: () => dcache };
  },
};
