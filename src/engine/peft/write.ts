/** Writes an adapter as PEFT reads it. */
import type { HostTensors } from '../../formats/tensors';
import { writeSafetensors } from '../../formats/safetensors';
import { linearPath } from '../model/tensors';
import type { LoraConfig, LoraModuleConfig } from '../types';
import { CONFIG, parseAdapterName, WEIGHTS } from './names';

export interface AdapterInfo {
  /** What the adapter was trained on, as `from_pretrained` finds it: a hub name, a folder or an address. */
  readonly baseModel: string;
}

/**
 * Ranks and alphas stay as they were read, and so does `use_rslora`; modules that differ are written by their whole
 * paths, whatever pattern they came from.
 * @param tensors by PEFT name, as `TrainablePolicy.readAdapter` gives them.
 */
export function adapterFolder(
  tensors: HostTensors,
  lora: LoraConfig,
  info: AdapterInfo,
): Map<string, Uint8Array> {
  const { modules = [] } = lora;
  const path = pathsOf(tensors);
  const config = {
    alpha_pattern: pattern(modules, path, 'alpha', lora.alpha),
    base_model_name_or_path: info.baseModel,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: lora.r,
    rank_pattern: pattern(modules, path, 'r', lora.r),
    revision: null,
    target_modules: lora.modules === undefined ? [...lora.targets].sort() : modules.map(path).sort(),
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: lora.rslora ?? false,
  };
  return new Map([
    [WEIGHTS, writeSafetensors(tensors)],
    [CONFIG, new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)],
  ]);
}

/** Module paths as the tensors' names have them. */
function pathsOf(tensors: HostTensors): (module: LoraModuleConfig) => string {
  const [first = ''] = tensors.keys();
  const prefix = parseAdapterName(first)?.prefix ?? 'model.';
  return ({ layer, target }) => linearPath(layer, target).replace(/^model\./, () => prefix);
}

/** What differs from `usual`, by path. A dot in a key stands for any character, which no other path has there. */
function pattern(
  modules: readonly LoraModuleConfig[],
  path: (module: LoraModuleConfig) => string,
  key: 'r' | 'alpha',
  usual: number,
): Record<string, number> {
  const others = modules.filter((module) => module[key] !== usual);
  return Object.fromEntries(others.map((module) => [path(module), module[key]]));
}
