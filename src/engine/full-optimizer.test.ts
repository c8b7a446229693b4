import { expect, test } from 'vitest';
import { arenaParts } from './full-optimizer';
import type { ModelConfig } from './types';
import { packArena } from './weights/weights-gpu';
import { expectedTensors } from './weights/weights';
import { LLAMA_FEATURES } from './model/features';

const CONFIG: ModelConfig = {
  family: 'llama',
  vocabSize: 5,
  hiddenSize: 6,
  layers: 2,
  heads: 3,
  kvHeads: 1,
  headDim: 2,
  intermediateSize: 7,
  ropeTheta: 10_000,
  ropeScaling: null,
  rmsNormEps: 1e-5,
  tiedEmbeddings: false,
  ...LLAMA_FEATURES,
  qkvBias: true,
  maxPositions: 64,
  bosTokenId: null,
  eosTokenIds: [0],
};

test('each tensor has one optimiser: a projection is a matrix of its own, all else is in Adam’s ranges', () => {
  const shapes = expectedTensors(CONFIG);
  const names = [...shapes.keys()];
  const tensors = new Map(
    [...shapes].map(([name, shape]) => [
      name,
      { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1 + names.indexOf(name)) },
    ]),
  );
  const arena = packArena(CONFIG, tensors);
  const namesIn = (from: number, count: number) =>
    [...new Set(arena.slice(from, from + count))].map((value) => names[value - 1] as string);
  const { matrices, adam } = arenaParts(CONFIG);
  const found = matrices.map(({ offset, rows, cols }) => {
    const [name, ...others] = namesIn(offset, rows * cols);
    expect(others).toEqual([]);
    expect(shapes.get(name as string)).toEqual([rows, cols]);
    return name as string;
  });
  expect(found).toHaveLength(14);
  expect(found.every((name) => name.endsWith('_proj.weight'))).toBe(true);
  const rest = adam.flatMap(({ from, count, rate }) => namesIn(from, count).map((name) => [name, rate]));
  expect([...found, ...rest.map(([name]) => name)].sort()).toEqual([...names].sort());
  expect(Object.fromEntries(rest)).toMatchObject({
    'model.embed_tokens.weight': 'embedding',
    'lm_head.weight': 'head',
    'model.norm.weight': 'vector',
    'model.layers.1.self_attn.k_proj.bias': 'vector',
  });
});
