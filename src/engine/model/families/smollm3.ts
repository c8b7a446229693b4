/** SmolLM3: Llama's layer, of which every fourth does not rotate queries and keys (NoPE, Yang et al. 2025). */
import type { LayerAttention } from '../../types';
import { readRotary } from '../rotary-config';
import { type Family, readWindows, requireSilu } from './family';

export const smollm3: Family = {
  name: 'smollm3',
  types: ['smollm3'],
  defaults: {
    sizes: { num_key_value_heads: 4, max_position_embeddings: 32_768, no_rope_layer_interval: 4 },
    ropeTheta: 2_000_000,
    tiedEmbeddings: true,
    bosTokenId: 128_000,
    eosTokenId: 128_001,
  },
  rotary: (config) => readRotary(config, smollm3.defaults.ropeTheta),
  features: (config, { layers }, rotary) => {
    requireSilu(config);
    // 1 for layers that rotate.
    const interval = config.size('no_rope_layer_interval', 4);
    const rotates =
      config.perLayer<unknown>('no_rope_layers', layers, [0, 1, false, true]) ??
      Array.from({ length: layers }, (_, layer) => (layer + 1) % interval !== 0);
    const slides = config.boolean('use_sliding_window', false) && config.has('sliding_window');
    const windows = readWindows(config, layers, null, (layer) => slides && !rotates[layer]);
    return {
      qkvBias: config.boolean('attention_bias', false),
      attention: windows.map((window, layer): LayerAttention => ({
        window,
        rotary: rotates[layer] ? rotary : null,
      })),
    };
  },
};
