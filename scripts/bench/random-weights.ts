/** A model's file that is nowhere: random tensors of its shapes, made as they are read, so that large models need no disk. */
import type { StoredRows, TensorStore } from '../../src/formats/tensor-store';
import { rowWidth } from '../../src/formats/tensor-store';
import { expectedTensors } from '../../src/engine/weights/weights';
import type { ModelConfig } from '../../src/engine/types';
import { Random } from '../../src/random/philox';
import type { HostTensor, HostTensors } from '../../src/formats/tensors';

/** Drawn once; tensors begin at other places of it, and repeat it where they are longer. A prime, so that rows differ. */
const DRAWN = 1_048_573;
const DEVIATION = 0.02;

/** Weights of standard deviation 0.02, norms of one, biases of zero. */
export function randomStore(config: ModelConfig, seed: number): TensorStore {
  const random = new Random(seed, 'bench-weights');
  // Uniform with that deviation.
  const half = DEVIATION * Math.sqrt(3);
  const drawn = Float32Array.from({ length: DRAWN }, () => half * (2 * random.uniform() - 1));
  const tensors = new Map<string, StoredRows>();
  for (const [name, shape] of expectedTensors(config)) {
    const constant = name.endsWith('norm.weight') ? 1 - config.normOffset : name.endsWith('.bias') ? 0 : null;
    const width = rowWidth(shape);
    const start = random.integer(DRAWN);
    tensors.set(name, {
      shape,
      format: 'F32',
      bytes: 4 * shape.reduce((product, size) => product * size, 1),
      read: (from, to) => {
        const data = new Float32Array((to - from) * width);
        if (constant !== null) return Promise.resolve(data.fill(constant));
        let at = (start + from * width) % DRAWN;
        for (let i = 0; i < data.length;) {
          const part = drawn.subarray(at, at + data.length - i);
          data.set(part, i);
          i += part.length;
          at = 0;
        }
        return Promise.resolve(data);
      },
    });
  }
  return { origin: 'random weights', tensors, close: () => Promise.resolve() };
}

/** The same on the host, for measuring: a normal draw of 600 million weights would take a minute. */
export async function randomWeights(config: ModelConfig, seed: number): Promise<HostTensors> {
  const { tensors } = randomStore(config, seed);
  const weights = new Map<string, HostTensor>();
  for (const [name, { shape, read }] of tensors) {
    weights.set(name, { shape, data: await read(0, shape[0] ?? 1) });
  }
  return weights;
}
