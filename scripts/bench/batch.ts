/** Token sequences for training steps, the same for every contestant, and as forest and loss rows for ours. */
import { Random } from '../../src/random/philox';
import type { LossRows, ModelConfig } from '../../src/engine/types';
import type { Forest } from '../../src/tokens/types';
import type { StepSize } from './archs';

export interface TokenBatch extends StepSize {
  /** [sequences, length] */
  readonly inputs: Int32Array;
  /** The token after each input. */
  readonly targets: Int32Array;
}

/** Random tokens; sequences differ from their first token on, so that nothing can be shared between them. */
export function randomTokens(config: Pick<ModelConfig, 'vocabSize'>, size: StepSize, seed = 7): TokenBatch {
  const random = new Random(seed, 'bench-tokens');
  const { sequences, length } = size;
  const inputs = new Int32Array(sequences * length);
  const targets = new Int32Array(sequences * length);
  for (let s = 0; s < sequences; s++) {
    let token = s;
    for (let t = 0; t < length; t++) {
      inputs[s * length + t] = token;
      token = random.integer(config.vocabSize);
      targets[s * length + t] = token;
    }
  }
  return { ...size, inputs, targets };
}

/** Sequences side by side, each a chain of its own: what a batch is without any sharing. */
export function chains(sequences: readonly ArrayLike<number>[]): {
  readonly forest: Forest;
  readonly nodeOf: readonly Int32Array[];
} {
  const n = sequences.reduce((sum, { length }) => sum + length, 0);
  const forest = {
    n,
    ids: new Int32Array(n),
    depth: new Int32Array(n),
    parent: new Int32Array(n),
    end: new Int32Array(n),
  };
  let first = 0;
  const nodeOf = sequences.map((ids) => {
    const nodes = Int32Array.from({ length: ids.length }, (_, t) => first + t);
    for (let t = 0; t < ids.length; t++) {
      forest.ids[first + t] = ids[t] as number;
      forest.depth[first + t] = t;
      forest.parent[first + t] = t === 0 ? -1 : first + t - 1;
      forest.end[first + t] = first + ids.length;
    }
    first += ids.length;
    return nodes;
  });
  return { forest, nodeOf };
}

/** Every input predicts its target; the loss is the mean negative log-prob, through ratios of 1. */
export function languageModelRows(batch: TokenBatch): { readonly forest: Forest; readonly rows: LossRows } {
  const { sequences, length, inputs, targets } = batch;
  const { forest } = chains(
    Array.from({ length: sequences }, (_, s) => inputs.subarray(s * length, (s + 1) * length)),
  );
  const count = inputs.length;
  return {
    forest,
    rows: {
      count,
      predictor: Int32Array.from({ length: count }, (_, i) => i),
      target: targets,
      old: new Float32Array(count).fill(NaN),
      pos: new Float32Array(count).fill(1 / count),
      neg: new Float32Array(count),
      weight: new Float32Array(count).fill(1 / count),
    },
  };
}
