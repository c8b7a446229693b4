/**
 * Random weights with a copying circuit laid out in them, roughly, for training to refine: from plain random weights
 * copying emerges only after hundreds of steps without any progress.
 */
import type { ModelConfig } from '../../src/engine/types';
import type { HostTensors } from '../../src/formats/tensors';
import { expectedTensors, initWeights } from '../../src/engine/weights/weights';
import { Random } from '../../src/random/philox';

/** Last dimension of every embedding, so that a head can look at positions alone. */
const CONSTANT = 3;
/** How far back the heads of the first layer look, in tokens. */
const BACK = [1, 1, 2, 3] as const;
/** Of the heads of a later layer, so many compare the present token with predecessors. */
const COMPARING = 3;

/** Whether the circuit fits: heads of their own keys that fill the width, untied embeddings, at least two layers. */
export function takesCircuit(config: ModelConfig): boolean {
  const { layers, heads, kvHeads, headDim, hiddenSize, tiedEmbeddings } = config;
  const whole = kvHeads === heads && heads * headDim === hiddenSize && headDim % 4 === 0;
  return whole && !tiedEmbeddings && layers >= 2 && 2 * headDim <= hiddenSize;
}

/**
 * The circuit, where {@link takesCircuit}; otherwise {@link initWeights}.
 *
 * - Values go through one rotation, which the head undoes: what an attention head looks at becomes more likely.
 * - The heads of the first layer look one, one, two and three tokens back, by position alone, and leave that token,
 *   seen through one rotation, in the space of another.
 * - Other layers compare the present token with the predecessor of each earlier one.
 */
export function initialWeights(config: ModelConfig, seed: number): HostTensors {
  if (!takesCircuit(config)) return initWeights(config, seed);
  const { hiddenSize: d, headDim, heads, ropeTheta } = config;
  const rotation = orthogonal(d, new Random(seed, 'initial-rotation'));
  const seen = orthogonal(d, new Random(seed, 'initial-seen'));
  const space = orthogonal(d, new Random(seed, 'initial-space'));
  const embedding = embeddingRows(config.vocabSize, d, new Random(seed, 'initial-embedding'));
  const half = headDim / 2;
  const fast = Array.from({ length: headDim / 4 }, (_, i) => i);
  // Pairs of dimensions that turn little within 200 tokens.
  const slow = [...fast.map((i) => i + headDim / 4), ...fast.map((i) => i + (3 * headDim) / 4)];
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [name, shape] of expectedTensors(config)) {
    const [rows = 0, cols = 1] = shape;
    const random = new Random(seed, `initial-${name}`);
    const normal = (deviation: number) =>
      Float64Array.from({ length: rows * cols }, () => deviation * random.normal());
    const first = name.startsWith('model.layers.0.');
    const layerWeights = (): Float64Array => {
      if (name.endsWith('norm.weight')) return new Float64Array(rows).fill(1);
      if (name.endsWith('.bias')) return new Float64Array(rows);
      if (name === 'model.embed_tokens.weight') return embedding;
      if (name === 'lm_head.weight') return throughRotation(embedding, rotation, d, 0.5 / Math.sqrt(d));
      if (name.endsWith('down_proj.weight')) return normal(0.02);
      if (name.endsWith('gate_proj.weight') || name.endsWith('up_proj.weight')) return normal(d ** -0.5);
      if (name.endsWith('v_proj.weight')) {
        return first ? seen.slice() : normal(0.25 * d ** -0.5).map((x, i) => x + (rotation[i] as number));
      }
      if (name.endsWith('o_proj.weight')) {
        if (first) return transposed(space, d);
        return normal(0.02).map((x, i) => x + (i % d === Math.floor(i / d) ? 0.5 : 0));
      }
      const isQuery = name.endsWith('q_proj.weight');
      if (first) return positionRows(isQuery);
      const data = normal(0.25 * d ** -0.5);
      const from = isQuery ? seen : space;
      for (let head = 0; head < Math.min(COMPARING, heads); head++) {
        slow.forEach((dimension, i) => {
          const part = (head * half + i) % (2 * headDim);
          for (let c = 0; c < d; c++) {
            data[(head * headDim + dimension) * d + c] = 1.4 * (from[part * d + c] as number);
          }
        });
      }
      return data;
    };
    tensors.set(name, { shape, data: Float32Array.from(layerWeights()) });
  }
  return tensors;

  /** q·R(distance)k = a sum over the fast pairs of cos((distance − back)·frequency): largest `back` tokens ago. */
  function positionRows(isQuery: boolean): Float64Array {
    const data = new Float64Array(d * d);
    const strength = Math.sqrt(8 * Math.sqrt(headDim)) / CONSTANT;
    for (let head = 0; head < heads; head++) {
      const back = BACK[head % BACK.length] as number;
      for (const pair of fast) {
        const angle = back * ropeTheta ** ((-2 * pair) / headDim);
        const row = head * headDim + pair;
        data[row * d + d - 1] = strength * (isQuery ? 1 : Math.cos(angle));
        if (!isQuery) data[(row + half) * d + d - 1] = strength * Math.sin(angle);
      }
    }
    return data;
  }
}

/** [vocabulary, width]: random directions of length √width, whose last number is then {@link CONSTANT}. */
function embeddingRows(vocabSize: number, width: number, random: Random): Float64Array {
  const data = Float64Array.from({ length: vocabSize * width }, () => random.normal());
  for (let row = 0; row < vocabSize; row++) {
    const one = data.subarray(row * width, (row + 1) * width);
    const length = Math.hypot(...one);
    one.forEach((x, i) => (one[i] = (x * Math.sqrt(width)) / length));
    one[width - 1] = CONSTANT;
  }
  return data;
}

/** A random orthogonal matrix, row-major: Gram-Schmidt on normal rows, twice for the sake of rounding. */
export function orthogonal(size: number, random: Random): Float64Array {
  const data = Float64Array.from({ length: size * size }, () => random.normal());
  for (let row = 0; row < size; row++) {
    const one = data.subarray(row * size, (row + 1) * size);
    for (let again = 0; again < 2; again++) {
      for (let other = 0; other < row; other++) {
        const before = data.subarray(other * size, (other + 1) * size);
        const along = one.reduce((sum, x, i) => sum + x * (before[i] as number), 0);
        one.forEach((x, i) => (one[i] = x - along * (before[i] as number)));
      }
      const length = Math.hypot(...one);
      one.forEach((x, i) => (one[i] = x / length));
    }
  }
  return data;
}

/** factor · rows · rotationᵀ */
function throughRotation(
  rows: Float64Array,
  rotation: Float64Array,
  size: number,
  factor: number,
): Float64Array {
  return Float64Array.from({ length: rows.length }, (_, at) => {
    const [row, col] = [Math.floor(at / size), at % size];
    let sum = 0;
    for (let k = 0; k < size; k++)
      sum += (rows[row * size + k] as number) * (rotation[col * size + k] as number);
    return factor * sum;
  });
}

function transposed(matrix: Float64Array, size: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % size) * size + Math.floor(at / size)] as number);
}
