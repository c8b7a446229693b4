import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type FileTensor, ggufFile, type MetaValue } from '../../../../tests/support/gguf-file';
import type { ModelFiles } from '../../../formats/files';
import { memoryFiles } from '../memory';
import { llama3Factors } from './config';
import { modelOf } from './files';

type Json = Record<string, unknown>;
type Meta = Record<string, MetaValue>;

const u32 = (value: number): MetaValue => ({ type: 'u32', value });
const f32 = (value: number): MetaValue => ({ type: 'f32', value });
const text = (value: string): MetaValue => ({ type: 'text', value });
const texts = (...value: string[]): MetaValue => ({ type: 'texts', value });
const ints = (...value: number[]): MetaValue => ({ type: 'i32s', value });

/** Numbers that tell from where they are. */
const tensor = (name: string, ...shape: number[]): FileTensor => ({
  name,
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

/** Metadata of a model whose heads have four numbers. */
const metaOf = (name: string, more: Meta = {}): Meta => ({
  'general.architecture': text(name),
  [`${name}.block_count`]: u32(7),
  [`${name}.context_length`]: u32(128),
  [`${name}.embedding_length`]: u32(8),
  [`${name}.feed_forward_length`]: u32(12),
  [`${name}.attention.head_count`]: u32(2),
  [`${name}.attention.head_count_kv`]: u32(1),
  [`${name}.attention.layer_norm_rms_epsilon`]: f32(1e-5),
  [`${name}.rope.freq_base`]: f32(500_000),
  ...more,
});

function modelFrom(meta: Meta, tensors: readonly FileTensor[] = []): ModelFiles {
  const files = memoryFiles(new Map([['m.gguf', ggufFile(meta, tensors)]]), 'dropped');
  return modelOf({ ...files, file: 'm.gguf' });
}

async function json(model: ModelFiles, path: string): Promise<Json> {
  return JSON.parse(new TextDecoder().decode(await model.read(path))) as Json;
}

const config = (meta: Meta, tensors?: readonly FileTensor[]) => json(modelFrom(meta, tensors), 'config.json');

describe('config.json', () => {
  test('a Llama: sizes, base, the epsilon that was rounded to float32', async () => {
    expect(await config(metaOf('llama'), [tensor('token_embd.weight', 20, 8)])).toMatchObject({
      ...{ model_type: 'llama', vocab_size: 20, hidden_size: 8, intermediate_size: 12 },
      ...{ num_hidden_layers: 7, num_attention_heads: 2, num_key_value_heads: 1, head_dim: 4 },
      ...{ max_position_embeddings: 128, rms_norm_eps: 1e-5, rope_theta: 500_000, rope_scaling: null },
      ...{ tie_word_embeddings: true, attention_bias: false },
    });
  });

  test('a head of its own and biases are seen by their tensors', async () => {
    const tensors = ['output.weight', 'blk.0.attn_q.bias', 'token_embd.weight'].map((name) =>
      tensor(name, 4),
    );
    expect(await config(metaOf('qwen2'), tensors)).toMatchObject({
      ...{ model_type: 'qwen2', tie_word_embeddings: false, attention_bias: true },
    });
  });

  test('the size of a head is the keys’, else what turns, else a part of the width', async () => {
    const size = async (more: Meta) =>
      (await config(metaOf('qwen3', { 'qwen3.vocab_size': u32(9), ...more }))).head_dim;
    expect(await size({ 'qwen3.attention.key_length': u32(16) })).toBe(16);
    expect(await size({ 'qwen3.rope.dimension_count': u32(6) })).toBe(6);
    expect(await size({})).toBe(4);
  });

  test('Gemma 3: window, pattern of layers, both bases, the factor of scores', async () => {
    const gemma = (more: Meta) => config(metaOf('gemma3', { 'gemma3.vocab_size': u32(9), ...more }));
    expect(await gemma({ 'gemma3.attention.sliding_window': u32(512) })).toMatchObject({
      ...{ model_type: 'gemma3_text', hidden_activation: 'gelu_pytorch_tanh', sliding_window: 512 },
      ...{ sliding_window_pattern: 6, rope_local_base_freq: 10_000, query_pre_attn_scalar: 4 },
    });
    expect((await gemma({ 'gemma3.rope.freq_base_swa': f32(7) })).rope_local_base_freq).toBe(7);
    // The 27B model alone, by its 62 layers.
    const large = { 'gemma3.block_count': u32(62), 'gemma3.attention.key_length': u32(16) };
    expect((await gemma(large)).query_pre_attn_scalar).toBe(4);
  });

  test('every fourth layer of SmolLM3 does not turn', async () => {
    const made = await config(metaOf('smollm3', { 'smollm3.vocab_size': u32(9) }));
    expect(made.no_rope_layer_interval).toBe(4);
  });

  test('Llama 3’s scaling is found again from its factors, and other factors are refused', async () => {
    const more = { 'llama.attention.key_length': u32(64) };
    const factors = llama3Factors(500_000, 64, { low: 1, high: 4, positions: 8192, factor: 32 });
    const of = (data: readonly number[]) =>
      config(metaOf('llama', more), [
        tensor('token_embd.weight', 20, 8),
        { name: 'rope_freqs.weight', shape: [data.length], data: Float32Array.from(data) },
      ]);
    expect((await of(factors)).rope_scaling).toEqual({
      ...{ rope_type: 'llama3', factor: 32, low_freq_factor: 1, high_freq_factor: 4 },
      original_max_position_embeddings: 8192,
    });
    await expect(of(factors.map((factor, i) => (i === 20 ? factor + 1 : factor)))).rejects.toMatchObject({
      code: 'policy/gguf-rope-factors',
    });
  });

  test('the factors are those that transformers computes for Llama 3.2', () => {
    // _compute_llama3_parameters with theta 500,000, heads of 64, factor 32: frequencies 0, 12, 16, 17, 20 and 31.
    const found = llama3Factors(500_000, 64, { low: 1, high: 4, positions: 8192, factor: 32 });
    expect(found[0]).toBe(1);
    expect(found[12]).toBe(1);
    expect(found[16]).toBeCloseTo(3.292262, 5);
    expect(found[17]).toBeCloseTo(9.666729, 5);
    expect(found[20]).toBe(32);
    expect(found[31]).toBe(32);
  });

  test.each<[string, Meta, object]>([
    ['another family', { 'general.architecture': text('mamba') }, { code: 'policy/gguf-architecture' }],
    [
      'a part of a head that turns',
      { 'llama.rope.dimension_count': u32(2), 'llama.attention.key_length': u32(4) },
      { code: 'policy/gguf-unsupported' },
    ],
    [
      'values of another size',
      { 'llama.attention.value_length': u32(6) },
      { code: 'policy/gguf-unsupported' },
    ],
    ['experts', { 'llama.expert_count': u32(8) }, { code: 'policy/gguf-unsupported' }],
    ['a text for a number', { 'llama.block_count': text('7') }, { code: 'policy/gguf-value' }],
  ])('%s is refused', async (_, more, problem) => {
    await expect(config(metaOf('llama', { 'llama.vocab_size': u32(9), ...more }))).rejects.toMatchObject(
      problem,
    );
  });

  test('what is not told at all is named', async () => {
    const { 'llama.block_count': left, ...rest } = metaOf('llama', { 'llama.vocab_size': u32(9) });
    expect(left).toBeDefined();
    await expect(config(rest)).rejects.toThrow(/dropped.*has no llama\.block_count/s);
  });
});

describe('tokenizer and ends of turns', () => {
  const words = ['<unk>', 'a', 'b', 'ab', '<|im_end|>', '<s>'];
  const bytes: Meta = metaOf('llama', {
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text('smollm'),
    'tokenizer.ggml.tokens': texts(...words),
    'tokenizer.ggml.token_type': ints(2, 1, 1, 1, 3, 3),
    'tokenizer.ggml.merges': texts('a b'),
    'tokenizer.ggml.eos_token_id': u32(4),
    'tokenizer.ggml.bos_token_id': u32(5),
    'tokenizer.chat_template': text('{{ messages }}<|im_end|>'),
  });

  test('a byte-level BPE: tokens, merges, special ones, the cut', async () => {
    const made = await json(modelFrom(bytes), 'tokenizer.json');
    expect(made.model).toMatchObject({ type: 'BPE', merges: [['a', 'b']], byte_fallback: false });
    expect((made.model as { vocab: object }).vocab).toMatchObject({ a: 1, ab: 3 });
    expect((made.added_tokens as Json[]).map(({ id, special }) => [id, special])).toEqual([
      [4, true],
      [5, true],
    ]);
    expect(JSON.stringify(made.pre_tokenizer)).toContain('\\\\p{N}');
    expect(made.post_processor).toBeNull();
  });

  test('what a text begins with is added only where the file says so', async () => {
    const made = await json(
      modelFrom({ ...bytes, 'tokenizer.ggml.add_bos_token': { type: 'bool', value: true } }),
      'tokenizer.json',
    );
    expect(made.post_processor).toMatchObject({
      single: [{ SpecialToken: { id: '<s>' } }, { Sequence: { id: 'A' } }],
    });
  });

  test('ends: the file’s own and the template’s, each once', async () => {
    const { eos_token_id: ends } = await json(modelFrom(bytes), 'generation_config.json');
    expect(ends).toEqual([4]);
    const more = { ...bytes, 'tokenizer.ggml.eos_token_id': u32(0), 'tokenizer.ggml.eot_token_id': u32(5) };
    expect((await json(modelFrom(more), 'generation_config.json')).eos_token_id).toEqual([0, 5, 4]);
  });

  test('the template, and several by name', async () => {
    const one = await json(modelFrom(bytes), 'tokenizer_config.json');
    expect(one).toMatchObject({
      eos_token: '<|im_end|>',
      bos_token: '<s>',
      chat_template: '{{ messages }}<|im_end|>',
    });
    const several = {
      ...bytes,
      'tokenizer.chat_templates': texts('tool_use', 'absent'),
      'tokenizer.chat_template.tool_use': text('T'),
    };
    expect((await json(modelFrom(several), 'tokenizer_config.json')).chat_template).toEqual([
      { name: 'default', template: '{{ messages }}<|im_end|>' },
      { name: 'tool_use', template: 'T' },
    ]);
  });

  test.each<[string, Meta, string]>([
    ['another kind', { 'tokenizer.ggml.model': text('bert') }, 'policy/gguf-tokenizer-kind'],
    ['an unknown cut', { 'tokenizer.ggml.pre': text('poro') }, 'policy/gguf-split'],
  ])('%s is refused', async (_, more, code) => {
    await expect(modelFrom({ ...bytes, ...more }).read('tokenizer.json')).rejects.toMatchObject({ code });
  });
});

describe('tensors', () => {
  const rows = async (name: string, stored: FileTensor, path: string, from?: number, to?: number) => {
    const { tensors } = (await modelFrom(metaOf(name), [stored]).openTensors?.()) ?? {};
    const found = tensors?.get(path);
    return found === undefined ? null : [...(await found.read(from ?? 0, to ?? found.shape[0] ?? 1))];
  };

  test('rows of q and k go back from pairs to halves, whole and in parts', async () => {
    // Heads of four rows: the file has 0, 2, 1, 3 of each.
    const q = { name: 'blk.0.attn_q.weight', shape: [8, 1], data: Float32Array.of(0, 2, 1, 3, 4, 6, 5, 7) };
    const path = 'model.layers.0.self_attn.q_proj.weight';
    expect(await rows('llama', q, path)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await rows('llama', q, path, 3, 6)).toEqual([3, 4, 5]);
    expect(await rows('qwen3', q, path)).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  });

  test('quantised blocks move with their rows', async () => {
    const recorded = JSON.parse(
      readFileSync(new URL('../../../../tests/fixtures/gguf/quants.json', import.meta.url), 'utf8'),
    ) as Record<string, { type: number; blocks: string }>;
    const { type = 0, blocks = '' } = recorded['Q8_0'] ?? {};
    const data = new Uint8Array(Buffer.from(blocks, 'base64'));
    const path = 'model.layers.0.self_attn.k_proj.weight';
    const stored = { name: 'blk.0.attn_k.weight', shape: [4, 32], type, data };
    const open = async (name: string) =>
      (await modelFrom(metaOf(name), [stored]).openTensors?.())?.tensors.get(path);
    const [plain, moved] = [await open('qwen3'), await open('llama')];
    const order = [0, 2, 1, 3];
    const [before, after] = [await plain?.blocks?.read(0, 4), await moved?.blocks?.read(0, 4)];
    expect([...(after?.scales ?? [])]).toEqual(order.map((row) => before?.scales[row]));
    expect([...(after?.codes ?? [])]).toEqual(
      order.flatMap((row) => [...(before?.codes.subarray(32 * row, 32 * row + 32) ?? [])]),
    );
    expect([...((await moved?.read(1, 2)) ?? [])]).toEqual([...((await plain?.read(2, 3)) ?? [])]);
  });

  test('Gemma’s norms lose the one that the converter added; others stay', async () => {
    const norm = { name: 'blk.1.post_ffw_norm.weight', shape: [2], data: Float32Array.of(1.5, 0.25) };
    expect(await rows('gemma3', norm, 'model.layers.1.post_feedforward_layernorm.weight')).toEqual([
      0.5, -0.75,
    ]);
    const own = { ...norm, name: 'blk.1.ffn_norm.weight' };
    expect(await rows('gemma3', own, 'model.layers.1.pre_feedforward_layernorm.weight')).toEqual([
      0.5, -0.75,
    ]);
    expect(await rows('llama', own, 'model.layers.1.post_attention_layernorm.weight')).toEqual([1.5, 0.25]);
  });

  test('a tensor without another name keeps its own', async () => {
    expect(await rows('llama', tensor('rope_freqs.weight', 2), 'rope_freqs.weight')).toEqual([0, 1]);
  });
});

test('files that a Hugging Face folder would have beside are not there', async () => {
  const model = modelFrom(metaOf('llama'));
  expect(await model.has('config.json')).toBe(true);
  expect(await model.has('model.safetensors')).toBe(false);
  await expect(model.read('model.safetensors')).rejects.toThrow(/model\.safetensors/);
});
