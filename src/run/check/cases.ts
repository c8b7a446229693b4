/**
 * Golden cases that travel with the program: tiny models with adapter, batch and what PyTorch's autograd gives in float64
 * (tests/golden/README.md). Each is loaded when it is asked for.
 */
import { readAdapterFolder } from '../../engine/peft';
import { memoryFiles } from '../../engine/files/memory';
import { loadModelConfig } from '../../engine/model/config';
import type { LoraConfig, ModelConfig } from '../../engine/types';
import { loadWeights } from '../../engine/weights/weights';
import { parseSafetensors, toFloat32 } from '../../formats/safetensors';
import type { HostTensor, HostTensors } from '../../formats/tensors';
import { parseVerifyBatch, type VerifyBatch, type VerifyResult } from '../../grpo/verify';

/** As scripts/golden/pack.ts writes them; bytes as base64. */
export interface PackedCase {
  /** `model/…` and `adapter/…`. */
  readonly files: Readonly<Record<string, string>>;
  readonly batch: unknown;
  readonly expected: Expected;
  readonly gradients: string;
  readonly greedy: readonly GreedyText[];
}

export type Expected = Pick<
  VerifyResult,
  'loss' | 'kl' | 'clip_fraction' | 'trainable_tokens' | 'total_tokens' | 'logprobs' | 'ref_logprobs'
>;

/** The most likely tokens after a prompt, each well ahead of the second. */
export interface GreedyText {
  readonly prompt: readonly number[];
  readonly ids: readonly number[];
}

export interface GoldenCase {
  readonly config: ModelConfig;
  readonly weights: HostTensors;
  readonly lora: LoraConfig;
  readonly adapter: HostTensors;
  readonly batch: VerifyBatch;
  readonly expected: Expected;
  readonly gradients: HostTensors;
  readonly greedy: readonly GreedyText[];
}

/**
 * Before the first run on a device: norms of q and k, two policy losses, windows, token steps. A device that is asked to
 * show itself (`doctor`) computes the others too.
 */
export const FIRST_CASES = ['qwen3-gspo', 'gemma3-dapo'] as const;
export const GOLDEN_CASES = [...FIRST_CASES, 'qwen2-bnpo-entropy', 'llama-cispo'] as const;
export type GoldenName = (typeof GOLDEN_CASES)[number];

/** Raised when cases or bounds change: devices are then checked again. */
export const CASES_VERSION = 1;

const LOADERS: Readonly<Record<GoldenName, () => Promise<{ readonly default: unknown }>>> = {
  'qwen3-gspo': () => import('./golden/qwen3-gspo.json'),
  'gemma3-dapo': () => import('./golden/gemma3-dapo.json'),
  'qwen2-bnpo-entropy': () => import('./golden/qwen2-bnpo-entropy.json'),
  'llama-cispo': () => import('./golden/llama-cispo.json'),
};

export async function loadCase(name: GoldenName): Promise<GoldenCase> {
  const { files, batch, expected, gradients, greedy } = (await LOADERS[name]()).default as PackedCase;
  const below = (part: string) =>
    new Map(
      Object.entries(files)
        .filter(([path]) => path.startsWith(part))
        .map(([path, text]) => [path.slice(part.length), bytesOf(text)]),
    );
  const model = memoryFiles(below('model/'), name);
  const config = await loadModelConfig(model);
  const { lora, tensors } = readAdapterFolder(below('adapter/'), config);
  return {
    ...{ config, lora, adapter: tensors, expected, greedy },
    weights: await loadWeights(model, config),
    batch: parseVerifyBatch(batch),
    gradients: tensorsOf(bytesOf(gradients), name),
  };
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** @param origin for messages */
export function tensorsOf(bytes: Uint8Array, origin: string): HostTensors {
  const tensors = new Map<string, HostTensor>();
  for (const [name, tensor] of parseSafetensors(bytes, origin).tensors) {
    tensors.set(name, { shape: tensor.shape, data: toFloat32(tensor, name, origin) });
  }
  return tensors;
}
