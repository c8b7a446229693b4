/** Base weights of a model on the host: read from files, or drawn at random. To bring them to the GPU: `stream.ts`. */
import { philox4x32, streamOf, type Key } from '../../random/philox';
import { expectedTensors } from '../model/tensors';
import type { ModelConfig } from '../types';
import type { ModelFiles } from '../../formats/files';
import { elementsOf, rowCount } from '../../formats/tensor-store';
import type { HostTensor, HostTensors } from '../../formats/tensors';
import { findTensors, refuseNonFinite } from './find';
import { openWeights } from './weight-files';

export { expectedTensors } from '../model/tensors';

export interface LoadWeightsOptions {
  /** Bytes of tensors read, and of all that will be. */
  readonly onProgress?: (loaded: number, total: number) => void;
  /** Look at every number and refuse NaN and infinities; takes about a second per gigabyte. */
  readonly checkFinite?: boolean;
}

/**
 * All weights as float32, for what needs them together: full-parameter training, comparison. The result holds exactly
 * {@link expectedTensors}.
 * @throws PolicyError as {@link openWeights} and {@link findTensors} do
 */
export async function loadWeights(
  files: ModelFiles,
  config: ModelConfig,
  options: LoadWeightsOptions = {},
): Promise<HostTensors> {
  const store = await openWeights(files);
  try {
    const found = await findTensors(store, config);
    const total = [...found.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    const loaded = new Map<string, HostTensor>();
    let done = 0;
    for (const [name, tensor] of found) {
      const data = await tensor.read(0, rowCount(tensor.shape));
      if (options.checkFinite) refuseNonFinite(data, 0, name, store.origin);
      loaded.set(name, { shape: tensor.shape, data });
      done += tensor.bytes;
      options.onProgress?.(done, total);
    }
    return loaded;
  } finally {
    await store.close();
  }
}

/**
 * Random weights: matrices normal with standard deviation 0.02 (`initializer_range` of these families), norms scale by one,
 * biases zero. Every tensor has a random stream of its own name, so it does not depend on the others.
 */
export function initWeights(config: ModelConfig, seed: number): HostTensors {
  const tensors = new Map<string, HostTensor>();
  for (const [name, shape] of expectedTensors(config)) {
    const data = new Float32Array(elementsOf(shape));
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
