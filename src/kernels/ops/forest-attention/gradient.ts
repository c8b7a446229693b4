import type { AttentionShape, ForestQueries } from '../../attention/attention';
import { SHARED_LANES, type Slice } from '../../gpu';
import { defineGradientKernel, type Gradient, type Shape } from '../register';
import * as cpu from './cpu';
import * as webgpu from './webgpu';

export type ForestInputs = 'q' | 'cache' | 'end' | 'rows' | 'before' | 'walks';

/** `window` 0: none. */
export type ForestAttributes = { readonly window: number; readonly scale: number };

export const windowOf = ({ window }: ForestAttributes): number | null => (window === 0 ? null : window);

export const shapeOf = (
  shapes: { readonly q: Shape; readonly cache: Shape },
  { scale }: ForestAttributes,
): AttentionShape => ({
  scale,
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
  ForestAttributes
>({
  name: 'ForestAttentionGradient',
  outputs: ['dq', 'dcache'],
  specs: ({ q, cache }) => ({
    dq: { shape: q, dtype: 'float32' },
    dcache: { shape: cache, dtype: 'float32' },
  }),
  cpu: (inputs, shapes, attrs) =>
    cpu.forestAttentionGradient({ ...inputs, window: windowOf(attrs) }, shapeOf(shapes, attrs)),
  webgpu: (gpu, inputs, outputs, shapes, attrs) => {
    const { q, cache, end, out, stats, dout } = inputs;
    const shape = shapeOf(shapes, attrs);
    const queries = queriesOf(inputs, shape);
    const seen = { end, window: windowOf(attrs), queries };
    webgpu.forestAttentionGradient(gpu, { q, cache, out, stats, dout, ...seen, ...outputs }, shape);
  },
});

export const gradient: Gradient<ForestInputs, never, 'out' | 'stats', ForestAttributes> = {
  kind: 'gradient',
  saves: ['out', 'stats'],
  of: ({ dy, inputs, saved, attrs }) => {
    const { dq, dcache } = forestAttentionGradient(
      { ...inputs, out: saved('out'), stats: saved('stats'), dout: dy.out },
      attrs,
    );
    return { q: () => dq, cache: () => dcache };
  },
};
