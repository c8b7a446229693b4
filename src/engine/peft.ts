/**
 * An adapter as the folder that Python's PEFT writes and reads: `adapter_model.safetensors` and `adapter_config.json`.
 * https://huggingface.co/docs/peft/developer_guides/checkpoint
 */
import type { FileMap } from '../formats/files';
import { adapterTensors } from './model/tensors';
import type { LoraConfig, ModelConfig } from './types';
import type { HostTensor, HostTensors } from '../formats/tensors';
import type { LoraTarget } from '../settings/choices';
import { PolicyError } from '../errors';
import { LORA_TARGETS } from '../settings/choices';
import { parseSafetensors, toFloat32, writeSafetensors } from '../formats/safetensors';

export interface AdapterInfo {
  /** What the adapter was trained on, as `from_pretrained` finds it: a hub name, a folder or an address. */
  readonly baseModel: string;
}

const WEIGHTS = 'adapter_model.safetensors';
const CONFIG = 'adapter_config.json';

/** @param tensors by PEFT name, as `TrainablePolicy.readAdapter` gives them. */
export function adapterFolder(
  tensors: HostTensors,
  lora: LoraConfig,
  info: AdapterInfo,
): Map<string, Uint8Array> {
  const config = {
    alpha_pattern: {},
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
    rank_pattern: {},
    revision: null,
    target_modules: [...lora.targets].sort(),
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: false,
  };
  return new Map([
    [WEIGHTS, writeSafetensors(tensors)],
    [CONFIG, new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)],
  ]);
}

/**
 * Reads an adapter that MailGym or PEFT saved, and checks that it belongs to the model.
 * @param files may hold more than the two files, and these may lie in a folder.
 * @returns tensors in float32 under their names in the file format, without PEFT's `.default`.
 * @throws PolicyError naming the file, and the tensor or setting that does not fit.
 */
export function readAdapterFolder(
  files: FileMap,
  config: ModelConfig,
  origin = 'adapter',
): { tensors: HostTensors; lora: LoraConfig } {
  const weights = findFile(files, WEIGHTS, origin);
  const lora = readConfig(findFile(files, CONFIG, origin), `${origin}: ${CONFIG}`);
  const tensors = readTensors(weights, `${origin}: ${WEIGHTS}`);
  const where = `${origin}: ${WEIGHTS}`;
  const expected = adapterTensors(config, lora);
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      throw new PolicyError(
        `${where}: tensor "${name}" is missing; a model of ${config.layers} layers with target_modules ` +
          `${lora.targets.join(', ')} needs ${expected.size} tensors, found ${tensors.size}. ${WRONG_MODEL}`,
      );
    }
    if (tensor.shape.length !== 2 || tensor.shape.some((size, axis) => size !== shape[axis])) {
      throw new PolicyError(
        `${where}: tensor "${name}" must have shape [${shape.join(', ')}] for this model and r = ${lora.r}, found ` +
          `[${tensor.shape.join(', ')}]. ${WRONG_MODEL}`,
      );
    }
  }
  for (const name of tensors.keys()) {
    if (!expected.has(name)) {
      throw new PolicyError(
        `${where}: tensor "${name}" has no place in a model of ${config.layers} layers with target_modules ` +
          `${lora.targets.join(', ')}. ${WRONG_MODEL}`,
      );
    }
  }
  return {
    tensors: new Map([...expected.keys()].map((name) => [name, tensors.get(name) as HostTensor])),
    lora,
  };
}

const WRONG_MODEL =
  'The adapter was most likely trained on another model; choose the model it names in its config.';

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

function readTensors(bytes: Uint8Array, origin: string): Map<string, HostTensor> {
  const tensors = new Map<string, HostTensor>();
  for (const [storedName, tensor] of parseSafetensors(bytes, origin).tensors) {
    // Saved straight from a PEFT model's state, names carry the adapter's own name.
    const name = storedName.replace(/\.lora_([AB])\.default\.weight$/, '.lora_$1.weight');
    if (tensors.has(name)) {
      throw new PolicyError(
        `${origin}: tensor "${name}" is there with and without ".default". Save the adapter again.`,
      );
    }
    tensors.set(name, { shape: tensor.shape, data: toFloat32(tensor, storedName, origin) });
  }
  return tensors;
}

function readConfig(bytes: Uint8Array, origin: string): LoraConfig {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new PolicyError(
      `${origin} is not valid JSON (${(cause as Error).message}). Save the adapter again.`,
      {
        cause,
      },
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new PolicyError(`${origin} must hold an object. Save the adapter again.`);
  }
  const config = json as Readonly<Record<string, unknown>>;
  if (config['peft_type'] !== 'LORA') {
    throw new PolicyError(`${origin}: peft_type is ${show(config['peft_type'])}; only "LORA" is supported.`);
  }
  for (const [key, isPlain] of PLAIN_LORA) {
    const value = config[key];
    if (value !== undefined && value !== null && !isPlain(value)) {
      throw new PolicyError(`${origin}: ${key} = ${show(value)} is not supported. Use a plain LoRA adapter.`);
    }
  }
  const { r, lora_alpha: alpha } = config;
  if (!Number.isInteger(r) || (r as number) < 1 || (r as number) > 4096) {
    throw new PolicyError(
      `${origin}: r must be an integer from 1 to 4096, found ${show(r)}. Save the adapter again.`,
    );
  }
  if (typeof alpha !== 'number' || !Number.isFinite(alpha)) {
    throw new PolicyError(
      `${origin}: lora_alpha must be a number, found ${show(alpha)}. Save the adapter again.`,
    );
  }
  return { r: r as number, alpha, targets: readTargets(config['target_modules'], origin) };
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && Object.keys(value as object).length === 0;
const isFalse = (value: unknown): boolean => value === false;
const never = (): boolean => false;

/** Variants of LoRA that change the computation, with the values that leave it plain (besides null). */
const PLAIN_LORA: readonly (readonly [key: string, isPlain: (value: unknown) => boolean])[] = [
  ['use_rslora', isFalse],
  ['use_dora', isFalse],
  ['use_qalora', isFalse],
  ['lora_bias', isFalse],
  ['fan_in_fan_out', isFalse],
  ['bias', (value) => value === 'none'],
  ['rank_pattern', isEmpty],
  ['alpha_pattern', isEmpty],
  ['modules_to_save', isEmpty],
  ['layers_to_transform', never],
  ['layer_replication', never],
  ['exclude_modules', isEmpty],
  ['target_parameters', isEmpty],
  ['trainable_token_indices', isEmpty],
];

function readTargets(value: unknown, origin: string): LoraTarget[] {
  if (value === 'all-linear') return [...LORA_TARGETS];
  const names: unknown[] = Array.isArray(value) ? value : [];
  const unsupported = names.filter((name) => !LORA_TARGETS.some((target) => target === name));
  if (names.length === 0 || unsupported.length > 0) {
    throw new PolicyError(
      `${origin}: target_modules must list some of ${LORA_TARGETS.join(', ')}; found ` +
        `${show(unsupported.length > 0 ? unsupported : value)}. Use an adapter on these layers only.`,
    );
  }
  return LORA_TARGETS.filter((target) => names.includes(target));
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 120);
}
