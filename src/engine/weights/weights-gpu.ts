/** Base weights on the GPU: frozen in buffers of their own, maybe packed, or all in one flat arena for full-parameter training. */
import type { RowChunk } from '../../kernels/embedding/embedding';
import { type Gpu, type Slice, SLICE_ALIGNMENT } from '../../kernels/gpu';
import type { QkNorm } from '../../kernels/rotary/rotary';
import { type WeightFormat } from '../../settings/choices';
import { type ModelConfig } from '../types';
import { PolicyError } from '../../errors/policy';
import { elementsOf } from '../../formats/tensor-store';
import { type HostTensor, type HostTensors } from '../../formats/tensors';
import { type LinearKey, type StorageUnit, storageUnits } from '../model/units';
import { allocateUnits, firstRowOf, type UnitStorage, writeNumbers } from './storage';

export interface LayerWeights {
  readonly inputNorm: Slice;
  /** In front of the MLP. */
  readonly postNorm: Slice;
  /** On what attention and MLP give, where the model norms that. */
  readonly branchNorms: { readonly attention: Slice; readonly mlp: Slice } | null;
  readonly linear: Readonly<Record<LinearKey, Slice>>;
  readonly qkvBias: Slice | null;
  readonly qkNorm: QkNorm | null;
}

export interface ModelWeights {
  readonly embedding: readonly RowChunk[];
  readonly head: readonly RowChunk[];
  readonly layers: readonly LayerWeights[];
  readonly finalNorm: Slice;
}

const ALIGN = SLICE_ALIGNMENT / 4;

/** Element offset of every unit in a flat arena, each aligned so that it can be bound by itself. */
export function arenaLayout(units: readonly StorageUnit[]): {
  offsets: ReadonlyMap<string, number>;
  length: number;
} {
  const offsets = new Map<string, number>();
  let length = 0;
  for (const unit of units) {
    offsets.set(unit.key, length);
    length += Math.ceil(unit.elements / ALIGN) * ALIGN;
  }
  return { offsets, length };
}

/** View of a range of an arena. */
export function sub(arena: Slice, elementOffset: number, elements: number): Slice {
  return { buffer: arena.buffer, offset: arena.offset + elementOffset * 4, size: elements * 4 };
}

/** Wires slices, found by unit key, into the structure of a model. */
function assemble(
  config: ModelConfig,
  rows: (key: string) => readonly RowChunk[],
  one: (key: string) => Slice,
): ModelWeights {
  const embedding = rows('embedding');
  return {
    embedding,
    head: config.tiedEmbeddings ? embedding : rows('head'),
    finalNorm: one('finalNorm'),
    layers: Array.from({ length: config.layers }, (_, l) => ({
      inputNorm: one(`${l}.inputNorm`),
      postNorm: one(`${l}.postNorm`),
      branchNorms: config.branchNorms
        ? { attention: one(`${l}.attentionOutNorm`), mlp: one(`${l}.mlpOutNorm`) }
        : null,
      linear: { qkv: one(`${l}.qkv`), o: one(`${l}.o`), gateUp: one(`${l}.gateUp`), down: one(`${l}.down`) },
      qkvBias: config.qkvBias ? one(`${l}.qkvBias`) : null,
      qkNorm: config.qkNorm ? { q: one(`${l}.qNorm`), k: one(`${l}.kNorm`) } : null,
    })),
  };
}

function hostTensor(tensors: HostTensors, name: string): HostTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw PolicyError.of('policy/no-tensor', { name });
  return tensor;
}

/** Content of a unit: its parts one after the other. */
function unitData(unit: StorageUnit, tensors: HostTensors): Float32Array {
  const [only] = unit.parts;
  if (unit.added !== 0 && only !== undefined) {
    return hostTensor(tensors, only.name).data.map((value) => value + unit.added);
  }
  if (unit.parts.length === 1 && only !== undefined) return hostTensor(tensors, only.name).data;
  const data = new Float32Array(unit.elements);
  for (const part of unit.parts) data.set(hostTensor(tensors, part.name).data, part.offset);
  return data;
}

/** Frozen weights on the GPU, which several policies may share; whoever made them frees them. */
export class BaseWeights {
  readonly weights: ModelWeights;
  readonly #gpu: Gpu;

  constructor(gpu: Gpu, weights: ModelWeights) {
    this.#gpu = gpu;
    this.weights = weights;
  }

  dispose(): void {
    this.#gpu.free(...weightSlices(this.weights));
  }
}

/** Wires allocated units into the structure of a model. */
export function unitWeights(config: ModelConfig, units: readonly UnitStorage[]): ModelWeights {
  const chunks = new Map(units.map(({ unit, chunks }) => [unit.key, chunks]));
  const rows = (key: string) => chunks.get(key) as readonly RowChunk[];
  return assemble(config, rows, (key) => (rows(key)[0] as RowChunk).slice);
}

/**
 * Uploads frozen weights that are on the host.
 * @param tensors null for buffers without content
 */
export function uploadWeights(
  gpu: Gpu,
  config: ModelConfig,
  tensors: HostTensors | null,
  wanted: WeightFormat = 'f32',
): ModelWeights {
  const units = allocateUnits(gpu, config, wanted);
  for (const storage of tensors === null ? [] : units) {
    for (const part of storage.unit.parts) {
      writeNumbers(
        gpu,
        storage,
        firstRowOf(storage, part),
        hostTensor(tensors as HostTensors, part.name).data,
      );
    }
  }
  return unitWeights(config, units);
}

/** All buffers of uploaded weights, for freeing. */
export function weightSlices(weights: ModelWeights): Slice[] {
  const rows =
    weights.head === weights.embedding ? weights.embedding : [...weights.embedding, ...weights.head];
  return [
    ...rows.map((chunk) => chunk.slice),
    weights.finalNorm,
    ...weights.layers.flatMap((layer) => [
      layer.inputNorm,
      layer.postNorm,
      ...Object.values(layer.branchNorms ?? {}),
      ...Object.values(layer.linear),
      ...(layer.qkvBias === null ? [] : [layer.qkvBias]),
      ...(layer.qkNorm === null ? [] : [layer.qkNorm.q, layer.qkNorm.k]),
    ]),
  ];
}

/** The weights of a model as views of one arena laid out by {@link arenaLayout}. */
export function arenaWeights(gpu: Gpu, config: ModelConfig, arena: Slice): ModelWeights {
  const units = storageUnits(config);
  const { offsets } = arenaLayout(units);
  const one = (key: string) => {
    const unit = units.find((u) => u.key === key) as StorageUnit;
    if (unit.elements > gpu.maxBindingElements) {
      throw PolicyError.of('policy/full-too-large', {
        name: key,
        elements: unit.elements,
        limit: gpu.maxBindingElements,
      });
    }
    return sub(arena, offsets.get(key) as number, unit.elements);
  };
  return assemble(config, (key) => [{ slice: one(key), firstRow: 0, rows: config.vocabSize }], one);
}

/** Flat host content of an arena. */
export function packArena(config: ModelConfig, tensors: HostTensors): Float32Array {
  const units = storageUnits(config);
  const { offsets, length } = arenaLayout(units);
  const data = new Float32Array(length);
  for (const unit of units) data.set(unitData(unit, tensors), offsets.get(unit.key));
  return data;
}

/** Inverse of {@link packArena}. */
export function unpackArena(config: ModelConfig, data: Float32Array): HostTensors {
  const units = storageUnits(config);
  const { offsets } = arenaLayout(units);
  const tensors = new Map<string, HostTensor>();
  for (const unit of units) {
    const base = offsets.get(unit.key) as number;
    for (const part of unit.parts) {
      const size = elementsOf(part.shape);
      tensors.set(part.name, {
        shape: part.shape,
        data: data.slice(base + part.offset, base + part.offset + size),
      });
    }
  }
  return tensors;
}
