/** Weights for sampling: the adapter folded in where weights are f32, so that a token step is one product per projection. */
import { mergeLowRank } from '../../kernels/decode/merge';
import type { Gpu, Slice } from '../../kernels/gpu';
import { lowRank } from '../pass/linear';
import type { ActiveAdapter } from '../pass/trunk';
import type { ModelConfig } from '../types';
import { LINEAR_KEYS, type LinearKey, linearUnits } from '../model/units';
import type { LayerWeights, ModelWeights } from './weights-gpu';

export interface SamplingWeights {
  readonly weights: ModelWeights;
  /** The adapter where it is not folded in and token steps must add it. */
  readonly aside: ActiveAdapter | null;
  /** To be freed after use. */
  readonly owned: readonly Slice[];
}

/**
 * The weights with W + scale·B·A in place of adapted W. Without an adapter they are the given weights. The sum is
 * rounded once to float32; log-probs move by some 1e-6.
 *
 * Packed weights are not merged: in float32 the sum would take the memory that packing saves, and packed again it would
 * round the adapter away, which is smaller than a step of the codes.
 */
export function samplingWeights(
  gpu: Gpu,
  config: ModelConfig,
  weights: ModelWeights,
  adapter: ActiveAdapter | null,
): SamplingWeights {
  if (adapter === null) return { weights, aside: null, owned: [] };
  const isPacked = weights.layers.some(({ linear }) =>
    Object.values(linear).some(({ format }) => format !== undefined),
  );
  if (isPacked) return { weights, aside: adapter, owned: [] };
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
      const low = lowRank(units[key], { unit, parameters: adapter.parameters });
      mergeLowRank(gpu, { weight, low, out }, inputs);
      return out;
    };
    const [qkv, o, gateUp, down] = LINEAR_KEYS.map(merged) as [Slice, Slice, Slice, Slice];
    return { ...layer, linear: { qkv, o, gateUp, down } };
  });
  return { weights: { ...weights, layers }, aside: null, owned };
}
