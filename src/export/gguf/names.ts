/**
 * Tensors of GGUF models: llama.cpp's names, and rows in its order.
 * Names: gguf-py's tensor_mapping.py; the order of rows: `permute` in llama.cpp's conversion of Llama.
 */
import type { LoraTarget } from '../../settings/choices';
import { linearPath } from '../../engine/model/tensors';
import type { ModelConfig, ModelFamily } from '../../engine/types';
import { rowWidth, type StoredRows } from '../../formats/tensor-store';

/** llama.cpp's architecture by family. */
export const ARCHITECTURES: Readonly<Record<ModelFamily, string>> = {
  llama: 'llama',
  qwen2: 'qwen2',
  qwen3: 'qwen3',
  gemma3: 'gemma3',
  smollm3: 'smollm3',
};

const LINEARS: Readonly<Record<LoraTarget, string>> = {
  q_proj: 'attn_q',
  k_proj: 'attn_k',
  v_proj: 'attn_v',
  o_proj: 'attn_output',
  gate_proj: 'ffn_gate',
  up_proj: 'ffn_up',
  down_proj: 'ffn_down',
};

const NORMS: Readonly<Record<string, string>> = {
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'ffn_norm',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
};
/** Where what attention and MLP give is normed too. */
const BRANCH_NORMS: Readonly<Record<string, string>> = {
  ...NORMS,
  post_attention_layernorm: 'post_attention_norm',
  pre_feedforward_layernorm: 'ffn_norm',
  post_feedforward_layernorm: 'post_ffw_norm',
};
const OUTSIDE: Readonly<Record<string, string>> = {
  'model.embed_tokens.weight': 'token_embd.weight',
  'model.norm.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
};

/** `blk.3.attn_q` */
export const linearName = (layer: number, target: LoraTarget): string => `blk.${layer}.${LINEARS[target]}`;

/** @param name of `expectedTensors` */
export function ggufName(config: ModelConfig, name: string): string {
  const outside = OUTSIDE[name];
  if (outside !== undefined) return outside;
  const [, layer = '', inner = '', kind = ''] =
    /^model\.layers\.(\d+)\.(.*)\.(weight|bias)$/.exec(name) ?? [];
  const norm = (config.branchNorms ? BRANCH_NORMS : NORMS)[inner];
  if (norm !== undefined) return `blk.${layer}.${norm}.${kind}`;
  const target = (Object.keys(LINEARS) as LoraTarget[]).find((t) =>
    linearPath(Number(layer), t).endsWith(`.${inner}`),
  );
  return `${linearName(Number(layer), target as LoraTarget)}.${kind}`;
}

/** Families whose rotary embedding turns neighbours in llama.cpp, where Hugging Face's turns the halves of a head. */
const PAIRED: readonly ModelFamily[] = ['llama', 'smollm3'];

/** Whether rows of a projection go into another order. */
export function isPermuted({ family }: ModelConfig, target: LoraTarget): boolean {
  return PAIRED.includes(family) && (target === 'q_proj' || target === 'k_proj');
}

/** Rows of a q or k projection (or of its bias, or of the B of its adapter), the halves of each head interleaved. */
export function permuted(tensor: StoredRows, headDim: number): StoredRows {
  const half = headDim / 2;
  const width = rowWidth(tensor.shape);
  return {
    shape: tensor.shape,
    format: tensor.format,
    bytes: tensor.bytes,
    read: async (from, to) => {
      const first = Math.floor(from / headDim) * headDim;
      const source = await tensor.read(first, Math.ceil(to / headDim) * headDim);
      const rows = new Float32Array((to - from) * width);
      for (let row = from; row < to; row++) {
        const inHead = row % headDim;
        const at = row - inHead - first + (inHead % 2) * half + Math.floor(inHead / 2);
        rows.set(source.subarray(at * width, (at + 1) * width), (row - from) * width);
      }
      return rows;
    },
  };
}
