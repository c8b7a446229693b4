/** Reads Hugging Face `config.json`; absent keys take the defaults of Python's transformers. */
import type { JsonObject } from '../../conversation/types';
import { readJson } from '../../formats/files';
import type { ModelConfig } from '../types';
import type { ModelFiles } from '../../formats/files';
import type { TokenId } from '../../tokens/types';
import { shownOf } from '../../errors';
import { PolicyError } from '../../errors/policy';
import { ConfigReader, isPresent, isRecord, type SizeKey } from './config-reader';
import { type Family, familyOf } from './families';
import { LLAMA_FEATURES } from './features';

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
    throw PolicyError.of('policy/config-no-object', { origin, found: shownOf(json) });
  }
  const family = familyOf(json, origin);
  const { defaults } = family;
  const config = new ConfigReader(family.text?.(json) ?? json, origin);
  refuseUnsupported(config);

  const size = (key: SizeKey): number => config.size(key, defaults.sizes[key] ?? null);
  const hiddenSize = size('hidden_size');
  const heads = size('num_attention_heads');
  // An explicit null means "as many as query heads"; an absent key is the class default.
  const kvHeads = config.size(
    'num_key_value_heads',
    config.json['num_key_value_heads'] === null ? heads : (defaults.sizes.num_key_value_heads ?? heads),
  );
  const headDim = config.size('head_dim', headDimDefault(config, family, hiddenSize, heads));
  if (heads % kvHeads !== 0) {
    throw PolicyError.of('policy/config-heads', { origin: config.origin, heads, kvHeads });
  }
  if (headDim % 2 !== 0) {
    throw PolicyError.of('policy/config-odd-head', { origin, headDim });
  }
  const vocabSize = size('vocab_size');
  const layers = size('num_hidden_layers');
  const rotary = family.rotary(config);
  return {
    family: family.name,
    vocabSize,
    hiddenSize,
    layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: size('intermediate_size'),
    ropeTheta: rotary.theta,
    ropeScaling: rotary.scaling,
    rmsNormEps: config.number('rms_norm_eps', 1e-6, 1e-12, 0.1),
    tiedEmbeddings: config.boolean('tie_word_embeddings', defaults.tiedEmbeddings),
    maxPositions: size('max_position_embeddings'),
    bosTokenId: config.tokenIds('bos_token_id', defaults.bosTokenId, vocabSize)[0] ?? null,
    eosTokenIds: readEos(config, generation, defaults.eosTokenId, vocabSize),
    ...LLAMA_FEATURES,
    ...family.features(config, { layers, hiddenSize, headDim }, rotary),
  };
}

function refuseUnsupported(config: ConfigReader): void {
  const { json } = config;
  if (json['mlp_bias']) {
    throw config.unsupported('mlp_bias');
  }
  if (json['quantization_config']) {
    throw config.unsupported('quantization_config');
  }
  if ((json['partial_rotary_factor'] ?? 1) !== 1) {
    throw config.unsupported('partial_rotary_factor');
  }
}

function headDimDefault(config: ConfigReader, family: Family, hiddenSize: number, heads: number): number {
  const { json } = config;
  const usual = family.defaults.sizes.head_dim;
  if (json['head_dim'] === undefined && usual !== undefined) return usual;
  const headDim = hiddenSize / heads;
  if (!Number.isInteger(headDim) && !config.has('head_dim')) {
    throw PolicyError.of('policy/config-no-head-dim', { origin: config.origin, hiddenSize, heads });
  }
  return headDim;
}

function readEos(
  config: ConfigReader,
  generation: unknown,
  fallback: TokenId | null,
  vocabSize: number,
): TokenId[] {
  if (isRecord(generation) && isPresent(generation['eos_token_id'])) {
    const from = new ConfigReader(generation, `${config.origin} with generation_config.json`);
    return from.tokenIds('eos_token_id', null, vocabSize);
  }
  return config.tokenIds('eos_token_id', fallback, vocabSize);
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
    throw PolicyError.of('policy/config-hints', { origin, found: shownOf(hints) });
  }
  return hints;
}
