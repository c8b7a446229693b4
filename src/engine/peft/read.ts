/** Reads an adapter's folder and finds out what is adapted in which module. */
import { shownOf } from '../../errors';
import { PolicyError } from '../../errors/policy';
import { chosenWords, type ChosenModules } from '../../errors/texts/en/policy/adapter';
import { firstOf } from '../../errors/texts/en/words';
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
        throw PolicyError.of('policy/adapter-excluded', {
          where,
          module: stored,
          chosen: chosenBy(settings),
        });
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
          `${where} has no tensors of ${firstOf(missing, 4)}, which target_modules means too: there the model stays as it is.`,
        ]),
    ...(unsure.length === 0
      ? []
      : [
          `${origin}: an expression in ${chosenWords(chosenBy(settings))} cannot be read here; the adapter acts on the ${modules.length} ` +
            'modules that its file has tensors of.',
        ]),
  ];
  const names = [...adapterTensors(config, lora).keys()];
  return { tensors: new Map(names.map((name) => [name, tensors.get(name) as HostTensor])), lora, notices };
}

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
    throw PolicyError.of('policy/adapter-cut', {
      where,
      name: adapterName(config, after, 'A'),
      last,
      layers: config.layers,
      targets: lora.targets,
      needed: 2 * (modules.length + missing.length),
      found: tensors.size,
    });
  }
  const ranks = new Map(
    loraModules(config, lora).flatMap(({ layer, target, r }) =>
      (['A', 'B'] as const).map((half) => [adapterName(config, linearPath(layer, target), half), r] as const),
    ),
  );
  for (const [name, shape] of adapterTensors(config, lora)) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      throw PolicyError.of('policy/adapter-half', { where, name });
    }
    if (tensor.shape.length !== 2 || tensor.shape.some((size, axis) => size !== shape[axis])) {
      throw PolicyError.of('policy/adapter-shape', {
        where,
        name,
        shape,
        r: ranks.get(name) as number,
        found: tensor.shape,
      });
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
    return PolicyError.of('policy/adapter-empty', { where });
  }
  return PolicyError.of('policy/adapter-other-modules', {
    where,
    meant: missing,
    chosen: chosenBy(settings),
  });
}

/** What chooses the modules, as the file has it. */
function chosenBy({ targets, exclude, layers }: AdapterSettings): ChosenModules {
  return {
    targets: shownOf(targets) ?? '',
    exclude: exclude.length > 0 ? shownOf(exclude) : null,
    layers: layers === null ? null : shownOf(layers),
  };
}

function findFile(files: FileMap, name: string, origin: string): Uint8Array {
  const paths = [...files.keys()].filter((path) => path === name || path.endsWith(`/${name}`));
  if (paths.length === 1) return files.get(paths[0] as string) as Uint8Array;
  if (paths.length > 1) {
    throw PolicyError.of('policy/adapter-several', { origin, paths });
  }
  const pickled = [...files.keys()].some((path) => path.endsWith('adapter_model.bin'));
  throw PolicyError.of('policy/adapter-no-file', {
    origin,
    name,
    found: pickled ? 'pickle' : [...files.keys()].slice(0, 8),
  });
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
      throw PolicyError.of('policy/adapter-no-place', {
        where,
        name: storedName,
        layers: config.layers,
        targets: LORA_TARGETS,
      });
    }
    const own = adapterName(config, linearPath(parsed.layer, parsed.target), parsed.half);
    if (tensors.has(own)) {
      throw PolicyError.of('policy/adapter-name-twice', { where, name });
    }
    prefixes.add(parsed.prefix);
    tensors.set(own, { shape: stored.shape, data: toFloat32(stored, storedName, where) });
  }
  if (prefixes.size > 1) {
    throw PolicyError.of('policy/adapter-models', { where, prefixes: [...prefixes] });
  }
  return { tensors, prefix: [...prefixes][0] ?? 'model.' };
}
