/** Small random models of every family, and adapters, in which whatever is in the wrong place shows. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderFiles } from '../../../src/engine/files/folder-node';
import { loadModelConfig } from '../../../src/engine/model/config';
import { adapterTensors, expectedTensors } from '../../../src/engine/model/tensors';
import type { LoraConfig, LoraModuleConfig, ModelConfig } from '../../../src/engine/types';
import { writeSafetensors } from '../../../src/formats/safetensors';
import type { HostTensors } from '../../../src/formats/tensors';
import { Random } from '../../../src/random/philox';
import { LORA_TARGETS } from '../../../src/settings/choices';
import { REPOSITORY } from '../../runtime/page';

const TOKENIZER = join(REPOSITORY, 'public/models/mailgym-tiny');

const SIZES = {
  vocab_size: 1408,
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 32,
  max_position_embeddings: 256,
  rms_norm_eps: 1e-5,
  bos_token_id: null,
  eos_token_id: 1,
  torch_dtype: 'float32',
};

/** One model of each family, with what is special in it. */
export const RANDOM_MODELS: Readonly<Record<string, object>> = {
  llama: {
    ...{ model_type: 'llama', architectures: ['LlamaForCausalLM'], tie_word_embeddings: false },
    ...{ hidden_act: 'silu', rope_theta: 10_000 },
  },
  'llama 3': {
    ...{ model_type: 'llama', architectures: ['LlamaForCausalLM'], tie_word_embeddings: true },
    ...{ hidden_act: 'silu', rope_theta: 500_000 },
    rope_scaling: {
      ...{ rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 },
      original_max_position_embeddings: 64,
    },
  },
  qwen2: {
    ...{ model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'], tie_word_embeddings: true },
    ...{ hidden_act: 'silu', rope_theta: 1_000_000, head_dim: 16 },
  },
  qwen3: {
    ...{ model_type: 'qwen3', architectures: ['Qwen3ForCausalLM'], tie_word_embeddings: true },
    ...{ hidden_act: 'silu', rope_theta: 1_000_000 },
  },
  gemma3: {
    ...{ model_type: 'gemma3_text', architectures: ['Gemma3ForCausalLM'], tie_word_embeddings: true },
    ...{ hidden_activation: 'gelu_pytorch_tanh', rope_theta: 1_000_000, rope_local_base_freq: 10_000 },
    ...{ num_hidden_layers: 7, sliding_window: 8, sliding_window_pattern: 6, query_pre_attn_scalar: 32 },
  },
  smollm3: {
    ...{ model_type: 'smollm3', architectures: ['SmolLM3ForCausalLM'], tie_word_embeddings: true },
    // transformers' own default is a token of the published model, beyond this vocabulary.
    ...{ pad_token_id: 0 },
    ...{ hidden_act: 'silu', rope_theta: 2_000_000, no_rope_layers: [1, 1, 1, 0], head_dim: 16 },
  },
};

/** A folder as transformers saves it, weights large enough that every part matters. */
export async function makeModel(folder: string, config: object): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify({ ...SIZES, ...config }, null, 2)}\n`);
  for (const file of ['tokenizer.json', 'tokenizer_config.json'])
    cpSync(join(TOKENIZER, file), join(folder, file));
  const parsed = await loadModelConfig(folderFiles(folder));
  const tensors = new Map(
    [...expectedTensors(parsed)].map(([name, shape]) => {
      const random = new Random(7, name);
      const isNorm = name.endsWith('norm.weight');
      const centre = isNorm ? 1 - parsed.normOffset : 0;
      // Scaled embeddings of Gemma would drown what the layers add.
      const spread =
        isNorm || name.endsWith('.bias') ? 0.2 : name.includes('embed') ? 0.3 / parsed.embeddingScale : 0.2;
      return [name, { shape, data: numbers(shape, () => centre + spread * random.normal()) }] as const;
    }),
  );
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(new Map(tensors)));
}

function numbers(shape: readonly number[], next: () => number): Float32Array {
  return Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, next);
}

/** Ranks and alphas by module, some modules left out. */
export function randomAdapter(config: ModelConfig): { lora: LoraConfig; tensors: HostTensors } {
  const modules: LoraModuleConfig[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    LORA_TARGETS.forEach((target, i) => {
      if (layer === 1 && target === 'k_proj') return;
      modules.push({ layer, target, r: 2 + ((layer + i) % 3), alpha: 3 + (i % 2) });
    });
  }
  const lora = { r: 2, alpha: 3, targets: LORA_TARGETS, rslora: true, modules };
  const tensors = new Map(
    [...adapterTensors(config, lora)].map(([name, shape]) => {
      const random = new Random(9, name);
      const size = name.includes('lora_A') ? 1 / Math.sqrt(shape[1] as number) : 0.1;
      return [name, { shape, data: numbers(shape, () => size * random.normal()) }] as const;
    }),
  );
  return { lora, tensors };
}
