/** What a model family is to the engine: the spelling and defaults of its config, and what its layers do. */
import type { TokenId } from '../../../tokens/types';
import type { ModelFamily, ModelFeatures, RotaryFrequencies } from '../../types';
import type { ConfigReader, Json, SizeKey } from '../config-reader';

/** Class defaults of transformers (`configuration_*.py`). */
export interface FamilyDefaults {
  /**
   * Sizes that a config may leave out. Those that every published config of a family has are not here: a file without
   * them is damaged.
   */
  readonly sizes: Readonly<Partial<Record<SizeKey, number>>>;
  readonly ropeTheta: number;
  readonly tiedEmbeddings: boolean;
  readonly bosTokenId: TokenId | null;
  readonly eosTokenId: TokenId | null;
}

/** What is known of a model when its features are read. */
export interface ModelShape {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly headDim: number;
}

export interface Family {
  readonly name: ModelFamily;
  /** `model_type` of its configs. */
  readonly types: readonly string[];
  readonly defaults: FamilyDefaults;
  /** The part that describes the language model, where a config describes more. */
  text?(json: Json): Json;
  /** Frequencies of layers that see everything. */
  rotary(config: ConfigReader): RotaryFrequencies;
  /**
   * What its layers do otherwise than Llama's.
   * @throws PolicyError for what the engine does not compute
   */
  features(
    config: ConfigReader,
    shape: ModelShape,
    rotary: RotaryFrequencies,
  ): Readonly<Partial<ModelFeatures>>;
}

/** @throws PolicyError unless the MLP is gated by silu */
export function requireSilu(config: ConfigReader): void {
  const activation = config.json['hidden_act'] ?? 'silu';
  if (activation !== 'silu' && activation !== 'swish') {
    throw config.unsupported('hidden_act');
  }
}

/** @throws PolicyError where a layer does not see all that came before */
export function requireFullAttention(config: ConfigReader): void {
  if (config.json['use_sliding_window']) {
    throw config.unsupported('use_sliding_window');
  }
  const types = config.json['layer_types'];
  if (Array.isArray(types) && types.some((type) => type !== 'full_attention')) {
    throw config.unsupported('layer_types');
  }
}

const LAYER_TYPES = ['full_attention', 'sliding_attention'] as const;

/**
 * Window of each layer by `layer_types` and `sliding_window`; null where it sees everything.
 * @param slides whether a layer slides where `layer_types` is absent
 */
export function readWindows(
  config: ConfigReader,
  layers: number,
  defaultWindow: number | null,
  slides: (layer: number) => boolean,
): (number | null)[] {
  const types =
    config.perLayer('layer_types', layers, LAYER_TYPES) ??
    Array.from({ length: layers }, (_, layer) => LAYER_TYPES[slides(layer) ? 1 : 0]);
  if (!types.includes('sliding_attention')) return types.map(() => null);
  const window = config.size('sliding_window', defaultWindow);
  return types.map((type) => (type === 'sliding_attention' ? window : null));
}
