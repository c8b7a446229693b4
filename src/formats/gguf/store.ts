/** The tensors of a GGUF file by the file's own names, read by rows. */
import { PolicyError } from '../../errors/policy';
import type { RandomAccessFile } from '../files';
import { rowCount, rowWidth, type StoredRows } from '../tensor-store';
import { CODE_BITS, dequantize, scalesAndCodes } from './dequantize';
import type { GgufTensor } from './header';
import { type BlockFormat, blockFormat, formatName } from './types';

/**
 * A tensor that nobody needs may be of a format that is not read; the error comes with {@link StoredRows.read}.
 * @throws PolicyError when it does not lie in the file, or its rows are no whole blocks
 */
export function ggufRows(file: RandomAccessFile, tensor: GgufTensor, origin: string): StoredRows {
  const { name, shape, type, begin } = tensor;
  const format = blockFormat(type);
  if (format === null) {
    const refuse = () => Promise.resolve().then(() => dequantize(type, new Uint8Array(0), name, origin));
    return { shape, format: formatName(type), bytes: 0, read: refuse };
  }
  const stride = rowBytes(format, tensor, origin);
  const bytes = stride * rowCount(shape);
  if (begin + bytes > file.size) {
    throw PolicyError.of('policy/gguf-data-cut', { origin, name, end: begin + bytes, fileBytes: file.size });
  }
  const raw = (from: number, to: number) => file.read(begin + from * stride, begin + to * stride);
  const read = async (from: number, to: number) => dequantize(type, await raw(from, to), name, origin);
  const bits = CODE_BITS[format.name];
  const plain = { shape, format: format.name, bytes, read };
  if (bits === undefined) return plain;
  const blocks = {
    size: 32 as const,
    bits,
    read: async (from: number, to: number) => scalesAndCodes(type, await raw(from, to)),
  };
  return { ...plain, blocks };
}

function rowBytes({ numbers, bytes }: BlockFormat, { name, shape }: GgufTensor, origin: string): number {
  const width = rowWidth(shape);
  if (width % numbers !== 0) {
    throw PolicyError.of('policy/gguf-damaged', { origin, fault: { name, width, block: numbers } });
  }
  return (width / numbers) * bytes;
}
