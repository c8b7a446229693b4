/** A golden model as a GGUF file, by the rules of llama.cpp's converter: its names, its order of q and k, its metadata. */
import type { ModelConfig } from '../../src/engine/types';
import type { HostTensors } from '../../src/formats/tensors';
import { ggufFile, type MetaValue } from './gguf-file';

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^model\.embed_tokens\./, 'token_embd.'],
  [/^model\.norm\./, 'output_norm.'],
  [/^lm_head\./, 'output.'],
  [/^model\.layers\./, 'blk.'],
  [/input_layernorm/, 'attn_norm'],
  [/post_attention_layernorm/, 'ffn_norm'],
  [/self_attn\.([qkv])_proj/, 'attn_$1'],
  [/self_attn\.([qk])_norm/, 'attn_$1_norm'],
  [/self_attn\.o_proj/, 'attn_output'],
  [/mlp\.(gate|up|down)_proj/, 'ffn_$1'],
];

/** Of Llama and Qwen3. */
export function goldenGguf(config: ModelConfig, weights: HostTensors): Uint8Array {
  const name = config.family;
  const u32 = (value: number): MetaValue => ({ type: 'u32', value });
  const f32 = (value: number): MetaValue => ({ type: 'f32', value });
  const tensors = [...weights].map(([path, { shape, data }]) => ({
    name: NAMES.reduce((text, [from, to]) => text.replace(from, to), path),
    shape,
    data: name === 'llama' ? inPairs(path, data, shape, config) : data,
  }));
  return ggufFile(
    {
      'general.architecture': { type: 'text', value: name },
      [`${name}.block_count`]: u32(config.layers),
      [`${name}.context_length`]: u32(config.maxPositions),
      [`${name}.embedding_length`]: u32(config.hiddenSize),
      [`${name}.feed_forward_length`]: u32(config.intermediateSize),
      [`${name}.attention.head_count`]: u32(config.heads),
      [`${name}.attention.head_count_kv`]: u32(config.kvHeads),
      [`${name}.attention.key_length`]: u32(config.headDim),
      [`${name}.attention.value_length`]: u32(config.headDim),
      [`${name}.attention.layer_norm_rms_epsilon`]: f32(config.rmsNormEps),
      [`${name}.rope.freq_base`]: f32(config.ropeTheta),
    },
    tensors,
  );
}

/** Rows of a head as (0, half), (1, half + 1), … where Hugging Face has all first halves before the second. */
function inPairs(
  path: string,
  data: Float32Array,
  shape: readonly number[],
  { heads, kvHeads, headDim }: ModelConfig,
): Float32Array {
  if (!/self_attn\.[qk]_proj/.test(path)) return data;
  const count = path.includes('q_proj') ? heads : kvHeads;
  const width = shape[1] as number;
  const out = new Float32Array(data.length);
  for (let h = 0; h < count; h++) {
    for (let r = 0; r < headDim; r++) {
      const from = h * headDim + (r % 2) * (headDim / 2) + Math.floor(r / 2);
      out.set(data.subarray(from * width, (from + 1) * width), (h * headDim + r) * width);
    }
  }
  return out;
}
