/** Weights for sampling: the adapter folded in, so that a token step is one product per projection. */
import { mergeLowRank } from '../kernels/decode/merge';
import type { Gpu, Slice } from '../kernels/gpu';
import { lowRank } from './linear';
import type { ActiveAdapter } from './trunk';
import type { ModelConfig } from './types';
import { LINEAR_KEYS, type LinearKey, linearUnits } from './units';
import type { LayerWeights, ModelWeights } from './weights-gpu';

/**
 * The weights with W + scale·B·A in place of adapted W, and what to free after use. Without an adapter they are the
 * given weights. The sum is rounded once to float32; log-probs move by some 1e-6.
 */
export function mergeAdapter(
  gpu: Gpu,
  config: ModelConfig,
  weights: ModelWeights,
  adapter: ActiveAdapter | null,
): { weights: ModelWeights; owned: readonly Slice[] } {
  if (adapter === null) return { weights, owned: [] };
  const owned: Slice[] = [];
  const layers = weights.layers.map((layer, l): LayerWeights => {
    const units = linearUnits(config, l);
    const merged = (key: LinearKey): Slice => {
      const unit = adapter.layout.layers[l]?.[key] ?? null;
      const weight = layer.linear[key];
      if (unit === null) return weight;
      const { inputs, outputs } = units[key];
      const out = gpu.alloc(inputs * outputs, 'merged weights');
      owned.push(out);
      const { parameters, layout } = adapter;
      const low = lowRank(units[key], { unit, parameters, rank: layout.lora.r, scale: layout.scale });
      mergeLowRank(gpu, { weight, low, out }, inputs);
      return out;
    };
    const [qkv, o, gateUp, down] = LINEAR_KEYS.map(merged) as [Slice, Slice, Slice, Slice];
    return { ...layer, linear: { qkv, o, gateUp, down } };
  });
  return { weights: { ...weights, layers }, owned };
}
