/** The header of a safetensors file, checked: names, number formats, shapes and where each tensor lies. */
import { foreign, shownOf } from '../errors';
import { PolicyError } from '../errors/policy';

/** Bytes of a number, of the formats that are known. */
export const DTYPE_BYTES = {
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

/** Length of the number at the start of a file that gives the header's length. */
export const LENGTH_BYTES = 8;
/** The reference implementation's bound; a larger number means that the file is something else. */
const MAX_HEADER_BYTES = 100_000_000;

/** Where a tensor lies. */
export interface TensorEntry {
  /** A {@link Dtype}, or the name of a newer one, which is no error as long as nobody wants the numbers. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

/**
 * Length of the header from the first {@link LENGTH_BYTES} of a file.
 * @throws PolicyError when there can be no such header
 */
export function headerLength(start: Uint8Array, fileBytes: number, origin: string): number {
  if (start.byteLength < LENGTH_BYTES) {
    throw PolicyError.of('policy/safetensors-no-length', { origin, fileBytes });
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 0x1_0000_0000;
  if (length > MAX_HEADER_BYTES || length < 2) {
    throw PolicyError.of('policy/no-safetensors', { origin, length, most: MAX_HEADER_BYTES });
  }
  if (LENGTH_BYTES + length > fileBytes) {
    throw PolicyError.of('policy/safetensors-header-cut', { origin, length, fileBytes });
  }
  return length;
}

/**
 * @param bytes the header alone
 * @param dataBytes bytes of the file behind it
 * @throws PolicyError when it breaks a promise of the format
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, origin: string): SafetensorsHeader {
  const header = parseJson(bytes, origin);
  const entries = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = checkMetadata(value, origin);
    else entries.set(name, checkEntry(name, value, origin));
  }
  checkExtents(entries, dataBytes, origin);
  return { metadata, entries };
}

function parseJson(bytes: Uint8Array, origin: string): Record<string, unknown> {
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw PolicyError.of('policy/safetensors-header-no-json', { origin, reason: foreign(cause) }, { cause });
  }
  if (!isRecord(header)) {
    throw PolicyError.of('policy/safetensors-header-no-object', { origin });
  }
  const duplicate = firstDuplicateKey(text);
  if (duplicate !== null) {
    throw PolicyError.of('policy/safetensors-name-twice', { origin, name: duplicate });
  }
  return header;
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

/** Texts by name; `null`, which the reference implementation takes for none, is none. */
function checkMetadata(value: unknown, origin: string): Record<string, string> {
  if (value === null) return {};
  if (!isRecord(value) || !Object.values(value).every((item) => typeof item === 'string')) {
    throw PolicyError.of('policy/safetensors-metadata', {
      origin,
      found: shownOf(value, 80),
    });
  }
  return value as Record<string, string>;
}

function checkEntry(name: string, value: unknown, origin: string): TensorEntry {
  const lacks = (needs: 'object' | 'dtype' | 'shape' | 'offsets') =>
    PolicyError.of('policy/safetensors-entry', {
      origin,
      name,
      needs,
      found: shownOf(value),
    });
  if (!isRecord(value)) {
    throw lacks('object');
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || dtype === '') {
    throw lacks('dtype');
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw lacks('shape');
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw lacks('offsets');
  }
  const [begin, end] = offsets as [number, number];
  const sizes = shape as number[];
  // How many bytes a number of a format takes that came later (F4, F6, F8_E8M0, …) is not known; the offsets tell.
  const bytes = isKnown(dtype)
    ? sizes.reduce((product, size) => product * size, DTYPE_BYTES[dtype])
    : Math.max(0, end - begin);
  if (end - begin !== bytes) {
    throw PolicyError.of('policy/safetensors-bytes', {
      origin,
      name,
      shape: sizes,
      dtype,
      bytes,
      begin,
      end,
    });
  }
  return { dtype, shape: sizes, begin, end };
}

/** The tensors must tile the data section: no overlap, no hole, nothing left over. */
function checkExtents(
  entries: ReadonlyMap<string, { begin: number; end: number }>,
  dataBytes: number,
  origin: string,
): void {
  const extents = [...entries].map(([name, { begin, end }]) => ({ name, begin, end }));
  const promised = extents.reduce((most, extent) => Math.max(most, extent.end), 0);
  if (promised > dataBytes) {
    throw PolicyError.of('policy/safetensors-data-cut', { origin, promised, dataBytes });
  }
  let position = 0;
  extents.sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const { name, begin, end } of extents) {
    if (begin !== position) {
      throw PolicyError.of('policy/safetensors-order', { origin, name, begin, expected: position });
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw PolicyError.of('policy/safetensors-more', { origin, end: position, more: dataBytes - position });
  }
}

export function isKnown(dtype: string): dtype is Dtype {
  return Object.hasOwn(DTYPE_BYTES, dtype);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
