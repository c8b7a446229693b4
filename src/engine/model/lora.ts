/**
 * LoRA (Hu et al. 2021): y += (alpha/r) · B·(A·x). All A and B of a model lie in one flat buffer. Per linear unit the
 * A matrices of its targets lie one under the other, [targets·r, inputs], and so do the B matrices, [Σ outputs, r].
 */
import { type Slice, SLICE_ALIGNMENT } from '../../kernels/gpu';
import { Random } from '../../random/philox';
import { type LoraConfig, type ModelConfig } from '../types';
import { PolicyError } from '../../errors';
import { type HostTensor, type HostTensors } from '../../formats/tensors';
import { adapterName } from './tensors';
import { LINEAR_KEYS, type LinearKey, type LinearModule, linearUnits } from './units';
import { sub } from '../weights/weights-gpu';

export interface LoraModule {
  readonly module: LinearModule;
  /** First column of this target in the low-rank activations. */
  readonly u0: number;
  /** First row in the stacked B. */
  readonly l0: number;
}

export interface LoraUnit {
  readonly modules: readonly LoraModule[];
  /** Columns of the low-rank activations: targets · r. */
  readonly columns: number;
  /** Element offsets in the flat buffer. */
  readonly a: number;
  readonly b: number;
  readonly aElements: number;
  readonly bElements: number;
}

export interface LoraLayout {
  readonly lora: LoraConfig;
  readonly scale: number;
  readonly length: number;
  /** Per layer; null where no target lies in the unit. */
  readonly layers: readonly Readonly<Record<LinearKey, LoraUnit | null>>[];
}

export function loraLayout(config: ModelConfig, lora: LoraConfig): LoraLayout {
  if (lora.targets.length === 0) throw new PolicyError('A LoRA adapter needs at least one target module.');
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
      const modules: LoraModule[] = [];
      let l0 = 0;
      for (const module of unit.modules) {
        if (!lora.targets.includes(module.target)) continue;
        modules.push({ module, u0: modules.length * lora.r, l0 });
        l0 += module.rows;
      }
      if (modules.length === 0) return null;
      const columns = modules.length * lora.r;
      const aElements = columns * unit.inputs;
      const bElements = l0 * lora.r;
      return { modules, columns, a: take(aElements), b: take(bElements), aElements, bElements };
    };
    return { qkv: entry('qkv'), o: entry('o'), gateUp: entry('gateUp'), down: entry('down') };
  });
  return { lora, scale: lora.alpha / lora.r, length, layers };
}

/** Views of one unit's matrices in a flat buffer (parameters or gradient). */
export function loraSlices(arena: Slice, unit: LoraUnit): { a: Slice; b: Slice } {
  return { a: sub(arena, unit.a, unit.aElements), b: sub(arena, unit.b, unit.bElements) };
}

interface Placed {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly offset: number;
}

/** PEFT name, shape and place of every adapter tensor, in layer order. */
export function loraTensors(config: ModelConfig, layout: LoraLayout): Placed[] {
  const { r } = layout.lora;
  return layout.layers.flatMap((layer, index) =>
    LINEAR_KEYS.flatMap((key) => {
      const unit = layer[key];
      if (unit === null) return [];
      const { inputs } = linearUnits(config, index)[key];
      return unit.modules.flatMap(({ module, u0, l0 }): Placed[] => [
        {
          name: adapterName(config, module.path, 'A'),
          shape: [r, inputs],
          offset: unit.a + u0 * inputs,
        },
        {
          name: adapterName(config, module.path, 'B'),
          shape: [module.rows, r],
          offset: unit.b + l0 * r,
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
  for (const { name, shape, offset } of placed) {
    const tensor = tensors.get(name);
    if (tensor === undefined)
      throw new PolicyError(
        `The adapter has no tensor ${name}: it was made for another model or other targets.`,
      );
    if (tensor.shape.join() !== shape.join()) {
      throw new PolicyError(
        `${name} has shape [${tensor.shape.join(', ')}], this model and rank need [${shape.join(', ')}]: it was made for another model.`,
      );
    }
    data.set(tensor.data, offset);
  }
  if (tensors.size !== placed.length) {
    const known = new Set(placed.map((p) => p.name));
    const extra = [...tensors.keys()].find((name) => !known.has(name));
    throw new PolicyError(
      `The adapter holds ${extra ?? 'tensors'} that this model or its targets do not have.`,
    );
  }
  return data;
}

export function unpackLora(config: ModelConfig, layout: LoraLayout, data: Float32Array): HostTensors {
  const tensors = new Map<string, HostTensor>();
  for (const { name, shape, offset } of loraTensors(config, layout)) {
    tensors.set(name, { shape, data: data.slice(offset, offset + shape[0] * shape[1]) });
  }
  return tensors;
}
