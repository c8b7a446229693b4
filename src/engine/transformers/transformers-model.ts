/** A policy as a transformers.js model: same classes, same `generate()`, weights that can be trained. */
import {
  Gemma3ForCausalLM,
  LlamaForCausalLM,
  PretrainedConfig,
  type PreTrainedModel,
  Qwen2ForCausalLM,
  Qwen3ForCausalLM,
  SmolLM3ForCausalLM,
} from '@huggingface/transformers';
import type { GpuPolicy } from '../gpu-policy';
import type { ModelFamily } from '../types';

/** transformers.js documents its constructors for its own use; this is the part we rely on (4.3.1, tested). */
type ModelClass = new (
  config: PretrainedConfig,
  sessions: Record<string, unknown>,
  configs: Record<string, unknown>,
) => PreTrainedModel;

const CLASSES: Record<ModelFamily, ModelClass> = {
  llama: LlamaForCausalLM as unknown as ModelClass,
  qwen2: Qwen2ForCausalLM as unknown as ModelClass,
  qwen3: Qwen3ForCausalLM as unknown as ModelClass,
  gemma3: Gemma3ForCausalLM as unknown as ModelClass,
  smollm3: SmolLM3ForCausalLM as unknown as ModelClass,
};

/** Of a model that also sees images, the part that writes text: its class would ask for the other sessions. */
function textConfig(json: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = json['text_config'];
  if (typeof text !== 'object' || text === null) return { ...json };
  const ofWhole = ['architectures', 'text_config', 'vision_config'];
  const rest = Object.entries(json).filter(([key]) => !ofWhole.includes(key));
  return { ...Object.fromEntries(rest), ...text };
}

/**
 * @param configJson content of `config.json`; @param generationJson content of `generation_config.json`, if any.
 * The model holds a key/value cache until `dispose()`.
 */
export function createTransformersModel(
  policy: GpuPolicy,
  configJson: Readonly<Record<string, unknown>>,
  generationJson: Readonly<Record<string, unknown>> | null = null,
): PreTrainedModel {
  const config = new PretrainedConfig(textConfig(configJson));
  const Model = CLASSES[policy.config.family];
  return new Model(
    config,
    { model: policy.createSession() },
    generationJson === null ? {} : { generation_config: generationJson },
  );
}
