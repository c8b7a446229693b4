import { describe, expect, test } from 'vitest';
import { loadModelConfig, parseModelConfig, modelHints } from './config';
import { memoryFiles } from '../files/memory';
import { PolicyError } from '../../errors/policy';
import { LLAMA_FEATURES } from './features';

const SIZES = {
  vocab_size: 1000,
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 128,
};
const LLAMA = { model_type: 'llama', ...SIZES };
const QWEN2 = { model_type: 'qwen2', ...SIZES, num_key_value_heads: 2 };
const GEMMA3 = { model_type: 'gemma3_text', ...SIZES, num_key_value_heads: 2 };
const SMOLLM3 = { model_type: 'smollm3', ...SIZES, bos_token_id: 1, eos_token_id: 2 };
const QWEN3 = { model_type: 'qwen3', ...SIZES, num_key_value_heads: 2 };

describe('defaults of transformers', () => {
  test('llama', () => {
    expect(parseModelConfig(LLAMA, 'x')).toEqual({
      family: 'llama',
      vocabSize: 1000,
      hiddenSize: 64,
      layers: 2,
      heads: 4,
      kvHeads: 4,
      headDim: 16,
      intermediateSize: 128,
      ropeTheta: 10000,
      ropeScaling: null,
      rmsNormEps: 1e-6,
      tiedEmbeddings: false,
      ...LLAMA_FEATURES,
      maxPositions: 2048,
      bosTokenId: 1,
      eosTokenIds: [2],
    });
  });

  test('qwen2 has biases, qwen3 norms and heads of 128', () => {
    expect(parseModelConfig(QWEN2, 'x')).toMatchObject({
      headDim: 16,
      qkvBias: true,
      qkNorm: false,
      maxPositions: 32768,
      bosTokenId: null,
      eosTokenIds: [],
    });
    expect(parseModelConfig(QWEN3, 'x')).toMatchObject({ headDim: 128, qkvBias: false, qkNorm: true });
    expect(parseModelConfig({ ...QWEN3, head_dim: null }, 'x').headDim).toBe(16);
  });

  test('gemma3: five layers with a window to one without, two kinds of frequencies', () => {
    const config = parseModelConfig({ ...GEMMA3, num_hidden_layers: 7 }, 'x');
    const near = { window: 4096, rotary: { theta: 10_000, scaling: null } };
    const far = { window: null, rotary: { theta: 1_000_000, scaling: null } };
    expect(config).toMatchObject({ headDim: 256, tiedEmbeddings: true, attentionScale: 1 / 16 });
    expect(config.attention).toEqual([near, near, near, near, near, far, near]);
    const other = { ...GEMMA3, sliding_window_pattern: 2, sliding_window: 9, rope_local_base_freq: 50 };
    expect(parseModelConfig(other, 'x').attention).toEqual([
      { window: 9, rotary: { theta: 50, scaling: null } },
      far,
    ]);
  });

  test('smollm3: every fourth layer does not rotate; windows are for those', () => {
    const four = { ...SMOLLM3, num_hidden_layers: 4 };
    const rotary = { theta: 2_000_000, scaling: null };
    const turned = { window: null, rotary };
    const plain = { window: null, rotary: null };
    expect(parseModelConfig(four, 'x').attention).toEqual([turned, turned, turned, plain]);
    expect(parseModelConfig({ ...four, no_rope_layer_interval: 2 }, 'x').attention).toEqual([
      turned,
      plain,
      turned,
      plain,
    ]);
    const sliding = { ...four, no_rope_layers: [0, 1, 1, 1, 1], use_sliding_window: true, sliding_window: 8 };
    expect(parseModelConfig(sliding, 'x').attention).toEqual([
      { window: 8, rotary: null },
      turned,
      turned,
      turned,
    ]);
    expect(parseModelConfig(SMOLLM3, 'x')).toMatchObject({ kvHeads: 4, tiedEmbeddings: true });
  });

  test('key-value heads: absent is the class default of Qwen, null is as many as heads', () => {
    expect(() => parseModelConfig({ ...QWEN2, num_key_value_heads: undefined }, 'x')).toThrow(
      /multiple of .* 32/,
    );
    expect(parseModelConfig({ ...QWEN2, num_key_value_heads: null }, 'x').kvHeads).toBe(4);
  });

  test('given values win', () => {
    const config = {
      ...LLAMA,
      head_dim: 32,
      tie_word_embeddings: true,
      attention_bias: true,
      rms_norm_eps: 1e-5,
    };
    expect(parseModelConfig(config, 'x')).toMatchObject({
      headDim: 32,
      tiedEmbeddings: true,
      qkvBias: true,
      rmsNormEps: 1e-5,
    });
  });
});

describe('rotary embedding', () => {
  const scaling = {
    rope_type: 'llama3',
    factor: 32,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  };
  const parsed = { factor: 32, lowFreqFactor: 1, highFreqFactor: 4, originalMaxPositions: 8192 };

  test('both spellings', () => {
    expect(parseModelConfig({ ...LLAMA, rope_theta: 5e5, rope_scaling: scaling }, 'x')).toMatchObject({
      ropeTheta: 5e5,
      ropeScaling: parsed,
    });
    expect(
      parseModelConfig({ ...LLAMA, rope_parameters: { rope_theta: 5e5, ...scaling } }, 'x'),
    ).toMatchObject({
      ropeTheta: 5e5,
      ropeScaling: parsed,
    });
    const plain = { rope_theta: 1e6, rope_type: 'default' };
    expect(parseModelConfig({ ...QWEN3, rope_parameters: plain }, 'x')).toMatchObject({
      ropeTheta: 1e6,
      ropeScaling: null,
    });
    expect(parseModelConfig({ ...LLAMA, rope_scaling: { type: 'default' } }, 'x').ropeScaling).toBeNull();
    const linear = { type: 'linear', factor: 2 };
    expect(parseModelConfig({ ...LLAMA, rope_scaling: linear }, 'x').ropeScaling).toEqual({ factor: 2 });
  });

  test.each([
    [{ type: 'dynamic', factor: 2 }, /rope_scaling = .*dynamic.* is not supported/],
    [{ type: 'linear' }, /rope_scaling: factor must be a number/],
    [{ rope_type: 'yarn', factor: 4 }, /yarn/],
    [{ ...scaling, factor: undefined }, /rope_scaling: factor must be a number/],
    [{ ...scaling, low_freq_factor: 4 }, /must exceed/],
    [{ full_attention: { rope_type: 'default' } }, /not supported/],
    [{ rope_type: 'default', partial_rotary_factor: 0.5 }, /not supported/],
    ['llama3', /must be an object/],
  ])('refused: %j', (rope, message) => {
    expect(() => parseModelConfig({ ...LLAMA, rope_scaling: rope }, 'x')).toThrow(message);
  });
});

describe('end of text', () => {
  test('number, list, null, and the generation config above the model config', () => {
    expect(parseModelConfig({ ...LLAMA, eos_token_id: 7 }, 'x').eosTokenIds).toEqual([7]);
    expect(parseModelConfig({ ...LLAMA, eos_token_id: [7, 8, 7] }, 'x').eosTokenIds).toEqual([7, 8]);
    expect(parseModelConfig({ ...LLAMA, eos_token_id: null }, 'x').eosTokenIds).toEqual([]);
    expect(parseModelConfig({ ...LLAMA, eos_token_id: 7 }, 'x', { eos_token_id: [9] }).eosTokenIds).toEqual([
      9,
    ]);
    expect(parseModelConfig({ ...LLAMA, eos_token_id: 7 }, 'x', {}).eosTokenIds).toEqual([7]);
  });

  test('beyond the vocabulary is refused', () => {
    expect(() => parseModelConfig({ ...LLAMA, eos_token_id: 1000 }, 'x')).toThrow(/below vocab_size 1000/);
    expect(() => parseModelConfig({ ...LLAMA, eos_token_id: 'end' }, 'x')).toThrow(/eos_token_id/);
  });

  test('both files are read', async () => {
    const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const entries = new Map([['config.json', bytes(LLAMA)]]);
    expect((await loadModelConfig(memoryFiles(entries, 'm'))).eosTokenIds).toEqual([2]);
    entries.set('generation_config.json', bytes({ eos_token_id: [4, 5] }));
    expect((await loadModelConfig(memoryFiles(entries, 'm'))).eosTokenIds).toEqual([4, 5]);
  });
});

describe('refused by name', () => {
  test.each<[unknown, RegExp]>([
    [
      { ...LLAMA, model_type: 'gemma2' },
      /model_type is "gemma2"; supported are llama, qwen2, qwen3, gemma3_text, gemma3, smollm3\. /,
    ],
    [{ ...LLAMA, model_type: undefined }, /model_type is nothing/],
    [{ ...LLAMA, model_type: 'constructor' }, /supported are/],
    [{ ...LLAMA, mlp_bias: true }, /mlp_bias/],
    [{ ...LLAMA, hidden_act: 'gelu' }, /hidden_act/],
    [{ ...LLAMA, quantization_config: { bits: 4 } }, /quantization_config.*unquantised/],
    [{ ...QWEN2, use_sliding_window: true }, /use_sliding_window/],
    [{ ...QWEN3, layer_types: ['full_attention', 'sliding_attention'] }, /layer_types/],
    [{ ...LLAMA, partial_rotary_factor: 0.5 }, /partial_rotary_factor/],
    [{ ...LLAMA, layer_types: ['sliding_attention', 'full_attention'] }, /layer_types/],
    [{ ...GEMMA3, hidden_activation: 'gelu' }, /hidden_activation = "gelu" is not supported/],
    [{ ...GEMMA3, final_logit_softcapping: 30 }, /final_logit_softcapping = 30/],
    [{ ...GEMMA3, attn_logit_softcapping: 50 }, /attn_logit_softcapping = 50/],
    [{ ...GEMMA3, use_bidirectional_attention: true }, /use_bidirectional_attention/],
    [{ ...GEMMA3, layer_types: ['full_attention'] }, /layer_types must give each of 2 layers one of/],
    [{ ...GEMMA3, layer_types: ['full_attention', 'linear_attention'] }, /layer_types must give/],
    [{ ...GEMMA3, sliding_window: 0 }, /sliding_window must be an integer/],
    [{ ...GEMMA3, rope_local_base_freq: 'low' }, /rope_local_base_freq/],
    [{ ...GEMMA3, rope_parameters: { full_attention: { rope_type: 'yarn' } } }, /full_attention = .*yarn/],
    [{ ...SMOLLM3, no_rope_layers: [1] }, /no_rope_layers must give each of 2 layers one of/],
    [{ ...SMOLLM3, no_rope_layer_interval: 0 }, /no_rope_layer_interval/],
    [{ ...SMOLLM3, hidden_act: 'relu' }, /hidden_act/],
    [{ ...LLAMA, hidden_size: 66 }, /no multiple of num_attention_heads/],
    [{ ...LLAMA, head_dim: 15 }, /head_dim 15 must be even/],
    [{ ...LLAMA, num_key_value_heads: 3 }, /multiple of num_key_value_heads 3/],
    [{ ...LLAMA, tie_word_embeddings: 'yes' }, /tie_word_embeddings must be true or false/],
    [{ ...LLAMA, rms_norm_eps: 0 }, /rms_norm_eps/],
    [{ ...LLAMA, rope_theta: '1e4' }, /rope_theta/],
    [null, /expected a JSON object/],
    [[], /expected a JSON object/],
  ])('%j', (config, message) => {
    expect(() => parseModelConfig(config, 'm: config.json')).toThrow(PolicyError);
    expect(() => parseModelConfig(config, 'm: config.json')).toThrow(message);
    expect(() => parseModelConfig(config, 'm: config.json')).toThrow(/^m: config\.json: /);
  });

  test.each(Object.keys(SIZES))('absurd %s', (key) => {
    for (const value of [undefined, null, 0, -1, 1.5, 1e12, '64', NaN]) {
      expect(() => parseModelConfig({ ...LLAMA, [key]: value }, 'x')).toThrow(
        new RegExp(`${key} must be an integer`),
      );
    }
  });

  test('a sliding window that is switched off is no matter', () => {
    const config = {
      ...QWEN2,
      sliding_window: 4096,
      use_sliding_window: false,
      layer_types: ['full_attention'],
    };
    expect(parseModelConfig(config, 'x').family).toBe('qwen2');
  });
});

test('hints for the environment are an object, as they are', () => {
  expect(modelHints(LLAMA)).toEqual({});
  expect(modelHints({ mailgym: { promptStyle: 'short', other: 1 } })).toEqual({
    promptStyle: 'short',
    other: 1,
  });
  expect(() => modelHints({ mailgym: [] })).toThrow(/"mailgym" must be an object/);
});
