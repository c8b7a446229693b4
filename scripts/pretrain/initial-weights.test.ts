import { expect, test } from 'vitest';
import { Random } from '../../src/random/philox';
import type { ModelConfig } from '../../src/engine/types';
import { expectedTensors, initWeights } from '../../src/engine/weights/weights';
import { initialWeights, orthogonal } from './initial-weights';
import { LLAMA_FEATURES } from '../../src/engine/model/features';

const CONFIG: ModelConfig = {
  family: 'llama',
  vocabSize: 50,
  hiddenSize: 32,
  layers: 2,
  heads: 4,
  kvHeads: 4,
  headDim: 8,
  intermediateSize: 24,
  ropeTheta: 10_000,
  ropeScaling: null,
  rmsNormEps: 1e-5,
  tiedEmbeddings: false,
  ...LLAMA_FEATURES,
  maxPositions: 64,
  bosTokenId: null,
  eosTokenIds: [0],
};
const D = CONFIG.hiddenSize;
const weights = initialWeights(CONFIG, 5);
const data = (name: string) => weights.get(name)?.data as Float32Array;

test('all tensors of the model, finite, of the seed', () => {
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape]));
  expect(shapes).toEqual(new Map(expectedTensors(CONFIG)));
  for (const [name, tensor] of weights) expect(tensor.data.every(Number.isFinite), name).toBe(true);
  expect(initialWeights(CONFIG, 5)).toEqual(weights);
  expect(initialWeights(CONFIG, 6).get('lm_head.weight')).not.toEqual(weights.get('lm_head.weight'));
});

test('random orthogonal matrices are orthogonal', () => {
  const q = orthogonal(9, new Random(1, 'test'));
  for (let i = 0; i < 9; i++) {
    for (let j = 0; j < 9; j++) {
      let product = 0;
      for (let k = 0; k < 9; k++) product += (q[i * 9 + k] as number) * (q[j * 9 + k] as number);
      expect(product).toBeCloseTo(Number(i === j), 12);
    }
  }
});

/** rows × cols matrix times a vector */
const times = (matrix: Float32Array, x: readonly number[]): number[] =>
  Array.from({ length: matrix.length / x.length }, (_, row) =>
    x.reduce((sum, value, col) => sum + value * (matrix[row * x.length + col] as number), 0),
  );
const row = (matrix: Float32Array, at: number) => Array.from(matrix.subarray(at * D, (at + 1) * D));
/** RoPE of one head's vector at a position, halves paired. */
function rotated(x: readonly number[], position: number): number[] {
  const half = x.length / 2;
  return x.map((value, i) => {
    const angle = position * CONFIG.ropeTheta ** ((-2 * (i % half)) / x.length);
    const other = x[(i + half) % x.length] as number;
    return value * Math.cos(angle) + (i < half ? -1 : 1) * other * Math.sin(angle);
  });
}

test('heads of the first layer look one, one, two and three tokens back', () => {
  const [q, k] = ['q', 'k'].map((name) => data(`model.layers.0.self_attn.${name}_proj.weight`)) as [
    Float32Array,
    Float32Array,
  ];
  const token = row(data('model.embed_tokens.weight'), 3);
  [1, 1, 2, 3].forEach((back, head) => {
    const part = (matrix: Float32Array) => times(matrix, token).slice(head * 8, (head + 1) * 8);
    const scores = Array.from({ length: 6 }, (_, distance) =>
      rotated(part(q), 10).reduce(
        (sum, value, i) => sum + value * (rotated(part(k), 10 - distance)[i] as number),
        0,
      ),
    );
    expect(scores.indexOf(Math.max(...scores))).toBe(back);
  });
});

test('what goes through the values of a later layer makes its own token likely', () => {
  const value = data('model.layers.1.self_attn.v_proj.weight');
  for (const token of [0, 7, 49]) {
    const logits = times(data('lm_head.weight'), times(value, row(data('model.embed_tokens.weight'), token)));
    expect(logits.indexOf(Math.max(...logits))).toBe(token);
  }
});

test('other shapes get plain random weights', () => {
  const shared = { ...CONFIG, kvHeads: 2 };
  expect(initialWeights(shared, 5)).toEqual(initWeights(shared, 5));
});
