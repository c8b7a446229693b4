/** `config.json` and `generation_config.json` of a model in a GGUF file, out of its metadata. */
import { PolicyError } from '../../../errors/policy';
import type { ParamsOf } from '../../../errors/texts';
import type { Architecture } from './architectures';
import type { Metadata } from './metadata';

type Json = Record<string, unknown>;

/** What a config needs to know of the tensors. */
export interface TensorFacts {
  /** By the file's names. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Numbers of {@link ROPE_FACTORS}, where that is there. */
  readonly ropeFactors: Float32Array | null;
}

/** The tensor of factors by which rotary frequencies are divided (Llama 3.1 and later). */
export const ROPE_FACTORS = 'rope_freqs.weight';

/** @throws PolicyError when something is missing, or the engine cannot compute it */
export function huggingFaceConfig(
  metadata: Metadata,
  name: string,
  { modelType }: Architecture,
  { shapes, ropeFactors }: TensorFacts,
): Json {
  const number = (key: string) => metadata.number(`${name}.${key}`);
  const needed = (key: string) => metadata.needed(`${name}.${key}`, number(key));
  const heads = needed('attention.head_count');
  const hidden = needed('embedding_length');
  const layers = needed('block_count');
  const headDim = number('attention.key_length') ?? number('rope.dimension_count') ?? hidden / heads;
  refusePartial(metadata, name, headDim);
  return {
    model_type: modelType,
    vocab_size: vocabularySize(metadata, name, shapes),
    hidden_size: hidden,
    intermediate_size: needed('feed_forward_length'),
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: number('attention.head_count_kv') ?? heads,
    head_dim: headDim,
    max_position_embeddings: needed('context_length'),
    // float32 in the file; 9.999999747378752e-06 was 1e-5.
    rms_norm_eps: Number(needed('attention.layer_norm_rms_epsilon').toPrecision(7)),
    rope_theta: number('rope.freq_base') ?? 10_000,
    rope_scaling: ropeScaling(metadata, name, ropeFactors, headDim),
    tie_word_embeddings: !shapes.has('output.weight'),
    attention_bias: shapes.has('blk.0.attn_q.bias'),
    bos_token_id: metadata.number('tokenizer.ggml.bos_token_id'),
    eos_token_id: metadata.number('tokenizer.ggml.eos_token_id'),
    ...(modelType === 'gemma3_text' ? gemma3(number, layers, headDim, hidden / heads) : {}),
    ...(modelType === 'smollm3' ? { no_rope_layer_interval: 4 } : {}),
  };
}

/** llama.cpp's own constants where a file does not tell: every sixth layer sees everything, the others turn by 10,000. */
function gemma3(
  number: (key: string) => number | null,
  layers: number,
  headDim: number,
  ofWidth: number,
): Json {
  return {
    hidden_activation: 'gelu_pytorch_tanh',
    sliding_window: number('attention.sliding_window'),
    sliding_window_pattern: 6,
    rope_local_base_freq: number('rope.freq_base_swa') ?? 10_000,
    // Of the 27B model alone it is not the size of a head.
    query_pre_attn_scalar: layers === 62 ? ofWidth : headDim,
    final_logit_softcapping: number('final_logit_softcapping'),
  };
}

function vocabularySize(metadata: Metadata, name: string, shapes: TensorFacts['shapes']): number {
  const key = `${name}.vocab_size`;
  return shapes.get('token_embd.weight')?.[0] ?? metadata.needed(key, metadata.number(key));
}

function refusePartial(metadata: Metadata, name: string, headDim: number): void {
  const { origin } = metadata;
  const refuse = (found: ParamsOf<'policy/gguf-unsupported'>['found']): never => {
    throw PolicyError.of('policy/gguf-unsupported', { origin, found });
  };
  const rotated = metadata.number(`${name}.rope.dimension_count`);
  if (rotated !== null && rotated !== headDim) {
    refuse({ key: `${name}.rope.dimension_count`, value: rotated, part: 'heads', width: headDim });
  }
  const values = metadata.number(`${name}.attention.value_length`);
  if (values !== null && values !== headDim) {
    refuse({ key: `${name}.attention.value_length`, value: values, part: 'keys', width: headDim });
  }
  if ((metadata.number(`${name}.expert_count`) ?? 0) > 0) refuse('experts');
}

/**
 * Llama 3's scaling is stored as what came of it, a factor per frequency. Its parameters are found again, and checked by
 * computing the factors from them: all published models have 1 and 4, and 8,192 positions.
 */
function ropeScaling(
  metadata: Metadata,
  name: string,
  factors: Float32Array | null,
  headDim: number,
): Json | null {
  const type = metadata.text(`${name}.rope.scaling.type`);
  const factor = metadata.number(`${name}.rope.scaling.factor`);
  if (type !== null && type !== 'none') return { rope_type: type, factor };
  if (factors === null) return null;
  const theta = metadata.number(`${name}.rope.freq_base`) ?? 10_000;
  const most = factors.reduce((a, b) => Math.max(a, b), 1);
  const found = { low: 1, high: 4, positions: 8192, factor: Math.round(most) };
  const computed = llama3Factors(theta, headDim, found);
  const isSame =
    computed.length === factors.length &&
    computed.every((value, i) => Math.abs(value - (factors[i] as number)) <= 1e-4 * value);
  if (!isSame) {
    throw PolicyError.of('policy/gguf-rope-factors', { origin: metadata.origin, tensor: ROPE_FACTORS });
  }
  return {
    rope_type: 'llama3',
    factor: found.factor,
    low_freq_factor: found.low,
    high_freq_factor: found.high,
    original_max_position_embeddings: found.positions,
  };
}

/** By what each frequency of a head is divided (Llama 3.1's `apply_scaling`). */
export function llama3Factors(
  theta: number,
  headDim: number,
  { low, high, positions, factor }: { low: number; high: number; positions: number; factor: number },
): number[] {
  return Array.from({ length: headDim / 2 }, (_, i) => {
    const turns = (positions * theta ** ((-2 * i) / headDim)) / (2 * Math.PI);
    if (turns > high) return 1;
    if (turns < low) return factor;
    const smooth = (turns - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

/** Tokens that end an assistant's turn in the templates of these families. */
const TURN_ENDS = ['<|im_end|>', '<|eot_id|>', '<|eom_id|>', '<end_of_turn>'] as const;

/** The end of text, and the ends of a turn that file or template name. */
export function generationConfig(metadata: Metadata): Json {
  const tokens = metadata.texts('tokenizer.ggml.tokens') ?? [];
  const template = metadata.text('tokenizer.chat_template') ?? '';
  const named = ['eos', 'eot', 'eom'].map((end) => metadata.number(`tokenizer.ggml.${end}_token_id`));
  const inTemplate = TURN_ENDS.filter((end) => template.includes(end)).map((end) => tokens.indexOf(end));
  const ids = [...named, ...inTemplate].filter((id): id is number => id !== null && id >= 0);
  return {
    eos_token_id: [...new Set(ids)],
    bos_token_id: metadata.number('tokenizer.ggml.bos_token_id'),
  };
}
