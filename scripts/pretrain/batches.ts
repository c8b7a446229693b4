/** From a pool of training sequences to batches, and from batches to the policy's loss rows. */
import { buildForest } from '../../src/tokens/forest';
import { cutMicroBatches } from '../../src/grpo/micro-batch';
import type { LossRows } from '../../src/engine/types';
import type { Forest } from '../../src/tokens/types';
import type { Random } from '../../src/random/philox';
import type { TrainingSequence } from './format';

/** Loss weights from here on mark tokens that the policy writes; context weighs less. */
export const SAMPLED = 0.5;

/** Batches of a window: so many are cut from sequences that were sorted by length together. */
const WINDOW = 32;

/**
 * Batches of `size` from a pool, in epochs of random order; similar lengths share a batch. What does not fill a
 * window (or a batch, where the pool is smaller than a window) is left out of that epoch.
 * @param randomOf the draws of an epoch
 * @returns the batch of a step, 1-based
 * @throws RangeError when the pool is smaller than a batch.
 */
export function poolBatches(
  pool: readonly TrainingSequence[],
  size: number,
  randomOf: (epoch: number) => Random,
): (step: number) => TrainingSequence[] {
  if (pool.length < size) {
    throw new RangeError(`A batch of ${size} cannot be made of ${pool.length} sequences.`);
  }
  const window = Math.min(size * WINDOW, Math.floor(pool.length / size) * size);
  const perEpoch = (Math.floor(pool.length / window) * window) / size;
  const epochBatches = (epoch: number): TrainingSequence[][] => {
    const random = randomOf(epoch);
    const order = random.shuffle(pool);
    const batches: TrainingSequence[][] = [];
    for (let start = 0; start + window <= order.length; start += window) {
      const sorted = order.slice(start, start + window).sort((a, b) => a.ids.length - b.ids.length);
      const groups = Array.from({ length: window / size }, (_, i) => sorted.slice(i * size, (i + 1) * size));
      batches.push(...random.shuffle(groups));
    }
    return batches;
  };
  let current: { epoch: number; batches: TrainingSequence[][] } | null = null;
  return (step) => {
    const epoch = Math.floor((step - 1) / perEpoch);
    if (current?.epoch !== epoch) current = { epoch, batches: epochBatches(epoch) };
    return current.batches[(step - 1) % perEpoch] as TrainingSequence[];
  };
}

/** One forward and backward pass. */
export interface Pass {
  readonly forest: Forest;
  readonly rows: LossRows;
  /** Node of every row's token. */
  readonly nodes: readonly number[];
  /** 1 where a row scores a token that the policy writes. */
  readonly sampled: Uint8Array;
  /** Sequences of the pass, as indices of those given, and the node of each of their tokens. */
  readonly members: readonly number[];
  readonly nodeOf: readonly Int32Array[];
}

/** Sum of the loss weights; the first token of a sequence has no predictor and never counts. */
export function totalWeight(sequences: readonly TrainingSequence[]): number {
  let total = 0;
  for (const { weights } of sequences) for (let t = 1; t < weights.length; t++) total += weights[t] ?? 0;
  return total;
}

/**
 * Passes whose gradients add up to that of the mean weighted cross-entropy Σ −w·log p / `total`. Equal beginnings
 * are computed once: a node of the forest stands for its token in all sequences through it, with their weights' sum.
 * @param most distinct tokens of one pass.
 */
export function passesOf(sequences: readonly TrainingSequence[], total: number, most: number): Pass[] {
  const grouped = sequences.map(({ ids }, group) => ({ ids, group }));
  return cutMicroBatches(grouped, most).map((members) => passOf(sequences, members, total));
}

function passOf(all: readonly TrainingSequence[], members: readonly number[], total: number): Pass {
  const sequences = members.map((i) => all[i] as TrainingSequence);
  const { forest, nodeOf } = buildForest(sequences);
  const weight = new Float64Array(forest.n);
  const isSampled = new Uint8Array(forest.n);
  sequences.forEach(({ weights }, s) => {
    const nodes = nodeOf[s] as Int32Array;
    for (let t = 1; t < nodes.length; t++) {
      const [node, w] = [nodes[t] as number, weights[t] ?? 0];
      weight[node] = (weight[node] as number) + w;
      if (w >= SAMPLED) isSampled[node] = 1;
    }
  });
  const scored = Array.from(weight.keys()).filter((node) => (weight[node] as number) > 0);
  const share = (node: number) => (weight[node] as number) / total;
  return {
    forest,
    nodeOf,
    members,
    nodes: scored,
    rows: {
      count: scored.length,
      predictor: Int32Array.from(scored, (node) => forest.parent[node] as number),
      target: Int32Array.from(scored, (node) => forest.ids[node] as number),
      // "The current policy": ratio 1, so the gradient of −pos·ratio is −pos·∇log p.
      old: new Float32Array(scored.length).fill(NaN),
      pos: Float32Array.from(scored, share),
      neg: new Float32Array(scored.length),
      weight: Float32Array.from(scored, share),
    },
    sampled: Uint8Array.from(scored, (node) => isSampled[node] as number),
  };
}
