/** The architectures that can be measured, and the sizes at which. */
import type { ModelConfig } from '../../src/engine/types';
import { parseModelConfig } from '../../src/engine/model/config';
import { LLAMA_FEATURES } from '../../src/engine/model/features';

export const ARCHS = [
  'config-s',
  'default',
  'smollm2-135m',
  'qwen2.5-0.5b',
  'qwen3-0.6b',
  'gemma-3-1b',
] as const;
export type ArchName = (typeof ARCHS)[number];

export function isArch(name: string): name is ArchName {
  return (ARCHS as readonly string[]).includes(name);
}

const BASE = {
  ropeScaling: null,
  ...LLAMA_FEATURES,
  bosTokenId: null,
  eosTokenIds: [] as number[],
};

const SMALL = {
  ...BASE,
  family: 'llama' as const,
  hiddenSize: 128,
  layers: 4,
  heads: 4,
  kvHeads: 4,
  headDim: 32,
  intermediateSize: 352,
  ropeTheta: 10_000,
  rmsNormEps: 1e-5,
  maxPositions: 4096,
};

/** Shapes of the published models; weights are random everywhere but in `default`, where they do not matter either. */
export const MODELS: Readonly<Record<ArchName, ModelConfig>> = {
  'config-s': { ...SMALL, vocabSize: 2048, tiedEmbeddings: true },
  default: { ...SMALL, vocabSize: 1408, tiedEmbeddings: false },
  'smollm2-135m': {
    ...BASE,
    family: 'llama',
    vocabSize: 49_152,
    hiddenSize: 576,
    layers: 30,
    heads: 9,
    kvHeads: 3,
    headDim: 64,
    intermediateSize: 1536,
    ropeTheta: 100_000,
    rmsNormEps: 1e-5,
    tiedEmbeddings: true,
    maxPositions: 8192,
  },
  'qwen2.5-0.5b': {
    ...BASE,
    family: 'qwen2',
    vocabSize: 151_936,
    hiddenSize: 896,
    layers: 24,
    heads: 14,
    kvHeads: 2,
    headDim: 64,
    intermediateSize: 4864,
    ropeTheta: 1_000_000,
    rmsNormEps: 1e-6,
    tiedEmbeddings: true,
    qkvBias: true,
    maxPositions: 32_768,
  },
  'qwen3-0.6b': {
    ...BASE,
    family: 'qwen3',
    vocabSize: 151_936,
    hiddenSize: 1024,
    layers: 28,
    heads: 16,
    kvHeads: 8,
    headDim: 128,
    intermediateSize: 3072,
    ropeTheta: 1_000_000,
    rmsNormEps: 1e-6,
    tiedEmbeddings: true,
    qkNorm: true,
    maxPositions: 40_960,
  },
  'gemma-3-1b': parseModelConfig(
    {
      model_type: 'gemma3_text',
      head_dim: 256,
      hidden_activation: 'gelu_pytorch_tanh',
      hidden_size: 1152,
      intermediate_size: 6912,
      max_position_embeddings: 32_768,
      num_attention_heads: 4,
      num_hidden_layers: 26,
      num_key_value_heads: 1,
      query_pre_attn_scalar: 256,
      rms_norm_eps: 1e-6,
      rope_local_base_freq: 10_000,
      rope_theta: 1_000_000,
      sliding_window: 512,
      sliding_window_pattern: 6,
      vocab_size: 262_144,
    },
    'gemma-3-1b',
  ),
};

/** Multiply-adds of a forward pass per token, counted as two operations each; three times that with the backward pass. */
export function forwardFlops(config: ModelConfig): number {
  const { hiddenSize: d, intermediateSize: f, heads, kvHeads, headDim, layers, vocabSize } = config;
  const layer = d * (heads + 2 * kvHeads) * headDim + heads * headDim * d + 3 * d * f;
  return 2 * (layers * layer + vocabSize * d);
}

export interface StepSize {
  readonly sequences: number;
  readonly length: number;
}

/** Tokens of a training step: 8 x 256, less for large models on software devices, where that takes minutes. */
export function stepSize(arch: ArchName, software: boolean): StepSize {
  const small = arch === 'config-s' || arch === 'default';
  return small || !software ? { sequences: 8, length: 256 } : { sequences: 1, length: 64 };
}
