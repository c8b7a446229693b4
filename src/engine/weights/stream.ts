/**
 * Brings weights from their files to the GPU, some rows at a time, so that the host never holds more than a piece of one
 * tensor.
 */
import type { Gpu } from '../../kernels/gpu';
import { packBlocks } from '../../kernels/weights/pack';
import { rowCount, rowWidth, type StoredRows, type TensorStore } from '../../formats/tensor-store';
import type { WeightFormat } from '../../settings/choices';
import type { ModelConfig } from '../types';
import { findTensors, refuseNonFinite } from './find';
import { allocateUnits, firstRowOf, type UnitStorage, writeNumbers, writeWords } from './storage';
import { BaseWeights, unitWeights } from './weights-gpu';

/** 32 MiB as float32. */
const PIECE_NUMBERS = 2 ** 23;
/** Bytes written before the host waits: what was written lies in the driver's memory until the device has taken it. */
const PENDING_BYTES = 2 ** 26;

export interface StreamOptions {
  /** Bytes of tensors read, and of all that will be. */
  readonly onProgress?: (loaded: number, total: number) => void;
  /** Most numbers of a piece, but for a row that has more. */
  readonly pieceNumbers?: number;
  /** Ends between two pieces; what is on the GPU by then is freed. */
  readonly signal?: AbortSignal;
}

/**
 * @param wanted how matrices are kept; blocks of a quantised file that fit the form are taken over as they are
 * @throws PolicyError as {@link findTensors} does, when a file cannot be read, or a weight is no number; GpuError; the signal's reason
 */
export async function streamWeights(
  gpu: Gpu,
  config: ModelConfig,
  store: TensorStore,
  wanted: WeightFormat,
  { onProgress, pieceNumbers = PIECE_NUMBERS, signal }: StreamOptions = {},
): Promise<BaseWeights> {
  const found = await findTensors(store, config);
  const total = [...found.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const units = allocateUnits(gpu, config, wanted);
  const weights = new BaseWeights(gpu, unitWeights(config, units));
  try {
    let loaded = 0;
    let pending = 0;
    for (const storage of units) {
      for (const part of storage.unit.parts) {
        const tensor = found.get(part.name) as StoredRows;
        const rows = rowCount(tensor.shape);
        const step = Math.max(1, Math.floor(pieceNumbers / rowWidth(tensor.shape)));
        for (let from = 0; from < rows; from += step) {
          signal?.throwIfAborted();
          const to = Math.min(rows, from + step);
          const first = firstRowOf(storage, part) + from;
          pending += await writePiece(gpu, storage, first, tensor, from, to, part.name, store.origin);
          if (pending > PENDING_BYTES) {
            await settle(gpu);
            pending = 0;
          }
          onProgress?.(loaded + (tensor.bytes * to) / rows, total);
        }
        loaded += tensor.bytes;
      }
    }
    await settle(gpu);
  } catch (error) {
    weights.dispose();
    throw error;
  }
  return weights;
}

/** Answers about how many bytes it has written. */
async function writePiece(
  gpu: Gpu,
  storage: UnitStorage,
  first: number,
  tensor: StoredRows,
  from: number,
  to: number,
  name: string,
  origin: string,
): Promise<number> {
  const { format } = storage;
  const { blocks } = tensor;
  if (blocks !== undefined && (format === 'int8' || format === 'int4') && fits(blocks.bits, format)) {
    const { scales, codes } = await blocks.read(from, to);
    refuseNonFinite(scales, 0, name, origin);
    const words = packBlocks(format, scales, codes);
    writeWords(gpu, storage, first, words);
    return words.byteLength;
  }
  const data = await tensor.read(from, to);
  refuseNonFinite(data, from * rowWidth(tensor.shape), name, origin);
  writeNumbers(gpu, storage, first, data);
  return data.byteLength;
}

const fits = (bits: number, format: 'int8' | 'int4'): boolean => bits <= (format === 'int8' ? 8 : 4);

async function settle(gpu: Gpu): Promise<void> {
  gpu.flush();
  // Writes go with the next submission.
  gpu.device.queue.submit([]);
  await gpu.device.queue.onSubmittedWorkDone();
}
