/** The verify contract: a model, an adapter and a batch in; result.json and grads.safetensors out. */
import { readAdapterFolder } from '../engine/peft';
import { type FileMap, type ModelFiles } from '../formats/files';
import { writeSafetensors } from '../formats/safetensors';
import { parseVerifyBatch, verifyBatch } from '../grpo/verify';
import { foreign } from '../errors';
import { TrainingError } from '../errors/training';
import { openDevice } from '../kernels/device';
import { modelOf } from '../engine/files/gguf/files';
import { isModelFile } from '../engine/files/hub-name';
import { loadModelConfig } from '../engine/model/config';
import { memoryFiles } from '../engine/files/memory';
import { GpuPolicy } from '../engine/gpu-policy';
import { streamWeights } from '../engine/weights/stream';
import { openWeights } from '../engine/weights/weight-files';
import type { WeightFormat } from '../settings/choices';

export interface VerifyInputs {
  readonly model: ModelFiles;
  /** `adapter/…` as PEFT writes it, and `batch.json`. */
  readonly files: FileMap;
  /** How the model's weights are kept on the GPU; f32 where not given. */
  readonly baseWeights?: WeightFormat | undefined;
}

/**
 * Weights go the way of every run: tensor by tensor from their files to the GPU.
 * @throws PolicyError, TrainingError, GpuError
 */
export async function verifyModel(webgpu: GPU, inputs: VerifyInputs): Promise<Map<string, Uint8Array>> {
  const { model, files, baseWeights = 'f32' } = inputs;
  const config = await loadModelConfig(model);
  const adapter = readAdapterFolder(below(files, 'adapter/'), config);
  const batch = parseVerifyBatch(parseJson(files.get('batch.json')));
  const store = await openWeights(model);
  try {
    const { gpu } = await openDevice(webgpu);
    try {
      const weights = await streamWeights(gpu, config, store, baseWeights);
      const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora: adapter.lora, seed: 0 });
      policy.loadAdapter(adapter.tensors);
      const { result, gradients } = await verifyBatch(policy, batch);
      return new Map([
        ['result.json', new TextEncoder().encode(`${JSON.stringify(result)}\n`)],
        ['grads.safetensors', writeSafetensors(gradients, { format: 'pt' })],
      ]);
    } finally {
      gpu.dispose();
      gpu.device.destroy();
    }
  } finally {
    await store.close();
  }
}

/**
 * @param files those of {@link VerifyInputs}, and the model's as `model/…`: a Hugging Face folder, or one GGUF file
 * @throws as {@link verifyModel}
 */
export async function verifyFiles(
  webgpu: GPU,
  files: FileMap,
  baseWeights?: WeightFormat,
): Promise<Map<string, Uint8Array>> {
  const inside = below(files, 'model/');
  const file = inside.has('config.json') ? undefined : [...inside.keys()].find(isModelFile);
  const model = modelOf({ ...memoryFiles(inside, 'model'), file: file ?? null });
  return await verifyModel(webgpu, { model, files, baseWeights });
}

function below(files: FileMap, prefix: string): Map<string, Uint8Array> {
  const found = [...files].filter(([path]) => path.startsWith(prefix));
  return new Map(found.map(([path, bytes]) => [path.slice(prefix.length), bytes]));
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) throw TrainingError.of('training/no-batch');
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw TrainingError.of('training/batch-no-json', { reason: foreign(cause) }, { cause });
  }
}
