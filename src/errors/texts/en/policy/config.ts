import type { Shown } from '../../picture';
import { shown } from '../words';
import type { From } from './files';

/** What a value of a model's `config.json` must be. */
export type ConfigNeeds =
  | 'boolean'
  | 'object'
  /** From 1. */
  | { readonly integer: number }
  | { readonly least: number; readonly most: number }
  | { readonly layers: number; readonly among: readonly string[] };

function needsWords(needs: ConfigNeeds): string {
  if (needs === 'boolean') return 'must be true or false';
  if (needs === 'object') return 'must be an object';
  if ('integer' in needs) return `must be an integer from 1 to ${needs.integer}`;
  if ('least' in needs) return `must be a number from ${needs.least} to ${needs.most}`;
  return `must give each of ${needs.layers} layers one of ${needs.among.join(', ')}`;
}

/** What to do where a key says that the model computes what the engine does not. */
const REMEDIES = {
  mlp_bias: 'Choose a model without biases in its MLP.',
  quantization_config: 'Use the unquantised model (F32, F16 or BF16 safetensors).',
  partial_rotary_factor: 'Choose a model that rotates the whole head.',
  hidden_act: 'Only "silu" is.',
  use_sliding_window: 'Choose a model with full attention.',
  layer_types: 'Choose a model whose layers are all "full_attention".',
  hidden_activation: 'Only "gelu_pytorch_tanh" is.',
  use_bidirectional_attention: 'It is made for embeddings; choose a model that writes text.',
  final_logit_softcapping: 'Choose a model without soft caps.',
  attn_logit_softcapping: 'Choose a model without soft caps.',
};
export type UnsupportedKey = keyof typeof REMEDIES;

/** Remedy of most refusals: people edit these files, or mix those of two models. */
const OWN_FILE = "Use the model's own config.json.";

export const config = {
  'policy/config-value': ({
    origin,
    key,
    needs,
    found,
  }: From & { key: string; needs: ConfigNeeds; found: Shown }) =>
    `${origin}: ${key} ${needsWords(needs)}, found ${shown(found)}. ${OWN_FILE}`,
  'policy/config-heads': ({ origin, heads, kvHeads }: From & { heads: number; kvHeads: number }) =>
    `${origin}: num_attention_heads ${heads} must be a multiple of num_key_value_heads ${kvHeads}. ${OWN_FILE}`,
  'policy/config-no-head-dim': ({
    origin,
    hiddenSize,
    heads,
  }: From & { hiddenSize: number; heads: number }) =>
    `${origin}: hidden_size ${hiddenSize} is no multiple of num_attention_heads ${heads} and there is no head_dim. ${OWN_FILE}`,
  'policy/config-rotary-order': ({ origin, high, low }: From & { high: number; low: number }) =>
    `${origin}: high_freq_factor ${high} must exceed low_freq_factor ${low}. ${OWN_FILE}`,
  'policy/config-unsupported': ({ origin, key, found }: From & { key: UnsupportedKey; found: Shown }) =>
    `${origin}: ${key} = ${shown(found)} is not supported. ${REMEDIES[key]}`,
  'policy/config-token-ids': ({
    origin,
    key,
    vocabulary,
    found,
  }: From & { key: string; vocabulary: number; found: Shown }) =>
    `${origin}: ${key} must hold token ids below vocab_size ${vocabulary}, found ${shown(found)}. Use the model's own files.`,
  'policy/config-no-object': ({ origin, found }: From & { found: Shown }) =>
    `${origin}: expected a JSON object, found ${shown(found)}. ${OWN_FILE}`,
  'policy/config-odd-head': ({ origin, headDim }: From & { headDim: number }) =>
    `${origin}: head_dim ${headDim} must be even, because rotary embedding turns pairs. Use another model.`,
  'policy/config-hints': ({ origin, found }: From & { found: Shown }) =>
    `${origin}: "mailgym" must be an object, found ${shown(found)}. Correct or remove it.`,
  'policy/config-family': ({ origin, found, known }: From & { found: Shown; known: readonly string[] }) =>
    `${origin}: model_type is ${shown(found)}; supported are ${known.join(', ')}. Choose a model of one of these families.`,
  'policy/config-rotary': ({ origin, found }: From & { found: Shown }) =>
    `${origin} = ${shown(found)} is not supported; only plain rotary embedding and rope_type "linear" and "llama3" are. ` +
    'Choose another model.',
};
