/** Base weights of a model: read from safetensors, or drawn at random. */
import type { Safetensors } from '../../formats/safetensors';
import { parseSafetensors, toFloat32 } from '../../formats/safetensors';
import { philox4x32, streamOf, type Key } from '../../random/philox';
import { readJson } from '../../formats/files';
import { expectedTensors } from '../model/tensors';
import type { ModelConfig } from '../types';
import type { ModelFiles } from '../../formats/files';
import type { HostTensor, HostTensors } from '../../formats/tensors';
import { PolicyError } from '../../errors';

export { expectedTensors } from '../model/tensors';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

export interface LoadWeightsOptions {
  /** Bytes of all files together; `total` is null until it is known. */
  readonly onProgress?: (loaded: number, total: number | null) => void;
  /** Look at every number and refuse NaN and infinities; takes about a second per gigabyte. */
  readonly checkFinite?: boolean;
}

/**
 * Reads `model.safetensors`, or the shards that `model.safetensors.index.json` lists. The result holds exactly
 * {@link expectedTensors}; tied embeddings are found under either name; other tensors are ignored.
 * @throws PolicyError listing what is missing, or naming a tensor of the wrong shape.
 */
export async function loadWeights(
  files: ModelFiles,
  config: ModelConfig,
  options: LoadWeightsOptions = {},
): Promise<HostTensors> {
  const expected = expectedTensors(config);
  const loaded = new Map<string, HostTensor>();
  const { names, totalBytes } = await weightFiles(files);
  let finished = 0;
  for (const name of names) {
    const origin = `${files.origin}: ${name}`;
    const bytes = await files.read(name, (part, total) => {
      options.onProgress?.(finished + part, names.length === 1 ? total : totalBytes);
    });
    finished += bytes.byteLength;
    collect(parseSafetensors(bytes, origin), origin, config, expected, options.checkFinite ?? false, loaded);
  }
  const missing = [...expected.keys()].filter((name) => !loaded.has(name));
  if (missing.length > 0) {
    throw new PolicyError(
      `${files.origin}: the weights lack ${missing.length} of ${expected.size} tensors that config.json asks for ` +
        `(${config.family}, ${config.layers} layers): ${listed(missing)}. Use weights and config.json of the same model.`,
    );
  }
  return new Map([...expected.keys()].map((name) => [name, loaded.get(name) as HostTensor]));
}

/** Adds the tensors of one file that are expected. */
function collect(
  file: Safetensors,
  origin: string,
  config: ModelConfig,
  expected: ReadonlyMap<string, readonly number[]>,
  checkFinite: boolean,
  loaded: Map<string, HostTensor>,
): void {
  for (const [storedName, tensor] of file.tensors) {
    if (storedName.endsWith('.o_proj.bias'))
      refuseOutputBias(toFloat32(tensor, storedName, origin), storedName, origin);
    // A tied model may be stored under the head's name alone; where both are there, the embedding counts.
    const aliased = config.tiedEmbeddings && storedName === HEAD && !loaded.has(EMBEDDING);
    const name = aliased ? EMBEDDING : storedName;
    const shape = expected.get(name);
    if (shape === undefined) continue;
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
      throw new PolicyError(
        `${origin}: tensor "${storedName}" has shape [${tensor.shape.join(', ')}], config.json asks for ` +
          `[${shape.join(', ')}]. Use weights and config.json of the same model.`,
      );
    }
    const data = toFloat32(tensor, storedName, origin);
    if (checkFinite) refuseNonFinite(data, storedName, origin);
    loaded.set(name, { shape, data });
  }
}

/** `attention_bias` puts a bias on o_proj too, which the engine does not have; converted Qwen2 models hold zeros. */
function refuseOutputBias(bias: Float32Array, name: string, origin: string): void {
  if (bias.some((value) => value !== 0)) {
    throw new PolicyError(
      `${origin}: "${name}" is not zero; a bias on o_proj is not supported. Choose another model.`,
    );
  }
}

function refuseNonFinite(data: Float32Array, name: string, origin: string): void {
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    throw new PolicyError(
      `${origin}: tensor "${name}" holds ${data[index]} at position ${index}. The file is damaged or its training ` +
        `diverged; use another copy.`,
    );
  }
}

async function weightFiles(files: ModelFiles): Promise<{ names: string[]; totalBytes: number | null }> {
  const index = 'model.safetensors.index.json';
  if (await files.has('model.safetensors')) return { names: ['model.safetensors'], totalBytes: null };
  if (!(await files.has(index))) {
    throw new PolicyError(
      `${files.origin}: neither model.safetensors nor ${index} is there. Use a model in the safetensors format ` +
        `(pytorch_model.bin, GGUF and ONNX files cannot be trained).`,
    );
  }
  const json = (await readJson(files, index)) as {
    weight_map?: unknown;
    metadata?: { total_size?: unknown } | null;
  } | null;
  const map = json?.weight_map;
  if (typeof map !== 'object' || map === null) {
    throw new PolicyError(`${files.origin}: ${index} has no weight_map. Download it again.`);
  }
  const names = [...new Set(Object.values(map) as unknown[])];
  if (!names.every((name) => typeof name === 'string' && /^[\w.-]+\.safetensors$/.test(name))) {
    throw new PolicyError(
      `${files.origin}: ${index} must name safetensors files of the same folder, found ${listed(names.map(String))}. ` +
        `Download it again.`,
    );
  }
  const total = json?.metadata?.total_size;
  return { names: (names as string[]).sort(), totalBytes: typeof total === 'number' ? total : null };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/**
 * Random weights: matrices normal with standard deviation 0.02 (`initializer_range` of these families), norms scale by one,
 * biases zero. Every tensor has a random stream of its own name, so it does not depend on the others.
 */
export function initWeights(config: ModelConfig, seed: number): HostTensors {
  const tensors = new Map<string, HostTensor>();
  for (const [name, shape] of expectedTensors(config)) {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (name.endsWith('norm.weight')) data.fill(1 - config.normOffset);
    else if (!name.endsWith('.bias')) fillNormal(data, 0.02, [seed >>> 0, streamOf(name)]);
    tensors.set(name, { shape, data });
  }
  return tensors;
}

/** Box-Muller on whole Philox blocks: four draws give four normals, twice as fast as drawing one by one. */
function fillNormal(data: Float32Array, deviation: number, key: Key): void {
  for (let start = 0; start < data.length; start += 4) {
    const block = philox4x32([start >>> 2, 0, 0, 0], key);
    for (const [first, u, v] of [
      [start, block[0], block[1]],
      [start + 2, block[2], block[3]],
    ] as const) {
      const radius = deviation * Math.sqrt(-2 * Math.log((u + 1) / 0x1_0000_0000));
      const angle = (2 * Math.PI * v) / 0x1_0000_0000;
      if (first < data.length) data[first] = radius * Math.cos(angle);
      if (first + 1 < data.length) data[first + 1] = radius * Math.sin(angle);
    }
  }
}
