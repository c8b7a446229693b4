/**
 * LoRA (Hu et al. 2021): y += scale · B·(A·x). All A and B of a model lie in one flat buffer. Per linear unit the
 * A matrices of its targets lie one under the other, [targets·rank, inputs], and so do the B matrices, [Σ outputs, rank].
 *
 * `rank` is the largest of the unit's modules. A module of a lower one has zeros in the other rows of A and columns of B.
 * They are exactly neutral and stay zero: the gradient of such a row of A is a product with the zeros in B and the other
 * way round, and AdamW moves nothing whose value and gradients were always zero.
 */
import { type Slice, SLICE_ALIGNMENT } from '../../kernels/gpu';
import { Random } from '../../random/philox';
import { type LoraConfig, type ModelConfig } from '../types';
import { PolicyError } from '../../errors/policy';
import { type HostTensor, type HostTensors } from '../../formats/tensors';
import { loraModules, loraScale } from './lora-config';
import { adapterName } from './tensors';
import { LINEAR_KEYS, type LinearKey, type LinearModule, linearUnits } from './units';
import { sub } from '../weights/weights-gpu';

export interface LoraModule {
  readonly module: LinearModule;
  /** First column of this target in the low-rank activations. */
  readonly u0: number;
  /** First row in the stacked B. */
  readonly l0: number;
  readonly r: number;
  readonly scale: number;
}

export interface LoraUnit {
  readonly modules: readonly LoraModule[];
  /** The largest of its modules. */
  readonly rank: number;
  /** Columns of the low-rank activations: modules · rank. */
  readonly columns: number;
  /** Element offsets in the flat buffer. */
  readonly a: number;
  readonly b: number;
  readonly aElements: number;
  readonly bElements: number;
}

export interface LoraLayout {
  readonly lora: LoraConfig;
  readonly length: number;
  /** Per layer; null where no target lies in the unit. */
  readonly layers: readonly Readonly<Record<LinearKey, LoraUnit | null>>[];
}

export function loraLayout(config: ModelConfig, lora: LoraConfig): LoraLayout {
  const adapted = loraModules(config, lora);
  if (adapted.length === 0) throw PolicyError.of('policy/adapter-no-target');
  let length = 0;
  const take = (elements: number) => {
    const at = length;
    length += Math.ceil((elements * 4) / SLICE_ALIGNMENT) * (SLICE_ALIGNMENT / 4);
    return at;
  };
  const layers = Array.from({ length: config.layers }, (_, layer) => {
    const units = linearUnits(config, layer);
    const entry = (key: LinearKey): LoraUnit | null => {
      const unit = units[key];
      const found = unit.modules.flatMap((module) => {
        const one = adapted.find((a) => a.layer === layer && a.target === module.target);
        return one === undefined ? [] : [{ module, r: one.r, scale: loraScale(lora, one) }];
      });
      if (found.length === 0) return null;
      const rank = Math.max(...found.map(({ r }) => r));
      let l0 = 0;
      const modules = found.map((one, i): LoraModule => {
        const placed = { ...one, u0: i * rank, l0 };
        l0 += one.module.rows;
        return placed;
      });
      const columns = modules.length * rank;
      const aElements = columns * unit.inputs;
      const bElements = l0 * rank;
      return { modules, rank, columns, a: take(aElements), b: take(bElements), aElements, bElements };
    };
    return { qkv: entry('qkv'), o: entry('o'), gateUp: entry('gateUp'), down: entry('down') };
  });
  return { lora, length, layers };
}

/** Views of one unit's matrices in a flat buffer (parameters or gradient). */
export function loraSlices(arena: Slice, unit: LoraUnit): { a: Slice; b: Slice } {
  return { a: sub(arena, unit.a, unit.aElements), b: sub(arena, unit.b, unit.bElements) };
}

interface Placed {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly offset: number;
  /** Elements from one row to the next. */
  readonly stride: number;
}

/** PEFT name, shape and place of every adapter tensor, in layer order. */
export function loraTensors(config: ModelConfig, layout: LoraLayout): Placed[] {
  return layout.layers.flatMap((layer, index) =>
    LINEAR_KEYS.flatMap((key) => {
      const unit = layer[key];
      if (unit === null) return [];
      const { inputs } = linearUnits(config, index)[key];
      const { rank } = unit;
      return unit.modules.flatMap(({ module, u0, l0, r }): Placed[] => [
        {
          name: adapterName(config, module.path, 'A'),
          shape: [r, inputs],
          offset: unit.a + u0 * inputs,
          stride: inputs,
        },
        {
          name: adapterName(config, module.path, 'B'),
          shape: [module.rows, r],
          offset: unit.b + l0 * rank,
          stride: rank,
        },
      ]);
    }),
  );
}

/** PEFT's default start: A uniform in ±1/sqrt(inputs) (kaiming_uniform with a = sqrt 5), B zero. */
export function initLora(config: ModelConfig, layout: LoraLayout, seed: number): Float32Array {
  const data = new Float32Array(layout.length);
  for (const { name, shape, offset } of loraTensors(config, layout)) {
    if (!name.endsWith('lora_A.weight')) continue;
    const random = new Random(seed, `lora:${name}`);
    const bound = 1 / Math.sqrt(shape[1]);
    for (let i = 0; i < shape[0] * shape[1]; i++) data[offset + i] = (2 * random.uniform() - 1) * bound;
  }
  return data;
}

/** @throws PolicyError when tensors are missing, left over or of another shape. */
export function packLora(config: ModelConfig, layout: LoraLayout, tensors: HostTensors): Float32Array {
  const data = new Float32Array(layout.length);
  const placed = loraTensors(config, layout);
  for (const { name, shape, offset, stride } of placed) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw PolicyError.of('policy/adapter-no-tensor', { name });
    if (tensor.shape.join() !== shape.join()) {
      throw PolicyError.of('policy/adapter-tensor-shape', { name, found: tensor.shape, shape });
    }
    const [rows, columns] = shape;
    for (let i = 0; i < rows; i++) {
      data.set(tensor.data.subarray(i * columns, (i + 1) * columns), offset + i * stride);
    }
  }
  if (tensors.size !== placed.length) {
    const known = new Set(placed.map((p) => p.name));
    const extra = [...tensors.keys()].find((name) => !known.has(name));
    throw PolicyError.of('policy/adapter-more', { name: extra ?? null });
  }
  return data;
}

export function unpackLora(config: ModelConfig, layout: LoraLayout, data: Float32Array): HostTensors {
  const tensors = new Map<string, HostTensor>();
  for (const { name, shape, offset, stride } of loraTensors(config, layout)) {
    const [rows, columns] = shape;
    const values = new Float32Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      values.set(data.subarray(offset + i * stride, offset + i * stride + columns), i * columns);
    }
    tensors.set(name, { shape, data: values });
  }
  return tensors;
}
