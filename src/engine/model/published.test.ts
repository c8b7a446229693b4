/**
 * Configs of published models as the hub has them and as transformers 5.24 writes them again, against what
 * transformers' own config classes read out of them (`read`).
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ModelConfig, RotaryFrequencies } from '../types';
import { parseModelConfig } from './config';
import { attentionScale, layerAttention } from './features';

interface Read {
  readonly [size: string]: unknown;
  readonly head_dim: number | null;
  readonly rope_parameters: Readonly<Record<string, unknown>>;
  readonly layer_types: readonly string[] | null;
  readonly sliding_window: number | null;
  readonly query_pre_attn_scalar: number | null;
  readonly no_rope_layers: readonly number[] | null;
}

const file = fileURLToPath(new URL('../../../tests/fixtures/published-configs.json', import.meta.url));
const MODELS = JSON.parse(readFileSync(file, 'utf8')) as Readonly<
  Record<string, { readonly hub: object; readonly rewritten: object; readonly read: Read }>
>;
const CASES = Object.entries(MODELS).flatMap(([name, { hub, rewritten, read }]) => [
  { name, spelling: 'the hub', json: hub, read },
  { name, spelling: 'transformers 5', json: rewritten, read },
]);

function rotaryOf(parameters: Readonly<Record<string, unknown>>): RotaryFrequencies {
  const number = (key: string) => parameters[key] as number;
  const theta = number('rope_theta');
  if (parameters['rope_type'] === 'default') return { theta, scaling: null };
  if (parameters['rope_type'] === 'linear') return { theta, scaling: { factor: number('factor') } };
  const scaling = {
    factor: number('factor'),
    lowFreqFactor: number('low_freq_factor'),
    highFreqFactor: number('high_freq_factor'),
    originalMaxPositions: number('original_max_position_embeddings'),
  };
  return { theta, scaling };
}

/** What transformers' classes do with a layer, by the type of the layer. */
function attentionOf(read: Read, layer: number) {
  const type = read.layer_types?.[layer] ?? 'full_attention';
  const own = read.rope_parameters[type] as Readonly<Record<string, unknown>> | undefined;
  return {
    window: type === 'sliding_attention' ? read.sliding_window : null,
    rotary: read.no_rope_layers?.[layer] === 0 ? null : rotaryOf(own ?? read.rope_parameters),
  };
}

test('all families are there', () => {
  expect(new Set(CASES.map(({ json }) => parseModelConfig(json, 'x').family))).toEqual(
    new Set(['llama', 'qwen2', 'qwen3', 'gemma3', 'smollm3']),
  );
});

describe.each(CASES)('$name as $spelling spells it', ({ json, read }) => {
  const config: ModelConfig = parseModelConfig(json, 'x');
  const headDim = read.head_dim ?? (read['hidden_size'] as number) / (read['num_attention_heads'] as number);

  test('sizes', () => {
    expect(config).toMatchObject({
      vocabSize: read['vocab_size'],
      hiddenSize: read['hidden_size'],
      layers: read['num_hidden_layers'],
      heads: read['num_attention_heads'],
      kvHeads: read['num_key_value_heads'],
      headDim,
      intermediateSize: read['intermediate_size'],
      rmsNormEps: read['rms_norm_eps'],
      tiedEmbeddings: read['tie_word_embeddings'],
      maxPositions: read['max_position_embeddings'],
    });
    expect(attentionScale(config)).toBeCloseTo((read.query_pre_attn_scalar ?? headDim) ** -0.5, 12);
  });

  test('windows and frequencies of every layer', () => {
    for (let layer = 0; layer < config.layers; layer++) {
      expect(layerAttention(config, layer), `layer ${layer}`).toEqual(attentionOf(read, layer));
    }
  });
});

test('what Gemma 3 does otherwise', () => {
  expect(parseModelConfig(MODELS['gemma-3-270m']?.hub, 'x')).toMatchObject({
    qkNorm: true,
    normOffset: 1,
    branchNorms: true,
    activation: 'gelu_tanh',
    embeddingScale: Math.fround(Math.sqrt(640)),
    bosTokenId: 2,
    eosTokenIds: [1],
    modulePath: 'model',
  });
  expect(parseModelConfig(MODELS['gemma-3-4b-it']?.hub, 'x')).toMatchObject({
    family: 'gemma3',
    eosTokenIds: [1, 106],
    modulePath: 'model.language_model',
  });
});
