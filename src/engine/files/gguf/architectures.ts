/**
 * How llama.cpp's converters change the models of each family: the name of the architecture, of tensors, and what is done
 * to their numbers. Sources: llama.cpp's `conversion/*.py` and `gguf-py/gguf/tensor_mapping.py`.
 */
import { PolicyError } from '../../../errors/policy';

export interface Architecture {
  /** `model_type` of a Hugging Face config. */
  readonly modelType: string;
  /** Rows of q and k lie in the order of rotated pairs, not of halves. */
  readonly permutes: boolean;
  /** What norms hold more than in a Hugging Face file. */
  readonly normShift: number;
  /** The norm before the MLP, and others that only some families have, by the end of their name. */
  readonly norms: Readonly<Record<string, string>>;
}

const PLAIN_NORMS = { ffn_norm: 'post_attention_layernorm' } as const;
const QK_NORMS = { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' } as const;

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  llama: { modelType: 'llama', permutes: true, normShift: 0, norms: PLAIN_NORMS },
  smollm3: { modelType: 'smollm3', permutes: true, normShift: 0, norms: PLAIN_NORMS },
  qwen2: { modelType: 'qwen2', permutes: false, normShift: 0, norms: PLAIN_NORMS },
  qwen3: { modelType: 'qwen3', permutes: false, normShift: 0, norms: { ...PLAIN_NORMS, ...QK_NORMS } },
  gemma3: {
    modelType: 'gemma3_text',
    permutes: false,
    normShift: 1,
    norms: {
      ...QK_NORMS,
      post_attention_norm: 'post_attention_layernorm',
      ffn_norm: 'pre_feedforward_layernorm',
      post_ffw_norm: 'post_feedforward_layernorm',
    },
  },
};

/** @throws PolicyError for one that the engine does not know */
export function architectureOf(name: string, origin: string): Architecture {
  const found = Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
  if (found === undefined) {
    throw PolicyError.of('policy/gguf-architecture', { origin, name, known: Object.keys(ARCHITECTURES) });
  }
  return found;
}

const MODULES: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

const OUTER: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
};

/** Hugging Face's name of a tensor; null for one that has none (`rope_freqs.weight`). */
export function huggingFaceName(name: string, { norms }: Architecture): string | null {
  const [, outer, layer, module, kind] = /^(?:(\w+)|blk\.(\d+)\.(\w+))\.(weight|bias)$/.exec(name) ?? [];
  if (outer !== undefined) return OUTER[outer] === undefined ? null : `${OUTER[outer]}.${String(kind)}`;
  if (module === undefined) return null;
  const found = MODULES[module] ?? norms[module];
  return found === undefined ? null : `model.layers.${String(layer)}.${found}.${String(kind)}`;
}
