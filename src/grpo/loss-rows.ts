/** From scored trajectories to the rows of the GRPO loss on their forest. */
import type { LossRows } from '../engine/types';
import type { Forest } from '../tokens/types';
import { TrainingError } from '../errors/training';

/** What the loss needs of one trajectory. All arrays have its length; entry t belongs to token t. */
export interface ScoredTokens {
  /** 1 where the token is trained. Token 0 has no predictor and never trains, whatever its mask. */
  readonly lossMask: ArrayLike<number>;
  readonly tokenAdvantages: ArrayLike<number>;
  /** Log-prob under the policy that sampled, nats; NaN for "the current policy". Compared as float32. */
  readonly old: ArrayLike<number>;
  /** Weight w_t of the token in the loss (`weights.ts`). */
  readonly tokenWeights: ArrayLike<number>;
}

export interface BuiltLossRows {
  /** Sorted by predictor, then by target node, then by first appearance. */
  readonly rows: LossRows;
  /** Row of every token of every trajectory; -1 where the token has none. */
  readonly rowOf: readonly Int32Array[];
}

/**
 * One row per (predictor, target, old). Trajectories that agree in all three share it: the clipped objective is
 * linear in the advantage once its sign is known (min(rA, clip(r)A) is A min(r, 1+high) for A > 0 and
 * A max(r, 1-low) for A < 0), so sums of w·max(A,0), w·min(A,0) and w are all a row needs. Trajectories that differ
 * in `old` keep separate rows on the shared node.
 */
export function buildLossRows(
  forest: Forest,
  nodeOf: readonly Int32Array[],
  scored: readonly ScoredTokens[],
): BuiltLossRows {
  if (nodeOf.length !== scored.length) {
    throw TrainingError.of('training/node-maps', { maps: nodeOf.length, trajectories: scored.length });
  }
  const oldBits = new Float32Array(1);
  const bits = new Uint32Array(oldBits.buffer);

  // Rows in order of first appearance, chained per target node.
  const firstRow = new Int32Array(forest.n).fill(-1);
  const nextRow: number[] = [];
  const targetNode: number[] = [];
  const keys: number[] = [];
  const old: number[] = [];
  const pos: number[] = [];
  const neg: number[] = [];
  const weight: number[] = [];
  const rowOf = nodeOf.map((nodes) => new Int32Array(nodes.length).fill(-1));

  scored.forEach((tokens, s) => {
    const nodes = nodeOf[s] as Int32Array;
    const rowsHere = rowOf[s] as Int32Array;
    for (let t = 1; t < nodes.length; t++) {
      if (!tokens.lossMask[t]) continue;
      const node = nodes[t] as number;
      const value = tokens.old[t] as number;
      // One bit pattern for all NaNs, and one for both zeros.
      oldBits[0] = Number.isNaN(value) ? NaN : value + 0;
      const key = bits[0] as number;
      let row = firstRow[node] as number;
      while (row >= 0 && keys[row] !== key) row = nextRow[row] as number;
      if (row < 0) {
        row = keys.length;
        keys.push(key);
        nextRow.push(firstRow[node] as number);
        firstRow[node] = row;
        targetNode.push(node);
        old.push(oldBits[0]);
        pos.push(0);
        neg.push(0);
        weight.push(0);
      }
      const w = tokens.tokenWeights[t] as number;
      const advantage = tokens.tokenAdvantages[t] as number;
      if (!Number.isFinite(w) || !Number.isFinite(advantage)) {
        throw TrainingError.of('training/token-weight', {
          token: t,
          trajectory: s,
          weight: String(w),
          advantage: String(advantage),
        });
      }
      pos[row] = (pos[row] as number) + w * Math.max(advantage, 0);
      neg[row] = (neg[row] as number) + w * Math.min(advantage, 0);
      weight[row] = (weight[row] as number) + w;
      rowsHere[t] = row;
    }
  });

  const count = keys.length;
  const predictorOf = (row: number) => forest.parent[targetNode[row] as number] as number;
  const order = Array.from(keys, (_, row) => row).sort(
    (a, b) =>
      predictorOf(a) - predictorOf(b) || (targetNode[a] as number) - (targetNode[b] as number) || a - b,
  );
  const place = new Int32Array(count);
  order.forEach((row, i) => (place[row] = i));
  for (const rowsHere of rowOf) {
    for (let t = 0; t < rowsHere.length; t++) {
      const row = rowsHere[t] as number;
      if (row >= 0) rowsHere[t] = place[row] as number;
    }
  }
  const gather = (values: readonly number[]) => Float32Array.from(order, (row) => values[row] as number);
  return {
    rows: {
      count,
      predictor: Int32Array.from(order, predictorOf),
      target: Int32Array.from(order, (row) => forest.ids[targetNode[row] as number] as number),
      old: gather(old),
      pos: gather(pos),
      neg: gather(neg),
      weight: gather(weight),
    },
    rowOf,
  };
}

/** Values per row to values per token of each trajectory; tokens without a row get `fill`. */
export function scatterRows(
  rowOf: readonly Int32Array[],
  values: ArrayLike<number>,
  fill: number,
): Float32Array[] {
  return rowOf.map((rows) => Float32Array.from(rows, (row) => (row < 0 ? fill : (values[row] as number))));
}
