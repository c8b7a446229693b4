/** Reads `adapter_config.json`, as far as it decides the computation; what it decides of one module is in `targets.ts`. */
import { foreign, shownOf } from '../../errors';
import { PolicyError } from '../../errors/policy';
import type { AdapterWanted } from '../../errors/texts/en/policy/adapter';
import { type Json, refuseVariants } from './variants';

/** Modules by name: a regular expression on the whole path, or paths and their last parts. */
export type ModuleNames = string | readonly string[];

/** A checked `adapter_config.json` of plain LoRA. */
export interface AdapterSettings {
  readonly r: number;
  readonly alpha: number;
  readonly rslora: boolean;
  /** By a regular expression on the end of a module's path; the first that fits counts. */
  readonly rankPattern: ReadonlyMap<string, number>;
  readonly alphaPattern: ReadonlyMap<string, number>;
  /** `all-linear` stands for itself. */
  readonly targets: ModuleNames;
  readonly exclude: ModuleNames;
  /** null: all. */
  readonly layers: readonly number[] | null;
  /** What stands in front of a layer's number, as regular expressions; empty: anything. */
  readonly layersPattern: readonly string[];
}

export const ALL_LINEAR = 'all-linear';

/** PEFT takes any, but no adapter comes near; beyond it the file is damaged. */
const MAX_RANK = 4096;

/** @throws PolicyError naming the setting that cannot be read or is no plain LoRA. */
export function readAdapterConfig(bytes: Uint8Array, origin: string): AdapterSettings {
  const config = parse(bytes, origin);
  if (config['peft_type'] !== 'LORA') {
    throw PolicyError.of('policy/adapter-kind', { origin, found: shownOf(config['peft_type']) });
  }
  refuseVariants(config, origin);
  const rslora = config['use_rslora'] ?? false;
  if (typeof rslora !== 'boolean') throw unreadable(origin, 'use_rslora', 'boolean', rslora);
  const targets = readNames(config, 'target_modules', origin);
  if (targets.length === 0) {
    throw unreadable(origin, 'target_modules', 'targets', targets);
  }
  return {
    r: checkRank(config['r'], 'r', origin),
    alpha: checkAlpha(config['lora_alpha'], 'lora_alpha', origin),
    rslora,
    rankPattern: readPattern(config, 'rank_pattern', checkRank, origin),
    alphaPattern: readPattern(config, 'alpha_pattern', checkAlpha, origin),
    targets: typeof targets === 'string' && targets.toLowerCase() === ALL_LINEAR ? ALL_LINEAR : targets,
    exclude: readNames(config, 'exclude_modules', origin),
    layers: readLayers(config, origin),
    layersPattern: [readNames(config, 'layers_pattern', origin)].flat(),
  };
}

function parse(bytes: Uint8Array, origin: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw PolicyError.of('policy/adapter-config-no-json', { origin, reason: foreign(cause) }, { cause });
  }
  if (isRecord(json)) return json;
  throw PolicyError.of('policy/adapter-config-no-object', { origin });
}

function readNames(config: Json, key: string, origin: string): ModuleNames {
  const value = config[key] ?? [];
  if (typeof value === 'string') return value === '' ? [] : value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw unreadable(origin, key, 'names', value);
}

function readLayers(config: Json, origin: string): number[] | null {
  const value = config['layers_to_transform'] ?? [];
  const layers: unknown[] = Array.isArray(value) ? value : [value];
  if (layers.length === 0) return null;
  if (layers.every((layer) => Number.isSafeInteger(layer) && (layer as number) >= 0)) {
    return layers as number[];
  }
  throw unreadable(origin, 'layers_to_transform', 'layers', value);
}

function readPattern(
  config: Json,
  key: string,
  check: (value: unknown, key: string, origin: string) => number,
  origin: string,
): Map<string, number> {
  const value = config[key] ?? {};
  if (!isRecord(value)) throw unreadable(origin, key, 'pattern', value);
  return new Map(
    Object.entries(value).map(([name, number]) => [name, check(number, `${key}["${name}"]`, origin)]),
  );
}

function checkRank(r: unknown, key: string, origin: string): number {
  if (Number.isInteger(r) && (r as number) >= 1 && (r as number) <= MAX_RANK) return r as number;
  throw unreadable(origin, key, { rank: MAX_RANK }, r);
}

function checkAlpha(alpha: unknown, key: string, origin: string): number {
  if (typeof alpha === 'number' && Number.isFinite(alpha)) return alpha;
  throw unreadable(origin, key, 'number', alpha);
}

function unreadable(origin: string, key: string, wanted: AdapterWanted, found: unknown): PolicyError {
  return PolicyError.of('policy/adapter-setting', { origin, key, wanted, found: shownOf(found) });
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
