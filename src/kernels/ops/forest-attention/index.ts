import * as tf from '@tensorflow/tfjs';
import { blockWalks, forestRuns } from '../../attention/attention';
import { OpError } from '../../errors';
import { checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import { BLOCK, type ForestInputs, gradient, queriesOf, shapeOf } from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<ForestInputs, never, 'out' | 'stats', Record<never, never>>(
  {
    name: 'ForestAttention',
    outputs: ['out', 'stats'],
    specs: ({ q }) => ({
      out: { shape: q, dtype: 'float32' },
      stats: { shape: [q[0] as number, q[1] as number, 2], dtype: 'float32' },
    }),
    cpu: (inputs, shapes) => cpu.forestAttention(inputs, shapeOf(shapes)),
    webgpu: (gpu, inputs, outputs, shapes) => {
      const { q, cache, end } = inputs;
      const shape = shapeOf(shapes);
      const queries = queriesOf(inputs, shape);
      webgpu.forestAttention(gpu, { q, cache, end, queries, ...outputs }, shape);
    },
  },
  gradient,
);

/** Depth-first order: parents before children, -1 for roots; `end` is one past the last descendant. */
export interface ForestOrder {
  readonly parent: Int32Array;
  readonly end: Int32Array;
}

/**
 * Softmax attention where a node of a forest sees its ancestors and itself, [rows, heads, headDim]. Scores are scaled
 * by 1/sqrt(headDim) and never stored. Differentiable in `q` and `cache`.
 * @param q [rows, heads, headDim]
 * @param cache keys and values, [rows, 2, kvHeads, headDim]; heads is a multiple of kvHeads
 * @throws OpError
 */
export function forestAttention(q: tf.Tensor, cache: tf.Tensor, forest: ForestOrder): tf.Tensor3D {
  const { rows, heads, kvHeads } = checkTensors<'rows' | 'heads' | 'kvHeads'>('forestAttention', {
    q: [q, 'float32', ['rows', 'heads', 'headDim']],
    cache: [cache, 'float32', ['rows', 2, 'kvHeads', 'headDim']],
  });
  if (heads % kvHeads !== 0) {
    throw new OpError(`forestAttention: ${heads} heads cannot share ${kvHeads} key and value heads evenly.`);
  }
  checkForest(rows, forest);
  return tf.tidy(() => {
    const int32 = (values: ArrayLike<number>) => tf.tensor1d(Int32Array.from(values), 'int32');
    const all = Uint32Array.from({ length: rows }, (_, row) => row);
    const order = {
      end: int32(forest.end),
      rows: int32(all),
      before: int32([...all, rows]),
      walks: int32(blockWalks(forestRuns(forest.parent), all, BLOCK)),
    };
    const { out } = run({ q, cache, ...order }, {});
    return out as tf.Tensor3D;
  });
}

/** @throws OpError unless the forest has `rows` nodes whose ends fit their parents */
function checkForest(rows: number, { parent, end }: ForestOrder): void {
  if (parent.length !== rows || end.length !== rows) {
    throw new OpError(
      `forestAttention: q has ${rows} rows, the forest ${parent.length} parents and ${end.length} ends.`,
    );
  }
  // The path from a root to the node before.
  const path: number[] = [];
  const leave = (until: number, at: number) => {
    while (path.length > 0 && path[path.length - 1] !== until) {
      const node = path.pop() as number;
      if (end[node] === at) continue;
      throw new OpError(
        `forestAttention: node ${node} ends at ${end[node]}; by the parents its subtree ends at ${at}.`,
      );
    }
  };
  for (let i = 0; i < rows; i++) {
    const up = parent[i] as number;
    if (up !== -1 && !path.includes(up)) {
      throw new OpError(
        `forestAttention: node ${i} has parent ${up}, which is not on the path to node ${i - 1}: the forest is not in depth-first order.`,
      );
    }
    leave(up, i);
    path.push(i);
  }
  leave(-1, rows);
}
