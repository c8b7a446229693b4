/** The names that settings choose among. Rooms that give a name its meaning take the type from here. */

/** masked: what the policy sampled; rollout: everything after the first prompt; simple: the first turn alone. */
export const MODES = ['masked', 'rollout', 'simple'] as const;
export type Mode = (typeof MODES)[number];

export const REWARD_SCALINGS = ['group', 'batch', 'none'] as const;
export type RewardScaling = (typeof REWARD_SCALINGS)[number];

/** How the reward's parts become one advantage: summed first, or each normalised within its group first (GDPO). */
export const REWARD_AGGREGATIONS = ['sum_then_normalize', 'normalize_then_sum'] as const;
export type RewardAggregation = (typeof REWARD_AGGREGATIONS)[number];

/** trajectory: group-relative outcome; action: the environment's values of turns; mixed: both, group-normalised. */
export const ADVANTAGE_KINDS = ['trajectory', 'action', 'mixed'] as const;
export type AdvantageKind = (typeof ADVANTAGE_KINDS)[number];

/** Which tasks may be asked when: all from the start, or the easy ones before the hard ones. */
export const CURRICULA = ['none', 'easy-first'] as const;
export type Curriculum = (typeof CURRICULA)[number];

/** Projections of a layer that an adapter may change. */
export const LORA_TARGETS = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;
export type LoraTarget = (typeof LORA_TARGETS)[number];

/** How frozen weights are kept on the GPU. */
export const WEIGHT_FORMATS = ['f32', 'f16', 'int8', 'int4'] as const;
export type WeightFormat = (typeof WEIGHT_FORMATS)[number];
/** What may be asked for; `auto` is chosen by model and device before the weights are loaded. */
export const BASE_WEIGHTS = ['auto', ...WEIGHT_FORMATS] as const;
export type BaseWeightsChoice = (typeof BASE_WEIGHTS)[number];

/** How keys and values are kept while sampling. */
export const CACHE_TYPES = ['f32', 'f16'] as const;
export type CacheType = (typeof CACHE_TYPES)[number];

/** What the setting `model` begins with for a model that a visitor gave the page as files. */
export const GIVEN_MODEL = 'file:';

/** Number types of merged weights as plain numbers. */
export const FLOAT_TYPES = ['f32', 'f16', 'bf16'] as const;
export type FloatType = (typeof FLOAT_TYPES)[number];

/** What a trained policy can be written as, with the number types of each; the first is the default. */
export const EXPORT_TYPES = {
  peft: ['f32'],
  safetensors: ['f16', 'bf16', 'f32'],
  gguf: ['q8_0', 'f16', 'bf16', 'f32'],
  'gguf-adapter': ['f16', 'f32'],
  onnx: ['q4', 'fp16', 'fp32'],
} as const;
export type ExportFormat = keyof typeof EXPORT_TYPES;
export type ExportType = (typeof EXPORT_TYPES)[ExportFormat][number];
export const EXPORT_FORMATS = Object.keys(EXPORT_TYPES) as readonly ExportFormat[];
