/** Qwen2 and Qwen2.5: biases on q, k and v. Its sliding windows, which no published instruct model uses, are refused. */
import { readRotary } from '../rotary-config';
import { type Family, requireFullAttention, requireSilu } from './family';

export const qwen2: Family = {
  name: 'qwen2',
  types: ['qwen2'],
  defaults: {
    sizes: { num_key_value_heads: 32, max_position_embeddings: 32_768 },
    ropeTheta: 10_000,
    tiedEmbeddings: false,
    bosTokenId: null,
    eosTokenId: null,
  },
  rotary: (config) => readRotary(config, qwen2.defaults.ropeTheta),
  features: (config) => {
    requireSilu(config);
    requireFullAttention(config);
    return { qkvBias: true };
  },
};
