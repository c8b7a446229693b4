import { describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../formats/safetensors';
import { memoryFiles } from '../files/memory';
import type { ModelConfig } from '../types';
import type { HostTensor, HostTensors } from '../../formats/tensors';
import { PolicyError } from '../../errors/policy';
import { expectedTensors, initWeights, loadWeights } from './weights';
import { SMALL } from '../../../tests/fixtures/small-config';

const CONFIG = SMALL;
const TIED: ModelConfig = { ...CONFIG, tiedEmbeddings: true };

function folder(tensors: HostTensors): ReturnType<typeof memoryFiles> {
  return memoryFiles(new Map([['model.safetensors', writeSafetensors(tensors)]]), 'm');
}

function changed(tensors: HostTensors, changes: Record<string, HostTensor | null>): HostTensors {
  const result = new Map(tensors);
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor === null) result.delete(name);
    else result.set(name, tensor);
  }
  return result;
}

const zeros = (...shape: number[]): HostTensor => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

test('names and shapes of a model', () => {
  const shapes = Object.fromEntries(expectedTensors({ ...CONFIG, layers: 1 }));
  expect(shapes).toEqual({
    'model.embed_tokens.weight': [20, 8],
    'model.layers.0.input_layernorm.weight': [8],
    'model.layers.0.self_attn.q_proj.weight': [24, 8],
    'model.layers.0.self_attn.k_proj.weight': [12, 8],
    'model.layers.0.self_attn.v_proj.weight': [12, 8],
    'model.layers.0.self_attn.o_proj.weight': [8, 24],
    'model.layers.0.post_attention_layernorm.weight': [8],
    'model.layers.0.mlp.gate_proj.weight': [12, 8],
    'model.layers.0.mlp.up_proj.weight': [12, 8],
    'model.layers.0.mlp.down_proj.weight': [8, 12],
    'model.norm.weight': [8],
    'lm_head.weight': [20, 8],
  });
  expect(expectedTensors(TIED).has('lm_head.weight')).toBe(false);
  const qwen2 = expectedTensors({ ...CONFIG, family: 'qwen2', qkvBias: true });
  expect(qwen2.get('model.layers.1.self_attn.k_proj.bias')).toEqual([12]);
  expect(qwen2.has('model.layers.1.self_attn.o_proj.bias')).toBe(false);
  const qwen3 = expectedTensors({ ...CONFIG, family: 'qwen3', qkNorm: true });
  expect(qwen3.get('model.layers.0.self_attn.k_norm.weight')).toEqual([6]);
  const gemma3 = { ...CONFIG, family: 'gemma3', qkNorm: true, branchNorms: true, normOffset: 1 } as const;
  const names = [...expectedTensors(gemma3).keys()].filter((name) => /layers\.0\..*norm/.test(name));
  expect(names).toEqual(
    [
      ...['input_layernorm', 'self_attn.q_norm', 'self_attn.k_norm', 'post_attention_layernorm'],
      ...['pre_feedforward_layernorm', 'post_feedforward_layernorm'],
    ].map((name) => `model.layers.0.${name}.weight`),
  );
  // Random norms scale by one, whatever the file holds for that.
  expect(
    initWeights(gemma3, 1)
      .get('model.norm.weight')
      ?.data.every((w) => w === 0),
  ).toBe(true);
});

describe('loading', () => {
  test('one file, extra tensors ignored', async () => {
    const tensors = initWeights(CONFIG, 1);
    const stored = changed(tensors, { 'model.layers.0.self_attn.rotary_emb.inv_freq': zeros(3) });
    expect(await loadWeights(folder(stored), CONFIG)).toEqual(tensors);
  });

  test('shards', async () => {
    const tensors = initWeights(CONFIG, 1);
    const names = [...tensors.keys()];
    const shard = (parity: number): Uint8Array =>
      writeSafetensors(new Map([...tensors].filter((_, index) => index % 2 === parity)));
    const fileOf = (index: number): string => `model-0000${(index % 2) + 1}-of-00002.safetensors`;
    const index = {
      metadata: { total_size: 1234 },
      weight_map: Object.fromEntries(names.map((name, i) => [name, fileOf(i)])),
    };
    const entries = new Map([
      ['model.safetensors.index.json', new TextEncoder().encode(JSON.stringify(index))],
      [fileOf(0), shard(0)],
      [fileOf(1), shard(1)],
    ]);
    const progress: [number, number][] = [];
    const loaded = await loadWeights(memoryFiles(entries, 'm'), CONFIG, {
      onProgress: (...values) => progress.push(values),
    });
    expect(loaded).toEqual(tensors);
    expect([...loaded.keys()]).toEqual([...expectedTensors(CONFIG).keys()]);
    const bytes = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(new Set(progress.map(([, total]) => total))).toEqual(new Set([bytes]));
    expect(progress.at(-1)?.[0]).toBe(bytes);

    entries.delete(fileOf(1));
    await expect(loadWeights(memoryFiles(entries, 'm'), CONFIG)).rejects.toThrow(/there is no model-00002/);
  });

  test.each(['../secret.safetensors', '/etc/x.safetensors', 'model.bin', 3])(
    'index names %j',
    async (name) => {
      const index = new TextEncoder().encode(JSON.stringify({ weight_map: { a: name } }));
      const files = memoryFiles(new Map([['model.safetensors.index.json', index]]), 'm');
      await expect(loadWeights(files, CONFIG)).rejects.toThrow(/safetensors files of the same folder/);
    },
  );

  test('tied embeddings under either name; where both are, the embedding counts', async () => {
    const tensors = initWeights(TIED, 1);
    const embedding = tensors.get('model.embed_tokens.weight') as HostTensor;
    const headOnly = changed(tensors, { 'model.embed_tokens.weight': null, 'lm_head.weight': embedding });
    expect(await loadWeights(folder(headOnly), TIED)).toEqual(tensors);
    expect(await loadWeights(folder(tensors), TIED)).toEqual(tensors);
    const both = changed(tensors, { 'lm_head.weight': zeros(20, 8) });
    expect(await loadWeights(folder(both), TIED)).toEqual(tensors);
  });

  test('an untied model needs its head', async () => {
    const tensors = changed(initWeights(CONFIG, 1), { 'lm_head.weight': null });
    await expect(loadWeights(folder(tensors), CONFIG)).rejects.toThrow(
      /no lm_head\.weight\. Most such models share the embedding/,
    );
  });

  test('missing tensors are listed, shapes compared', async () => {
    const tensors = initWeights(CONFIG, 1);
    await expect(loadWeights(folder(tensors), { ...CONFIG, layers: 3 })).rejects.toThrow(
      /lack 9 of 30.*model\.layers\.2\.input_layernorm\.weight.* and 1 more/,
    );
    await expect(loadWeights(folder(tensors), { ...CONFIG, intermediateSize: 14 })).rejects.toThrow(
      /"model\.layers\.0\.mlp\.gate_proj\.weight" has shape \[12, 8\], config\.json asks for \[14, 8\]/,
    );
  });

  test('a bias on o_proj is refused unless it is zero', async () => {
    const name = 'model.layers.0.self_attn.o_proj.bias';
    const bias = zeros(8);
    const tensors = changed(initWeights(CONFIG, 1), { [name]: bias });
    await expect(loadWeights(folder(tensors), CONFIG)).resolves.toBeDefined();
    bias.data[3] = 1;
    await expect(loadWeights(folder(tensors), CONFIG)).rejects.toThrow(/o_proj is not supported/);
  });

  test('NaN is found when asked for', async () => {
    const norm = zeros(8);
    norm.data[5] = NaN;
    const files = folder(changed(initWeights(CONFIG, 1), { 'model.norm.weight': norm }));
    await expect(loadWeights(files, CONFIG)).resolves.toBeDefined();
    await expect(loadWeights(files, CONFIG, { checkFinite: true })).rejects.toThrow(
      /"model\.norm\.weight" holds NaN at position 5/,
    );
  });

  test('no weights at all', async () => {
    const files = memoryFiles(new Map([['pytorch_model.bin', new Uint8Array(1)]]), 'm');
    await expect(loadWeights(files, CONFIG)).rejects.toThrow(PolicyError);
    await expect(loadWeights(files, CONFIG)).rejects.toThrow(/neither model\.safetensors nor/);
  });
});

describe('random weights', () => {
  test('repeat with the seed and differ between seeds and tensors', () => {
    expect(initWeights(CONFIG, 5)).toEqual(initWeights(CONFIG, 5));
    const name = 'model.layers.0.mlp.gate_proj.weight';
    expect(initWeights(CONFIG, 6).get(name)?.data).not.toEqual(initWeights(CONFIG, 5).get(name)?.data);
    const weights = initWeights(CONFIG, 5);
    expect(weights.get('model.layers.0.mlp.up_proj.weight')?.data).not.toEqual(weights.get(name)?.data);
  });

  test('have the moments of the initialisation', () => {
    const weights = initWeights({ ...CONFIG, vocabSize: 4001, hiddenSize: 9, qkvBias: true }, 2);
    const data = weights.get('model.embed_tokens.weight')?.data ?? new Float32Array();
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
    // 36,009 draws: the standard errors are 1.1e-4 and 7.5e-5.
    expect(Math.abs(mean)).toBeLessThan(4e-4);
    expect(Math.abs(deviation - 0.02)).toBeLessThan(3e-4);
    expect(data.every((value) => value !== 0)).toBe(true);
    expect(weights.get('model.norm.weight')?.data.every((value) => value === 1)).toBe(true);
    expect(weights.get('model.layers.0.self_attn.q_proj.bias')?.data.every((value) => value === 0)).toBe(
      true,
    );
  });
});
