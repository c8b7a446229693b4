/** The verify contract on files: a model, an adapter and a batch in; result.json and grads.safetensors out. */
import { readAdapterFolder } from '../engine/peft';
import { type FileMap } from '../formats/files';
import { writeSafetensors } from '../formats/safetensors';
import { parseVerifyBatch, verifyBatch } from '../grpo/verify';
import { foreign, TrainingError } from '../errors';
import { openDevice } from '../kernels/device';
import { loadModelConfig } from '../engine/model/config';
import { memoryFiles } from '../engine/files/memory';
import { GpuPolicy } from '../engine/gpu-policy';
import { loadWeights } from '../engine/weights/weights';

/**
 * @param files `model/…` and `adapter/…` as Hugging Face and PEFT write them, and `batch.json`
 * @throws PolicyError, TrainingError, GpuError
 */
export async function verifyFiles(webgpu: GPU, files: FileMap): Promise<Map<string, Uint8Array>> {
  const model = memoryFiles(below(files, 'model/'), 'model');
  const config = await loadModelConfig(model);
  const adapter = readAdapterFolder(below(files, 'adapter/'), config);
  const batch = parseVerifyBatch(parseJson(files.get('batch.json')));
  const weights = await loadWeights(model, config);
  const { gpu } = await openDevice(webgpu);
  try {
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
