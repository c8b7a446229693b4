/** Qwen3: RMSNorm on every query and key head before the rotation, heads of 128 whatever the width. */
import { readRotary } from '../rotary-config';
import { type Family, requireFullAttention, requireSilu } from './family';

export const qwen3: Family = {
  name: 'qwen3',
  types: ['qwen3'],
  defaults: {
    sizes: { num_key_value_heads: 32, head_dim: 128, max_position_embeddings: 32_768 },
    ropeTheta: 10_000,
    tiedEmbeddings: false,
    bosTokenId: null,
    eosTokenId: null,
  },
  rotary: (config) => readRotary(config, qwen3.defaults.ropeTheta),
  features: (config) => {
    requireSilu(config);
    requireFullAttention(config);
    return { qkNorm: true, qkvBias: config.boolean('attention_bias', false) };
  },
};
