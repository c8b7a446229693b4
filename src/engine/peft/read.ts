/** Reads an adapter's folder and finds out what is adapted in which module. */
import { PolicyError } from '../../errors';
import type { FileMap } from '../../formats/files';
import { parseSafetensors, toFloat32 } from '../../formats/safetensors';
import type { HostTensor, HostTensors } from '../../formats/tensors';
import { LORA_TARGETS, type LoraTarget } from '../../settings/choices';
import { loraModules } from '../model/lora-config';
import { adapterName, adapterTensors, linearPath } from '../model/tensors';
import type { LoraConfig, LoraModuleConfig, ModelConfig } from '../types';
import { type AdapterSettings, readAdapterConfig } from './config';
import { CONFIG, parseAdapterName, WEIGHTS } from './names';
import { AdapterTargets } from './targets';
import { show } from './variants';

export interface ReadAdapter {
  /** In float32 under PEFT's names (`base_model.model.….lora_A.weight`), in the order of `adapterTensors`. */
  readonly tensors: HostTensors;
  readonly lora: LoraConfig;
  /** What the user should know: where file and configuration do not say the same. */
  readonly notices: readonly string[];
}

/**
 * Reads an adapter that MailGym or PEFT saved, and checks that it belongs to the model. What is adapted is what the file
 * has tensors of; the configuration must agree with it, but for modules that it means and the file leaves out.
 * @param files may hold more than the two files, and these may lie in a folder.
 * @throws PolicyError naming the file, and the tensor or setting that does not fit.
 */
export function readAdapterFolder(files: FileMap, config: ModelConfig, origin = 'adapter'): ReadAdapter {
  const weights = findFile(files, WEIGHTS, origin);
  const settings = readAdapterConfig(findFile(files, CONFIG, origin), `${origin}: ${CONFIG}`);
  const where = `${origin}: ${WEIGHTS}`;
  const { tensors, prefix } = readTensors(weights, config, where);
  const targets = new AdapterTargets(settings, `${origin}: ${CONFIG}`);
  const modules: LoraModuleConfig[] = [];
  const missing: string[] = [];
  const unsure: string[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const target of LORA_TARGETS) {
      const path = linearPath(layer, target);
      // What stands before `layers.` is the file's.
      const stored = path.replace(/^model\./, () => prefix);
      const isMeant = targets.has(stored);
      const isThere = (['A', 'B'] as const).some((half) =>
        tensors.has(adapterName(config, linearPath(layer, target), half)),
      );
      if (isThere && isMeant === false) {
        throw new PolicyError(
          `${where} has tensors of ${stored}, which has no place in an adapter with ${limits(settings)} in ${CONFIG}. ` +
            'Save the adapter again.',
        );
      }
      if (isThere) modules.push({ layer, target, r: targets.rank(stored), alpha: targets.alpha(stored) });
      else if (isMeant === true) missing.push(path);
      if (isThere && isMeant === null) unsure.push(path);
    }
  }
  if (modules.length === 0) throw nothingAdapted(tensors, missing, settings, where);
  const lora = loraOf(modules, settings, config);
  refuseOtherModel({ tensors, lora, modules, missing, where }, config);
  const notices = [
    ...(missing.length === 0
      ? []
      : [
          `${where} has no tensors of ${list(missing)}, which target_modules means too: there the model stays as it is.`,
        ]),
    ...(unsure.length === 0
      ? []
      : [
          `${origin}: an expression in ${limits(settings)} cannot be read here; the adapter acts on the ${modules.length} ` +
            'modules that its file has tensors of.',
        ]),
  ];
  const names = [...adapterTensors(config, lora).keys()];
  return { tensors: new Map(names.map((name) => [name, tensors.get(name) as HostTensor])), lora, notices };
}

const WRONG_MODEL =
  'The adapter was most likely trained on another model; choose the model it names in its config.';

/** In the short form where all targets are alike in all layers. */
function loraOf(
  modules: readonly LoraModuleConfig[],
  settings: AdapterSettings,
  config: ModelConfig,
): LoraConfig {
  const [first] = modules as [LoraModuleConfig];
  const targets: LoraTarget[] = LORA_TARGETS.filter((target) => modules.some((m) => m.target === target));
  const rslora = settings.rslora ? { rslora: true } : {};
  const isUniform =
    modules.length === targets.length * config.layers &&
    modules.every(({ r, alpha }) => r === first.r && alpha === first.alpha);
  if (isUniform) return { r: first.r, alpha: first.alpha, targets, ...rslora };
  return { r: settings.r, alpha: settings.alpha, targets, ...rslora, modules };
}

/** Shapes that the model does not have, halves without the other, and an end that is missing. */
function refuseOtherModel(
  found: {
    readonly tensors: HostTensors;
    readonly lora: LoraConfig;
    readonly modules: readonly LoraModuleConfig[];
    readonly missing: readonly string[];
    readonly where: string;
  },
  config: ModelConfig,
): void {
  const { tensors, lora, modules, missing, where } = found;
  const { layer: last } = modules.at(-1) as LoraModuleConfig;
  const after = missing.find((path) => Number(/layers\.(\d+)\./.exec(path)?.[1]) > last);
  if (after !== undefined) {
    const needed = 2 * (modules.length + missing.length);
    throw new PolicyError(
      `${where}: tensor "${adapterName(config, after, 'A')}" is missing, and so are all of the layers after ${last}; ` +
        `a model of ${config.layers} layers with target_modules ${lora.targets.join(', ')} needs ${needed} tensors, ` +
        `found ${tensors.size}. ${WRONG_MODEL} If it was meant so, name the layers in layers_to_transform.`,
    );
  }
  const ranks = new Map(
    loraModules(config, lora).flatMap(({ layer, target, r }) =>
      (['A', 'B'] as const).map((half) => [adapterName(config, linearPath(layer, target), half), r] as const),
    ),
  );
  for (const [name, shape] of adapterTensors(config, lora)) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      throw new PolicyError(
        `${where}: tensor "${name}" is missing; its other half is there. Save the adapter again.`,
      );
    }
    if (tensor.shape.length !== 2 || tensor.shape.some((size, axis) => size !== shape[axis])) {
      throw new PolicyError(
        `${where}: tensor "${name}" must have shape [${shape.join(', ')}] for this model and r = ${ranks.get(name)}, found ` +
          `[${tensor.shape.join(', ')}]. ${WRONG_MODEL}`,
      );
    }
  }
}

/** Never the bare model under an adapter's name. */
function nothingAdapted(
  tensors: HostTensors,
  missing: readonly string[],
  settings: AdapterSettings,
  where: string,
): PolicyError {
  if (tensors.size === 0) {
    return new PolicyError(`${where} has no tensors, so nothing would be adapted. Save the adapter again.`);
  }
  return new PolicyError(
    `${where} has tensors of no module of this model` +
      (missing.length === 0
        ? `, and ${limits(settings)} means none. `
        : `; target_modules means ${list(missing)}. `) +
      WRONG_MODEL,
  );
}

function list(paths: readonly string[]): string {
  const shown = paths.slice(0, 4).join(', ');
  return paths.length > 4 ? `${shown} and ${paths.length - 4} more` : shown;
}

/** What chooses the modules, as the file has it. */
function limits({ targets, exclude, layers }: AdapterSettings): string {
  const parts = [`target_modules = ${show(targets)}`];
  if (exclude.length > 0) parts.push(`exclude_modules = ${show(exclude)}`);
  if (layers !== null) parts.push(`layers_to_transform = ${show(layers)}`);
  return parts.join(', ');
}

function findFile(files: FileMap, name: string, origin: string): Uint8Array {
  const paths = [...files.keys()].filter((path) => path === name || path.endsWith(`/${name}`));
  if (paths.length === 1) return files.get(paths[0] as string) as Uint8Array;
  if (paths.length > 1) {
    throw new PolicyError(`${origin}: found several adapters (${paths.join(', ')}). Give one folder.`);
  }
  const pickled = [...files.keys()].some((path) => path.endsWith('adapter_model.bin'));
  throw new PolicyError(
    `${origin}: there is no ${name}. ` +
      (pickled
        ? 'adapter_model.bin is a Python pickle, which is not read; save the adapter with safetensors.'
        : `An adapter is a folder with ${CONFIG} and ${WEIGHTS}; found ${[...files.keys()].slice(0, 8).join(', ') || 'nothing'}.`),
  );
}

/** All tensors under the engine's names; `prefix` is what the file's paths have in front of `layers.`. */
function readTensors(
  bytes: Uint8Array,
  config: ModelConfig,
  where: string,
): { tensors: Map<string, HostTensor>; prefix: string } {
  const tensors = new Map<string, HostTensor>();
  const prefixes = new Set<string>();
  for (const [storedName, stored] of parseSafetensors(bytes, where).tensors) {
    // Saved straight from a PEFT model's state, names carry the adapter's own name.
    const name = storedName.replace(/\.lora_([AB])\.default\.weight$/, '.lora_$1.weight');
    const parsed = parseAdapterName(name);
    if (parsed === null || parsed.layer >= config.layers) {
      throw new PolicyError(
        `${where}: tensor "${storedName}" has no place in a model of ${config.layers} layers, whose adapters have LoRA ` +
          `pairs on ${LORA_TARGETS.join(', ')}. ${WRONG_MODEL}`,
      );
    }
    const own = adapterName(config, linearPath(parsed.layer, parsed.target), parsed.half);
    if (tensors.has(own)) {
      throw new PolicyError(
        `${where}: tensor "${name}" is there twice, with and without ".default" or with another prefix. Save the adapter ` +
          'again.',
      );
    }
    prefixes.add(parsed.prefix);
    tensors.set(own, { shape: stored.shape, data: toFloat32(stored, storedName, where) });
  }
  if (prefixes.size > 1) {
    throw new PolicyError(
      `${where}: tensors are of several models (${[...prefixes].join(', ')}). Save the adapter again.`,
    );
  }
  return { tensors, prefix: [...prefixes][0] ?? 'model.' };
}
