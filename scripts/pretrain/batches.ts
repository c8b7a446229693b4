/** From an endless stream of training sequences to batches, and from batches to the policy's loss rows. */
import { buildForest } from '../../src/policy/forest';
import { cutMicroBatches } from '../../src/grpo/micro-batch';
import type { Forest, LossRows } from '../../src/policy/types';
import type { TrainingSequence } from './format';
import type { Chapters } from './sequences';

/** Loss weights from here on mark tokens that the policy writes; context weighs less. */
export const SAMPLED = 0.5;

/** The next sequence: its chapter and its place there. */
export interface Cursor {
  readonly chapter: number;
  readonly index: number;
}

/** Walks through chapters. Two streams with equal chapters and cursors go on alike. */
export class SequenceStream {
  readonly #chapters: Chapters;
  #cursor: Cursor;
  #chapter: readonly TrainingSequence[] | null = null;

  constructor(chapters: Chapters, cursor: Cursor = { chapter: 0, index: 0 }) {
    this.#chapters = chapters;
    this.#cursor = cursor;
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  /** Sequences until their tokens reach `tokens`; at least one. */
  async batch(tokens: number): Promise<TrainingSequence[]> {
    const batch: TrainingSequence[] = [];
    for (let sum = 0; sum < tokens;) {
      const sequence = await this.#next();
      batch.push(sequence);
      sum += sequence.ids.length;
    }
    return batch;
  }

  async #next(): Promise<TrainingSequence> {
    for (;;) {
      const { chapter, index } = this.#cursor;
      this.#chapter ??= await this.#chapters(chapter);
      if (this.#chapter.length === 0) throw new RangeError(`Chapter ${chapter} has no sequences.`);
      const sequence = this.#chapter[index];
      if (sequence !== undefined) {
        this.#cursor = { chapter, index: index + 1 };
        return sequence;
      }
      this.#cursor = { chapter: chapter + 1, index: 0 };
      this.#chapter = null;
    }
  }
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
