import * as tf from '@tensorflow/tfjs';
import { blockWalks, forestRuns, windowRuns, windowSpans } from '../../attention/attention';
import { OpError } from '../../errors';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import {
  BLOCK,
  type ForestAttributes,
  type ForestInputs,
  gradient,
  queriesOf,
  shapeOf,
  windowOf,
} from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<ForestInputs, never, 'out' | 'stats', ForestAttributes>(
  {
    name: 'ForestAttention',
    outputs: ['out', 'stats'],
    specs: ({ q }) => ({
      out: { shape: q, dtype: 'float32' },
      stats: { shape: [q[0] as number, q[1] as number, 2], dtype: 'float32' },
    }),
    cpu: (inputs, shapes, attrs) =>
      cpu.forestAttention({ ...inputs, window: windowOf(attrs) }, shapeOf(shapes, attrs)),
    webgpu: (gpu, inputs, outputs, shapes, attrs) => {
      const { q, cache, end } = inputs;
      const shape = shapeOf(shapes, attrs);
      const queries = queriesOf(inputs, shape);
      webgpu.forestAttention(gpu, { q, cache, end, window: windowOf(attrs), queries, ...outputs }, shape);
    },
  },
  gradient,
);

/** Depth-first order: parents before children, -1 for roots; `end` is one past the last descendant. */
export interface ForestOrder {
  readonly parent: Int32Array;
  readonly end: Int32Array;
}

export interface ForestAttentionOptions {
  /** Nodes that one sees at most: itself and so many less one of its nearest ancestors. All ancestors by default. */
  readonly window?: number;
  /** Factor of the scores; 1/sqrt(headDim) by default. */
  readonly scale?: number;
}

/**
 * Softmax attention where a node of a forest sees its ancestors and itself, [rows, heads, headDim]. Scores are scaled
 * and never stored. Differentiable in `q` and `cache`.
 * @param q [rows, heads, headDim]
 * @param cache keys and values, [rows, 2, kvHeads, headDim]; heads is a multiple of kvHeads
 * @throws OpError
 */
export function forestAttention(
  q: tf.Tensor,
  cache: tf.Tensor,
  forest: ForestOrder,
  options: ForestAttentionOptions = {},
): tf.Tensor3D {
  const { rows, heads, kvHeads, headDim } = checkTensors<'rows' | 'heads' | 'kvHeads' | 'headDim'>(
    'forestAttention',
    {
      q: [q, 'float32', ['rows', 'heads', 'headDim']],
      cache: [cache, 'float32', ['rows', 2, 'kvHeads', 'headDim']],
    },
  );
  if (heads % kvHeads !== 0) {
    throw OpError.of('op/heads', { heads, kvHeads });
  }
  checkForest(rows, forest);
  const { window = null, scale = 1 / Math.sqrt(headDim) } = options;
  checkNumbers('forestAttention', {
    window: [window ?? 1, 1, 2 ** 31 - 1, 'integer'],
    scale: [scale, Number.MIN_VALUE, Number.MAX_VALUE],
  });
  const runs = forestRuns(forest.parent);
  return tf.tidy(() => {
    const int32 = (values: ArrayLike<number>) => tf.tensor1d(Int32Array.from(values), 'int32');
    const all = Uint32Array.from({ length: rows }, (_, row) => row);
    const order = {
      end:
        window === null
          ? int32(forest.end)
          : int32(windowSpans(depths(forest.parent), window)).reshape([rows, 2]),
      rows: int32(all),
      before: int32([...all, rows]),
      walks: int32(blockWalks(window === null ? runs : windowRuns(runs, window), all, BLOCK)),
    };
    const { out } = run({ q, cache, ...order }, { window: window ?? 0, scale });
    return out as tf.Tensor3D;
  });
}

function depths(parent: Int32Array): Int32Array {
  const depth = new Int32Array(parent.length);
  parent.forEach((up, i) => (depth[i] = up < 0 ? 0 : (depth[up] as number) + 1));
  return depth;
}

/** @throws OpError unless the forest has `rows` nodes whose ends fit their parents */
function checkForest(rows: number, { parent, end }: ForestOrder): void {
  if (parent.length !== rows || end.length !== rows) {
    throw OpError.of('op/forest-rows', { rows, parents: parent.length, ends: end.length });
  }
  // The path from a root to the node before.
  const path: number[] = [];
  const leave = (until: number, at: number) => {
    while (path.length > 0 && path[path.length - 1] !== until) {
      const node = path.pop() as number;
      if (end[node] === at) continue;
      throw OpError.of('op/forest-end', { node, found: end[node] as number, end: at });
    }
  };
  for (let i = 0; i < rows; i++) {
    const up = parent[i] as number;
    if (up !== -1 && !path.includes(up)) {
      throw OpError.of('op/forest-order', { node: i, parent: up });
    }
    leave(up, i);
    path.push(i);
  }
  leave(-1, rows);
}
