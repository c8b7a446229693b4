/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes without
 * gaps. https://huggingface.co/docs/safetensors
 */
import type { HostTensor, HostTensors } from './tensors';
import { PolicyError } from '../errors';

const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** The reference implementation's bound; a larger number means that the file is something else. */
const MAX_HEADER_BYTES = 100_000_000;

export interface StoredTensor {
  readonly dtype: Dtype;
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
  const { header, dataStart } = readHeader(bytes, origin);
  const dataBytes = bytes.byteLength - dataStart;
  const tensors = new Map<string, StoredTensor>();
  const extents: { name: string; begin: number; end: number }[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = checkMetadata(value, origin);
      continue;
    }
    const entry = checkEntry(name, value, origin);
    extents.push({ name, begin: entry.begin, end: entry.end });
    const data = bytes.subarray(dataStart + entry.begin, dataStart + entry.end);
    tensors.set(name, { dtype: entry.dtype, shape: entry.shape, data });
  }
  checkExtents(extents, dataBytes, origin);
  return { metadata, tensors };
}

function readHeader(
  bytes: Uint8Array,
  origin: string,
): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.byteLength < 8) {
    throw new PolicyError(
      `${origin}: truncated: a safetensors file begins with 8 bytes of header length, this file has ` +
        `${bytes.byteLength}. Download it again.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(0, true) + view.getUint32(4, true) * 0x1_0000_0000;
  if (headerBytes > MAX_HEADER_BYTES || headerBytes < 2) {
    throw new PolicyError(
      `${origin}: not a safetensors file: its first 8 bytes give a header of ${headerBytes} bytes, which must be ` +
        `between 2 and ${MAX_HEADER_BYTES}. Check that the address leads to the file itself (not to a web page or ` +
        `a Git LFS pointer).`,
    );
  }
  if (8 + headerBytes > bytes.byteLength) {
    throw new PolicyError(
      `${origin}: truncated: a header of ${headerBytes} bytes is promised, the file has ${bytes.byteLength} bytes ` +
        `in all. Download it again.`,
    );
  }
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes));
    header = JSON.parse(text);
  } catch (cause) {
    throw new PolicyError(
      `${origin}: damaged: the safetensors header is not JSON (${(cause as Error).message}). Download it again.`,
      { cause },
    );
  }
  if (!isRecord(header)) {
    throw new PolicyError(
      `${origin}: damaged: the safetensors header is not a JSON object. Download it again.`,
    );
  }
  const duplicate = firstDuplicateKey(text);
  if (duplicate !== null) {
    throw new PolicyError(
      `${origin}: the safetensors header names "${duplicate}" twice, so it is unclear which one is meant. ` +
        `Export the file again.`,
    );
  }
  return { header, dataStart: 8 + headerBytes };
}

/** `JSON.parse` keeps the last of equal keys silently, so the (valid) text is scanned for keys of the outer object. */
function firstDuplicateKey(json: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  let expectKey = false;
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (char === '{' || char === '[') {
      depth++;
      expectKey = depth === 1;
    } else if (char === '}' || char === ']') {
      depth--;
    } else if (char === ',' && depth === 1) {
      expectKey = true;
    } else if (char === '"') {
      const start = i++;
      while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
      if (expectKey && depth === 1) {
        expectKey = false;
        const key = JSON.parse(json.slice(start, i + 1)) as string;
        if (seen.has(key)) return key;
        seen.add(key);
      }
    }
  }
  return null;
}

function checkMetadata(value: unknown, origin: string): Record<string, string> {
  if (!isRecord(value) || !Object.values(value).every((item) => typeof item === 'string')) {
    throw new PolicyError(
      `${origin}: "__metadata__" must map names to texts, found ${JSON.stringify(value).slice(0, 80)}. ` +
        `Export the file again.`,
    );
  }
  return value as Record<string, string>;
}

function checkEntry(
  name: string,
  value: unknown,
  origin: string,
): { dtype: Dtype; shape: number[]; begin: number; end: number } {
  const found = (): string => JSON.stringify(value).slice(0, 120);
  if (!isRecord(value)) {
    throw new PolicyError(
      `${origin}: tensor "${name}" must be described by an object, found ${found()}. Export the file again.`,
    );
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    throw new PolicyError(
      `${origin}: tensor "${name}" has the number format ${JSON.stringify(dtype)}; known are ` +
        `${Object.keys(DTYPE_BYTES).join(', ')}. Convert the file to F32, F16 or BF16.`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw new PolicyError(
      `${origin}: tensor "${name}" needs a shape of non-negative integers, found ${found()}. Export the file again.`,
    );
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw new PolicyError(
      `${origin}: tensor "${name}" needs data_offsets [begin, end], found ${found()}. Export the file again.`,
    );
  }
  const [begin, end] = offsets as [number, number];
  const bytes = (shape as number[]).reduce((product, size) => product * size, DTYPE_BYTES[dtype as Dtype]);
  if (end - begin !== bytes) {
    throw new PolicyError(
      `${origin}: tensor "${name}" of shape [${shape.join(', ')}] and format ${dtype} takes ${bytes} bytes, ` +
        `its data_offsets [${begin}, ${end}] give ${end - begin}. Export the file again.`,
    );
  }
  return { dtype: dtype as Dtype, shape: shape as number[], begin, end };
}

/** The tensors must tile the data section: no overlap, no hole, nothing left over. */
function checkExtents(
  extents: { name: string; begin: number; end: number }[],
  dataBytes: number,
  origin: string,
): void {
  const promised = extents.reduce((most, extent) => Math.max(most, extent.end), 0);
  if (promised > dataBytes) {
    throw new PolicyError(
      `${origin}: truncated: the header promises ${promised} bytes of tensors, the file has ${dataBytes}. ` +
        `Download it again.`,
    );
  }
  let position = 0;
  extents.sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const { name, begin, end } of extents) {
    if (begin !== position) {
      const what =
        begin < position ? 'overlaps the tensor before it' : `leaves ${begin - position} bytes unused`;
      throw new PolicyError(
        `${origin}: tensor "${name}" begins at byte ${begin} and ${what} (expected ${position}). Export the file again.`,
      );
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw new PolicyError(
      `${origin}: the tensors end at byte ${position}, but ${dataBytes - position} more bytes follow. ` +
        `Download or export the file again.`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * The numbers of a floating-point tensor. F32 data that lies aligned in the file is not copied: the result then
 * shares the file's memory.
 * @throws PolicyError for integer and 8-bit formats.
 */
export function toFloat32(tensor: StoredTensor, name: string, origin: string): Float32Array {
  const { dtype, data } = tensor;
  const count = data.byteLength / DTYPE_BYTES[dtype];
  const aligned = data.byteOffset % DTYPE_BYTES[dtype] === 0 ? data : data.slice();
  switch (dtype) {
    case 'F32':
      return new Float32Array(aligned.buffer, aligned.byteOffset, count);
    case 'F64':
      return Float32Array.from(new Float64Array(aligned.buffer, aligned.byteOffset, count));
    case 'BF16':
      return fromBfloat16(new Uint16Array(aligned.buffer, aligned.byteOffset, count));
    case 'F16':
      return fromFloat16(new Uint16Array(aligned.buffer, aligned.byteOffset, count));
    default:
      throw new PolicyError(
        `${origin}: tensor "${name}" is stored as ${dtype}; weights are read from F32, F16, BF16 and F64. ` +
          `Use the model's unquantised files.`,
      );
  }
}

function fromBfloat16(source: Uint16Array): Float32Array {
  const bits = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) bits[i] = (source[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

let halfTable: Float32Array | null = null;

/** IEEE 754 binary16 by table: `Float16Array` is missing in Node 20. */
function fromFloat16(source: Uint16Array): Float32Array {
  if (halfTable === null) {
    halfTable = new Float32Array(0x10000);
    for (let bits = 0; bits < 0x10000; bits++) halfTable[bits] = halfToNumber(bits);
  }
  const result = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) result[i] = halfTable[source[i] as number] as number;
  return result;
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
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
  const count = tensor.shape.reduce((product, size) => product * size, 1);
  if (name === '__metadata__' || count !== tensor.data.length) {
    throw new PolicyError(
      `Cannot write tensor "${name}": shape [${tensor.shape.join(', ')}] asks for ${count} numbers, ` +
        `found ${tensor.data.length}.`,
    );
  }
}
