/** Reads Hugging Face `config.json`; absent keys take the defaults of Python's transformers. */
import type { JsonObject } from '../../conversation/types';
import { readJson } from '../../formats/files';
import type { LlamaRopeScaling, ModelConfig, ModelFamily } from '../types';
import type { ModelFiles } from '../../formats/files';
import type { TokenId } from '../../tokens/types';
import { PolicyError } from '../../errors';

type Json = Readonly<Record<string, unknown>>;

/** Class defaults that differ between families (transformers 4.5x `configuration_*.py`). */
interface FamilyDefaults {
  readonly kvHeads: number | null;
  readonly headDim: number | null;
  readonly maxPositions: number;
  readonly bosTokenId: TokenId | null;
  readonly eosTokenId: TokenId | null;
  /** null: decided by `attention_bias`. */
  readonly qkvBias: boolean | null;
  readonly qkNorm: boolean;
}

const FAMILIES: Readonly<Record<ModelFamily, FamilyDefaults>> = {
  llama: {
    kvHeads: null,
    headDim: null,
    maxPositions: 2048,
    bosTokenId: 1,
    eosTokenId: 2,
    qkvBias: null,
    qkNorm: false,
  },
  qwen2: {
    kvHeads: 32,
    headDim: null,
    maxPositions: 32768,
    bosTokenId: null,
    eosTokenId: null,
    qkvBias: true,
    qkNorm: false,
  },
  qwen3: {
    kvHeads: 32,
    headDim: 128,
    maxPositions: 32768,
    bosTokenId: null,
    eosTokenId: null,
    qkvBias: null,
    qkNorm: true,
  },
};

/** Far above any published model; beyond them the file is damaged. */
const LIMITS = {
  vocab_size: 2_000_000,
  hidden_size: 65_536,
  num_hidden_layers: 512,
  num_attention_heads: 1024,
  num_key_value_heads: 1024,
  head_dim: 1024,
  intermediate_size: 1_048_576,
  max_position_embeddings: 2 ** 31,
} as const;

/** Reads and checks `config.json`, and the end-of-text ids of `generation_config.json` where there is one. */
export async function loadModelConfig(files: ModelFiles): Promise<ModelConfig> {
  const config = await readJson(files, 'config.json');
  const generation = (await files.has('generation_config.json'))
    ? await readJson(files, 'generation_config.json')
    : undefined;
  return parseModelConfig(config, `${files.origin}: config.json`, generation);
}

/**
 * @param json parsed `config.json`.
 * @param generation parsed `generation_config.json`; its `eos_token_id` wins over the config's, as in transformers.
 * @throws PolicyError naming the key when the model is of another family, uses something that is not supported, or
 * has values that cannot be.
 */
export function parseModelConfig(json: unknown, origin: string, generation?: unknown): ModelConfig {
  if (!isRecord(json)) {
    throw new PolicyError(
      `${origin}: expected a JSON object, found ${show(json)}. Use the model's own config.json.`,
    );
  }
  const family = readFamily(json, origin);
  const defaults = FAMILIES[family];
  refuseUnsupported(json, origin);

  const size = (key: keyof typeof LIMITS, fallback: number | null): number =>
    readSize(json, key, fallback, origin);
  const hiddenSize = size('hidden_size', null);
  const heads = size('num_attention_heads', null);
  // An explicit null means "as many as query heads"; an absent key is the class default.
  const kvHeads = size(
    'num_key_value_heads',
    json['num_key_value_heads'] === null ? heads : (defaults.kvHeads ?? heads),
  );
  const headDim = size('head_dim', headDimDefault(json, defaults, hiddenSize, heads, origin));
  if (heads % kvHeads !== 0) {
    throw new PolicyError(
      `${origin}: num_attention_heads ${heads} must be a multiple of num_key_value_heads ${kvHeads}. ` +
        `Use the model's own config.json.`,
    );
  }
  if (headDim % 2 !== 0) {
    throw new PolicyError(
      `${origin}: head_dim ${headDim} must be even, because rotary embedding turns pairs. Use another model.`,
    );
  }
  const vocabSize = size('vocab_size', null);
  return {
    family,
    vocabSize,
    hiddenSize,
    layers: size('num_hidden_layers', null),
    heads,
    kvHeads,
    headDim,
    intermediateSize: size('intermediate_size', null),
    ...readRope(json, origin),
    rmsNormEps: readNumber(json, 'rms_norm_eps', 1e-6, 1e-12, 0.1, origin),
    tiedEmbeddings: readBoolean(json, 'tie_word_embeddings', origin),
    qkvBias: defaults.qkvBias ?? readBoolean(json, 'attention_bias', origin),
    qkNorm: defaults.qkNorm,
    maxPositions: size('max_position_embeddings', defaults.maxPositions),
    bosTokenId: readTokenIds(json, 'bos_token_id', defaults.bosTokenId, vocabSize, origin)[0] ?? null,
    eosTokenIds: readEos(json, generation, defaults, vocabSize, origin),
  };
}

function readFamily(json: Json, origin: string): ModelFamily {
  const type = json['model_type'];
  if (typeof type === 'string' && Object.hasOwn(FAMILIES, type)) return type as ModelFamily;
  throw new PolicyError(
    `${origin}: model_type is ${show(type)}; supported are ${Object.keys(FAMILIES).join(', ')}. ` +
      `Choose a model of one of these families.`,
  );
}

function refuseUnsupported(json: Json, origin: string): void {
  const refuse = (key: string, remedy: string): never => {
    throw new PolicyError(`${origin}: ${key} = ${show(json[key])} is not supported. ${remedy}`);
  };
  const activation = json['hidden_act'] ?? 'silu';
  if (activation !== 'silu' && activation !== 'swish') refuse('hidden_act', 'Only "silu" is.');
  if (json['mlp_bias']) refuse('mlp_bias', 'Choose a model without biases in its MLP.');
  if (json['quantization_config']) {
    refuse('quantization_config', 'Use the unquantised model (F32, F16 or BF16 safetensors).');
  }
  if (json['use_sliding_window']) refuse('use_sliding_window', 'Choose a model with full attention.');
  const layerTypes = json['layer_types'];
  if (Array.isArray(layerTypes) && layerTypes.some((type) => type !== 'full_attention')) {
    refuse('layer_types', 'Choose a model whose layers are all "full_attention".');
  }
  const rotaryShare = json['partial_rotary_factor'] ?? 1;
  if (rotaryShare !== 1) refuse('partial_rotary_factor', 'Choose a model that rotates the whole head.');
}

function headDimDefault(
  json: Json,
  defaults: FamilyDefaults,
  hiddenSize: number,
  heads: number,
  origin: string,
): number {
  if (json['head_dim'] === undefined && defaults.headDim !== null) return defaults.headDim;
  const headDim = hiddenSize / heads;
  const given = json['head_dim'];
  if (!Number.isInteger(headDim) && (given === undefined || given === null)) {
    throw new PolicyError(
      `${origin}: hidden_size ${hiddenSize} is no multiple of num_attention_heads ${heads} and there is no head_dim. ` +
        `Use the model's own config.json.`,
    );
  }
  return headDim;
}

/**
 * `rope_theta` and `rope_scaling` in their two spellings: at the top level (transformers 4) or together under
 * `rope_parameters` (transformers 5).
 */
function readRope(json: Json, origin: string): { ropeTheta: number; ropeScaling: LlamaRopeScaling | null } {
  const key = isPresent(json['rope_parameters']) ? 'rope_parameters' : 'rope_scaling';
  const scaling = json[key];
  if (isPresent(scaling) && !isRecord(scaling)) {
    throw new PolicyError(
      `${origin}: ${key} must be an object, found ${show(scaling)}. Use the model's own config.json.`,
    );
  }
  const rope: Json = isRecord(scaling) ? scaling : {};
  const thetaHolder = isPresent(rope['rope_theta']) ? rope : json;
  const ropeTheta = readNumber(thetaHolder, 'rope_theta', 10_000, 1, 1e12, origin);
  const type = rope['rope_type'] ?? rope['type'] ?? 'default';
  const rotaryShare = rope['partial_rotary_factor'] ?? 1;
  if (type === 'default' && rotaryShare === 1 && !Object.values(rope).some(isRecord)) {
    return { ropeTheta, ropeScaling: null };
  }
  if (type !== 'llama3' || rotaryShare !== 1) {
    throw new PolicyError(
      `${origin}: ${key} = ${show(rope)} is not supported; only plain rotary embedding and rope_type "llama3" are. ` +
        `Choose another model.`,
    );
  }
  const number = (name: string): number => readNumber(rope, name, null, 1e-6, 2 ** 31, `${origin}: ${key}`);
  const ropeScaling = {
    factor: number('factor'),
    lowFreqFactor: number('low_freq_factor'),
    highFreqFactor: number('high_freq_factor'),
    originalMaxPositions: number('original_max_position_embeddings'),
  };
  if (ropeScaling.highFreqFactor <= ropeScaling.lowFreqFactor) {
    throw new PolicyError(
      `${origin}: ${key}: high_freq_factor ${ropeScaling.highFreqFactor} must exceed low_freq_factor ` +
        `${ropeScaling.lowFreqFactor}. Use the model's own config.json.`,
    );
  }
  return { ropeTheta, ropeScaling };
}

function readEos(
  json: Json,
  generation: unknown,
  defaults: FamilyDefaults,
  vocabSize: number,
  origin: string,
): TokenId[] {
  if (isRecord(generation) && isPresent(generation['eos_token_id'])) {
    return readTokenIds(generation, 'eos_token_id', null, vocabSize, `${origin} with generation_config.json`);
  }
  return readTokenIds(json, 'eos_token_id', defaults.eosTokenId, vocabSize, origin);
}

/** A token id, a list of them, or null. */
function readTokenIds(
  json: Json,
  key: string,
  fallback: TokenId | null,
  vocabSize: number,
  origin: string,
): TokenId[] {
  const value = json[key] === undefined ? fallback : json[key];
  const ids: unknown[] = value === null ? [] : Array.isArray(value) ? value : [value];
  for (const id of ids) {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= vocabSize) {
      throw new PolicyError(
        `${origin}: ${key} must hold token ids below vocab_size ${vocabSize}, found ${show(value)}. ` +
          `Use the model's own files.`,
      );
    }
  }
  return [...new Set(ids as TokenId[])];
}

function readSize(json: Json, key: keyof typeof LIMITS, fallback: number | null, origin: string): number {
  const value = isPresent(json[key]) ? json[key] : fallback;
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > LIMITS[key]) {
    throw new PolicyError(
      `${origin}: ${key} must be an integer from 1 to ${LIMITS[key]}, found ${show(json[key])}. ` +
        `Use the model's own config.json.`,
    );
  }
  return value as number;
}

function readNumber(
  json: Json,
  key: string,
  fallback: number | null,
  least: number,
  most: number,
  origin: string,
): number {
  const value = isPresent(json[key]) ? json[key] : fallback;
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new PolicyError(
      `${origin}: ${key} must be a number from ${least} to ${most}, found ${show(json[key])}. ` +
        `Use the model's own config.json.`,
    );
  }
  return value;
}

/** False when absent: the default of every flag that is read here, in all three families. */
function readBoolean(json: Json, key: string, origin: string): boolean {
  const value = json[key] ?? false;
  if (typeof value !== 'boolean') {
    throw new PolicyError(
      `${origin}: ${key} must be true or false, found ${show(value)}. Use the model's own config.json.`,
    );
  }
  return value;
}

/**
 * How a model wants its task put to it: the optional key `mailgym` of `config.json`. What is in it is the environment's
 * to read.
 * @throws PolicyError when it is there but no object
 */
export function modelHints(json: unknown, origin = 'config.json'): JsonObject {
  const hints = isRecord(json) ? json['mailgym'] : undefined;
  if (!isPresent(hints)) return {};
  if (!isRecord(hints)) {
    throw new PolicyError(
      `${origin}: "mailgym" must be an object, found ${show(hints)}. Correct or remove it.`,
    );
  }
  return hints;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 120);
}
