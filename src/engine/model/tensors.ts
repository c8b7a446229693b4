/** Names and shapes of a model's tensors, as Hugging Face checkpoints and PEFT adapters spell them. */
import type { LoraConfig, ModelConfig } from '../types';
import type { LoraTarget } from '../../settings/choices';
import { loraModules } from './lora-config';

/** Rows and columns of a linear layer's weight: `y = W x`, W of shape [out, in]. */
export interface LinearShape {
  readonly out: number;
  readonly in: number;
}

export function linearShape(config: ModelConfig, target: LoraTarget): LinearShape {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = config;
  switch (target) {
    case 'q_proj':
      return { out: heads * headDim, in: hiddenSize };
    case 'k_proj':
    case 'v_proj':
      return { out: kvHeads * headDim, in: hiddenSize };
    case 'o_proj':
      return { out: hiddenSize, in: heads * headDim };
    case 'gate_proj':
    case 'up_proj':
      return { out: intermediateSize, in: hiddenSize };
    case 'down_proj':
      return { out: hiddenSize, in: intermediateSize };
  }
}

const ATTENTION: readonly LoraTarget[] = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];
const MLP: readonly LoraTarget[] = ['gate_proj', 'up_proj', 'down_proj'];

/** Module path of a linear layer, e.g. `model.layers.3.self_attn.q_proj`. */
export function linearPath(layer: number, target: LoraTarget): string {
  return `model.layers.${layer}.${ATTENTION.includes(target) ? 'self_attn' : 'mlp'}.${target}`;
}

/** Norms of a layer over the hidden state. */
export type LayerNorm = 'inputNorm' | 'postNorm' | 'attentionOutNorm' | 'mlpOutNorm';

/**
 * Tensor names of a layer's norms. Where branches are normed too, `post_attention_layernorm` is the norm of what attention
 * gives; elsewhere it is the one in front of the MLP.
 */
export function layerNorms(config: ModelConfig, layer: number): (readonly [norm: LayerNorm, name: string])[] {
  const name = (norm: string) => `model.layers.${layer}.${norm}_layernorm.weight`;
  if (!config.branchNorms) {
    return [
      ['inputNorm', name('input')],
      ['postNorm', name('post_attention')],
    ];
  }
  return [
    ['inputNorm', name('input')],
    ['attentionOutNorm', name('post_attention')],
    ['postNorm', name('pre_feedforward')],
    ['mlpOutNorm', name('post_feedforward')],
  ];
}

/** Every tensor that the engine needs, in forward order. Tied models have no `lm_head.weight`. */
export function expectedTensors(config: ModelConfig): Map<string, readonly number[]> {
  const { hiddenSize, vocabSize, headDim } = config;
  const shapes = new Map<string, readonly number[]>();
  const linear = (layer: number, target: LoraTarget): void => {
    const shape = linearShape(config, target);
    shapes.set(`${linearPath(layer, target)}.weight`, [shape.out, shape.in]);
    if (config.qkvBias && (target === 'q_proj' || target === 'k_proj' || target === 'v_proj')) {
      shapes.set(`${linearPath(layer, target)}.bias`, [shape.out]);
    }
  };
  shapes.set('model.embed_tokens.weight', [vocabSize, hiddenSize]);
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    const [input, ...others] = layerNorms(config, layer);
    if (input !== undefined) shapes.set(input[1], [hiddenSize]);
    for (const target of ATTENTION) linear(layer, target);
    if (config.qkNorm) {
      shapes.set(`${prefix}.self_attn.q_norm.weight`, [headDim]);
      shapes.set(`${prefix}.self_attn.k_norm.weight`, [headDim]);
    }
    for (const [, name] of others) shapes.set(name, [hiddenSize]);
    for (const target of MLP) linear(layer, target);
  }
  shapes.set('model.norm.weight', [hiddenSize]);
  if (!config.tiedEmbeddings) shapes.set('lm_head.weight', [vocabSize, hiddenSize]);
  return shapes;
}

/** PEFT name of one half of a LoRA pair. @param path of the linear layer, from {@link linearPath} */
export function adapterName({ modulePath }: ModelConfig, path: string, half: 'A' | 'B'): string {
  return `base_model.model.${modulePath}${path.slice('model'.length)}.lora_${half}.weight`;
}

/** Every tensor of an adapter: A of shape [r, in], B of shape [out, r]; the update is scale · B A. */
export function adapterTensors(config: ModelConfig, lora: LoraConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { layer, target, r } of loraModules(config, lora)) {
    const shape = linearShape(config, target);
    const path = linearPath(layer, target);
    shapes.set(adapterName(config, path, 'A'), [r, shape.in]);
    shapes.set(adapterName(config, path, 'B'), [shape.out, r]);
  }
  return shapes;
}
