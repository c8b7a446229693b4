/** Names in a PEFT folder. */
import { LORA_TARGETS, type LoraTarget } from '../../settings/choices';
import { linearPath } from '../model/tensors';

export const WEIGHTS = 'adapter_model.safetensors';
export const CONFIG = 'adapter_config.json';

/** One half of a LoRA pair on a projection that the engine has. */
export interface AdapterTensorName {
  readonly layer: number;
  readonly target: LoraTarget;
  readonly half: 'A' | 'B';
  /** Module path in the model that PEFT adapted, which its patterns are matched against. */
  readonly path: string;
  /** What that path has in front of the engine's own from `layers.` on: `model.`, `model.language_model.` and the like. */
  readonly prefix: string;
}

/** A decoder alone, a language model, or the text part of a model that sees too. */
const NAME =
  /^(?:base_model\.model\.)?((?:(?:model|language_model|text_model)\.)*)(layers\.(\d+)\.(?:self_attn|mlp)\.(\w+))\.lora_([AB])\.weight$/;

/** @param name without PEFT's `.default`. @returns null for what is no half of a pair on such a projection */
export function parseAdapterName(name: string): AdapterTensorName | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, prefix = '', path = '', digits = '', module = '', half = ''] = match;
  const layer = Number(digits);
  const target = LORA_TARGETS.find((known) => known === module);
  if (target === undefined || linearPath(layer, target) !== `model.${path}`) return null;
  return { layer, target, half: half as 'A' | 'B', path: `${prefix}${path}`, prefix };
}
