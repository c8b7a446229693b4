/** The features of a model's layers: Llama's, and what is asked of any model's. */
import type { LayerAttention, ModelConfig, ModelFeatures } from '../types';

/** What a family does where its file says nothing else. */
export const LLAMA_FEATURES: ModelFeatures = {
  qkvBias: false,
  qkNorm: false,
  normOffset: 0,
  branchNorms: false,
  activation: 'silu',
  embeddingScale: 1,
  attentionScale: null,
  attention: null,
  modulePath: 'model',
};

/** How a layer attends. */
export function layerAttention(config: ModelConfig, layer: number): LayerAttention {
  const { attention, ropeTheta: theta, ropeScaling: scaling } = config;
  return attention?.[layer] ?? { window: null, rotary: { theta, scaling } };
}

/** Factor of attention's scores. */
export const attentionScale = ({ attentionScale: scale, headDim }: ModelConfig): number =>
  scale ?? 1 / Math.sqrt(headDim);

/** The windows of a model's layers that cut something off sequences of `positions` tokens, each once. */
export function windowsBelow(config: ModelConfig, positions: number): number[] {
  const windows = (config.attention ?? []).map(({ window }) => window ?? Infinity);
  return [...new Set(windows)].filter((window) => window < positions);
}
