/** Llama 1 to 3, and models of its architecture (SmolLM2, TinyLlama): the layer that the others are compared with. */
import { readRotary } from '../rotary-config';
import { type Family, requireFullAttention, requireSilu } from './family';

export const llama: Family = {
  name: 'llama',
  types: ['llama'],
  defaults: {
    sizes: { max_position_embeddings: 2048 },
    ropeTheta: 10_000,
    tiedEmbeddings: false,
    bosTokenId: 1,
    eosTokenId: 2,
  },
  rotary: (config) => readRotary(config, llama.defaults.ropeTheta),
  features: (config) => {
    requireSilu(config);
    requireFullAttention(config);
    return { qkvBias: config.boolean('attention_bias', false) };
  },
};
