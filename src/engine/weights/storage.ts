/** Buffers of frozen weights: where each unit's rows lie, in which form, and how they are filled. */
import type { RowChunk } from '../../kernels/embedding/embedding';
import type { Gpu, Slice } from '../../kernels/gpu';
import { rowWords } from '../../kernels/weights/format';
import { packRows } from '../../kernels/weights/pack';
import { WEIGHT_FORMATS, type WeightFormat } from '../../settings/choices';
import { PolicyError } from '../../errors/policy';
import type { ModelConfig } from '../types';
import { type StorageUnit, storageUnits, type UnitPart } from '../model/units';

/** A unit on the GPU, maybe without content yet. */
export interface UnitStorage {
  readonly unit: StorageUnit;
  readonly format: WeightFormat;
  /** Numbers of a row; 1 for vectors. */
  readonly width: number;
  /** One, but for matrices over the vocabulary, which are cut by rows to what one binding may hold. */
  readonly chunks: readonly RowChunk[];
}

/** Length of a matrix's rows; null for vectors. */
const matrixWidth = (unit: StorageUnit): number | null => unit.parts[0]?.shape[1] ?? null;

const isOverVocabulary = ({ key }: StorageUnit): boolean => key === 'embedding' || key === 'head';

/**
 * How a unit is kept where `wanted` is asked for. Norms and biases stay f32: they are small and added or multiplied
 * everywhere. Embedding and head are f16 at most: their errors reach every token's log-prob without any layer that
 * could even them out, and a row of the embedding is a token's whole input.
 */
export function unitFormat(unit: StorageUnit, wanted: WeightFormat): WeightFormat {
  if (wanted === 'f32' || matrixWidth(unit) === null) return 'f32';
  return isOverVocabulary(unit) ? 'f16' : wanted;
}

/** Models whose weights take more as f32 get another form where none is asked for: Gemma 3 270M is just below. */
const MOST_F32_BYTES = 1.2e9;

/** The forms that `auto` may become, the best first: of small models f32, of others f16, and what takes less. */
export function formsOf(config: ModelConfig): readonly WeightFormat[] {
  return WEIGHT_FORMATS.slice(weightBytes(config, 'f32') <= MOST_F32_BYTES ? 0 : 1);
}

/** Bytes of all weights in a form. */
export function weightBytes(config: ModelConfig, wanted: WeightFormat): number {
  return storageUnits(config).reduce((sum, unit) => {
    const width = matrixWidth(unit) ?? 1;
    return sum + 4 * rowWords(unitFormat(unit, wanted), width) * (unit.elements / width);
  }, 0);
}

/** @throws PolicyError when a unit that cannot be cut is larger than a binding may be */
export function allocateUnits(gpu: Gpu, config: ModelConfig, wanted: WeightFormat): UnitStorage[] {
  return storageUnits(config).map((unit) => {
    const format = unitFormat(unit, wanted);
    const width = matrixWidth(unit) ?? 1;
    const rows = unit.elements / width;
    const stride = rowWords(format, width);
    const hold = (count: number) => held(gpu.hold(count * stride, unit.key), format);
    const isCut = isOverVocabulary(unit);
    if (!isCut && rows * stride > gpu.maxBindingElements) {
      throw PolicyError.of('policy/tensor-too-large', {
        name: unit.key,
        bytes: 4 * rows * stride,
        limit: 4 * gpu.maxBindingElements,
        isSmallest: wanted === 'int4',
      });
    }
    // A chunk starts at a multiple of four rows so that vec4 loads of neighbouring windows stay aligned.
    const most = isCut ? Math.max(4, Math.floor(gpu.maxBindingElements / stride / 4) * 4) : rows;
    const chunks: RowChunk[] = [];
    for (let firstRow = 0; firstRow < rows; firstRow += most) {
      const count = Math.min(most, rows - firstRow);
      chunks.push({ firstRow, rows: count, slice: hold(count) });
    }
    return { unit, format, width, chunks };
  });
}

const held = (slice: Slice, format: WeightFormat): Slice => (format === 'f32' ? slice : { ...slice, format });

/** Row of the unit at which a part begins. */
export const firstRowOf = ({ width }: UnitStorage, part: UnitPart): number => part.offset / width;

/** Puts rows of numbers, as a file holds them, in place in the unit's form. */
export function writeNumbers(gpu: Gpu, storage: UnitStorage, firstRow: number, data: Float32Array): void {
  const { format, width, unit } = storage;
  const { added } = unit;
  const numbers = added === 0 ? data : data.map((value) => value + added);
  writeWords(gpu, storage, firstRow, format === 'f32' ? numbers : packRows(format, numbers, width));
}

/** Puts rows in place that are in the unit's form already. */
export function writeWords(
  gpu: Gpu,
  { format, width, chunks }: UnitStorage,
  firstRow: number,
  words: Float32Array | Uint32Array,
): void {
  const stride = rowWords(format, width);
  const end = firstRow + words.length / stride;
  for (const chunk of chunks) {
    const from = Math.max(firstRow, chunk.firstRow);
    const to = Math.min(end, chunk.firstRow + chunk.rows);
    if (from >= to) continue;
    const part = words.subarray((from - firstRow) * stride, (to - firstRow) * stride);
    gpu.write(chunk.slice, part, (from - chunk.firstRow) * stride);
  }
}
