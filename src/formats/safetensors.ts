/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes without
 * gaps. https://huggingface.co/docs/safetensors
 *
 * Whole files are for what is small: adapters, checkpoints. Models are opened, and read tensor by tensor.
 */
import type { RandomAccessFile } from './files';
import { elementsOf, rowCount, type StoredRows, type TensorStore } from './tensor-store';
import type { HostTensor, HostTensors } from './tensors';
import { PolicyError } from '../errors/policy';
import { aligned, fromBfloat16, fromFloat16 } from './float';
import {
  DTYPE_BYTES,
  headerLength,
  isKnown,
  LENGTH_BYTES,
  parseHeader,
  type TensorEntry,
} from './safetensors-header';

export type { Dtype } from './safetensors-header';

export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Little-endian, row-major; a view into the parsed file. */
  readonly data: Uint8Array;
}

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Parses a whole file, checking everything that the format promises.
 * @param origin where the bytes came from, for error messages.
 * @throws PolicyError when the bytes are not a complete and consistent safetensors file.
 */
export function parseSafetensors(bytes: Uint8Array, origin: string): Safetensors {
  const length = headerLength(bytes.subarray(0, LENGTH_BYTES), bytes.byteLength, origin);
  const dataStart = LENGTH_BYTES + length;
  const header = bytes.subarray(LENGTH_BYTES, dataStart);
  const { metadata, entries } = parseHeader(header, bytes.byteLength - dataStart, origin);
  const tensors = new Map(
    [...entries].map(([name, { dtype, shape, begin, end }]) => {
      return [name, { dtype, shape, data: bytes.subarray(dataStart + begin, dataStart + end) }];
    }),
  );
  return { metadata, tensors };
}

/**
 * Opens a file, of which only the header is read. The store closes it.
 * @throws PolicyError as {@link parseSafetensors} does
 */
export async function openSafetensors(file: RandomAccessFile, origin: string): Promise<TensorStore> {
  const start = await file.read(0, Math.min(LENGTH_BYTES, file.size));
  const dataStart = LENGTH_BYTES + headerLength(start, file.size, origin);
  const header = await file.read(LENGTH_BYTES, dataStart);
  const { entries } = parseHeader(header, file.size - dataStart, origin);
  const tensors = new Map(
    [...entries].map(([name, entry]) => [name, storedRows(file, dataStart, name, entry, origin)]),
  );
  return { origin, tensors, close: () => file.close() };
}

function storedRows(
  file: RandomAccessFile,
  dataStart: number,
  name: string,
  { dtype, shape, begin, end }: TensorEntry,
  origin: string,
): StoredRows {
  const stride = (end - begin) / Math.max(1, rowCount(shape));
  return {
    shape,
    format: dtype,
    bytes: end - begin,
    read: async (from, to) => {
      const at = dataStart + begin;
      const data = await file.read(at + from * stride, at + to * stride);
      return toFloat32({ dtype, data }, name, origin);
    },
  };
}

/**
 * The numbers of a floating-point tensor. F32 data that lies aligned in the file is not copied: the result then
 * shares the file's memory.
 * @throws PolicyError for integers, 8-bit formats and those that are not known
 */
export function toFloat32(
  { dtype, data }: Pick<StoredTensor, 'dtype' | 'data'>,
  name: string,
  origin: string,
): Float32Array {
  const size = isKnown(dtype) ? DTYPE_BYTES[dtype] : 1;
  const { buffer, byteOffset, byteLength } = aligned(data, size);
  const count = byteLength / size;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, count);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, count));
    case 'BF16':
      return fromBfloat16(new Uint16Array(buffer, byteOffset, count));
    case 'F16':
      return fromFloat16(new Uint16Array(buffer, byteOffset, count));
    default:
      throw PolicyError.of('policy/tensor-type', { origin, name, dtype });
  }
}

/**
 * Writes float32 tensors, in code-unit order of their names, so equal tensors give equal bytes.
 * @param metadata `format: 'pt'` is what Python's transformers and PEFT expect to find.
 */
export function writeSafetensors(
  tensors: HostTensors,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Uint8Array {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const entries: [string, unknown][] = [['__metadata__', metadata]];
  let offset = 0;
  for (const [name, tensor] of sorted) {
    checkHostTensor(name, tensor);
    const end = offset + tensor.data.byteLength;
    entries.push([name, { dtype: 'F32', shape: tensor.shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  // Spaces after the JSON keep the tensors on an 8-byte boundary, as the format asks.
  const headerBytes = Math.ceil(json.byteLength / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset);
  new DataView(file.buffer).setUint32(0, headerBytes, true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(json, 8);
  let position = 8 + headerBytes;
  for (const [, { data }] of sorted) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

function checkHostTensor(name: string, tensor: HostTensor): void {
  const count = elementsOf(tensor.shape);
  if (name === '__metadata__' || count !== tensor.data.length) {
    throw PolicyError.of('policy/tensor-to-write', {
      name,
      shape: tensor.shape,
      needed: count,
      found: tensor.data.length,
    });
  }
}
