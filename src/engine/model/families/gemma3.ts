/**
 * Gemma 3, text (Gemma Team 2025): five layers with a sliding window and frequencies of their own to each that sees
 * everything; four norms per layer, whose files hold w for 1 + w; norms of q and k; a GELU gate; an embedding scaled
 * by √hidden.
 *
 * transformers rounds that factor to the type of the weights: 25.25 for the 270M model in bfloat16, √640 in float32.
 * Here all arithmetic is float32, whatever form weights are stored in, so it is √hidden in float32, as in
 * transformers with `dtype=float32`.
 */
import type { RotaryFrequencies } from '../../types';
import { type ConfigReader, isRecord, type Json } from '../config-reader';
import { readRotary, readScaling } from '../rotary-config';
import { type Family, readWindows } from './family';

/** Layers from one that sees everything to the next. */
const PATTERN = 6;
const LOCAL_THETA = 10_000;

/** Where both have it, keys of the whole model that count for its text too. */
const SHARED = ['eos_token_id', 'bos_token_id', 'tie_word_embeddings', 'quantization_config'];

export const gemma3: Family = {
  name: 'gemma3',
  types: ['gemma3_text', 'gemma3'],
  defaults: {
    sizes: {
      vocab_size: 262_208,
      hidden_size: 2304,
      intermediate_size: 9216,
      num_hidden_layers: 26,
      num_attention_heads: 8,
      num_key_value_heads: 4,
      head_dim: 256,
      max_position_embeddings: 131_072,
      sliding_window: 4096,
    },
    ropeTheta: 1_000_000,
    tiedEmbeddings: true,
    bosTokenId: 2,
    eosTokenId: 1,
  },
  text: textPart,
  rotary: (config) => rotaryOf(config, 'full_attention'),
  features: (config, { layers, hiddenSize }, rotary) => {
    refuse(config);
    // Early configs of the family spell the pattern with an underscore.
    const pattern = config.size('sliding_window_pattern', underscored(config) ?? PATTERN);
    const windows = readWindows(
      config,
      layers,
      gemma3.defaults.sizes.sliding_window ?? null,
      (layer) => (layer + 1) % pattern !== 0,
    );
    const local = rotaryOf(config, 'sliding_attention');
    return {
      qkvBias: config.boolean('attention_bias', false),
      qkNorm: true,
      normOffset: 1,
      branchNorms: true,
      activation: 'gelu_tanh',
      embeddingScale: Math.fround(Math.sqrt(hiddenSize)),
      attentionScale: 1 / Math.sqrt(config.number('query_pre_attn_scalar', 256, 1e-6, 1e9)),
      attention: windows.map((window) => ({ window, rotary: window === null ? rotary : local })),
      modulePath: config.json['model_type'] === 'gemma3' ? 'model.language_model' : 'model',
    };
  },
};

/** Images aside, a `gemma3` config holds a `gemma3_text` config under `text_config`. */
function textPart(json: Json): Json {
  const text = json['text_config'];
  if (json['model_type'] !== 'gemma3' || !isRecord(text)) return json;
  const shared = SHARED.filter((key) => json[key] !== undefined).map((key) => [key, json[key]] as const);
  return { ...text, ...Object.fromEntries(shared), model_type: 'gemma3' };
}

/** In the first spelling only layers that see everything are scaled; in the second each type of layer has its own. */
function rotaryOf(config: ConfigReader, type: 'full_attention' | 'sliding_attention'): RotaryFrequencies {
  const isFull = type === 'full_attention';
  const all = config.child('rope_parameters');
  const own = all?.child(type) ?? null;
  if (own !== null) {
    const theta = isFull ? gemma3.defaults.ropeTheta : LOCAL_THETA;
    return { theta: own.number('rope_theta', theta, 1, 1e12), scaling: readScaling(own) };
  }
  if (isFull) return readRotary(config, gemma3.defaults.ropeTheta);
  return { theta: config.number('rope_local_base_freq', LOCAL_THETA, 1, 1e12), scaling: null };
}

function underscored(config: ConfigReader): number | null {
  const pattern = config.json['_sliding_window_pattern'];
  return typeof pattern === 'number' ? pattern : null;
}

function refuse(config: ConfigReader): void {
  const { json } = config;
  const activation = json['hidden_activation'] ?? json['hidden_act'] ?? 'gelu_pytorch_tanh';
  if (activation !== 'gelu_pytorch_tanh') {
    throw config.unsupported('hidden_activation');
  }
  if (json['use_bidirectional_attention']) {
    throw config.unsupported('use_bidirectional_attention');
  }
  for (const key of ['final_logit_softcapping', 'attn_logit_softcapping'] as const) {
    if (config.has(key)) throw config.unsupported(key);
  }
}
