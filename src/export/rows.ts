/** Going through tensors some rows at a time, so that nobody needs room for more than a piece. */
import { rowCount, rowWidth, type StoredRows } from '../formats/tensor-store';

/** 16 MiB as float32. */
const PIECE_NUMBERS = 2 ** 22;

/** Calls `take` with the numbers of consecutive rows, in order. */
export async function eachPiece(
  tensor: Pick<StoredRows, 'shape' | 'read'>,
  take: (numbers: Float32Array, firstRow: number) => Promise<void>,
): Promise<void> {
  const rows = rowCount(tensor.shape);
  const step = Math.max(1, Math.floor(PIECE_NUMBERS / Math.max(1, rowWidth(tensor.shape))));
  for (let from = 0; from < rows; from += step) {
    await take(await tensor.read(from, Math.min(rows, from + step)), from);
  }
}

/** The bytes of numbers, as they lie in memory. */
export const bytesOf = (numbers: ArrayBufferView): Uint8Array =>
  new Uint8Array(numbers.buffer as ArrayBuffer, numbers.byteOffset, numbers.byteLength);

/** A tensor whose numbers are changed one by one. */
export function mapped(tensor: StoredRows, change: (value: number) => number): StoredRows {
  return {
    shape: tensor.shape,
    format: tensor.format,
    bytes: tensor.bytes,
    read: async (from, to) => (await tensor.read(from, to)).map(change),
  };
}
