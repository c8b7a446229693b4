/** Which modules an adapter has, with their ranks and scales: what `LoraConfig` says, written out. */
import { LORA_TARGETS } from '../../settings/choices';
import type { LoraConfig, LoraModuleConfig, ModelConfig } from '../types';

/** Every adapted module, by layer and then in the order of `LORA_TARGETS`. */
export function loraModules(config: Pick<ModelConfig, 'layers'>, lora: LoraConfig): LoraModuleConfig[] {
  const { r, alpha, targets, modules } = lora;
  const given = (layer: number) =>
    modules?.filter((module) => module.layer === layer) ??
    targets.map((target): LoraModuleConfig => ({ layer, target, r, alpha }));
  return Array.from({ length: config.layers }, (_, layer) => {
    const here = given(layer);
    return LORA_TARGETS.flatMap((target) => here.find((module) => module.target === target) ?? []);
  }).flat();
}

/**
 * What a module's B·A counts: alpha/r (Hu et al. 2021), or alpha/sqrt(r) where the adapter is rank-stabilised
 * (Kalajdzievski 2023).
 */
export function loraScale(
  { rslora = false }: Pick<LoraConfig, 'rslora'>,
  { r, alpha }: Pick<LoraModuleConfig, 'r' | 'alpha'>,
): number {
  return alpha / (rslora ? Math.sqrt(r) : r);
}
