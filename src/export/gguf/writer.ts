/**
 * GGUF files, version 3: metadata by key, a table of tensors, then their bytes, each on a 32-byte boundary.
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { PolicyError } from '../../errors/policy';
import { toBfloat16, toFloat16 } from '../../formats/float-write';
import { elementsOf, type StoredRows } from '../../formats/tensor-store';
import { bytesOf, eachPiece } from '../rows';
import { splitBySize } from '../safetensors';
import { type ExportFile, type ExportSink, writing } from '../sink';
import type { Report } from '../types';
import { q8Bytes } from './quantize';

/** A value with the type that readers expect of its key. */
export type GgufValue =
  | { readonly type: 'u16' | 'u32' | 'i32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'i32s' | 'f32s'; readonly value: readonly number[] }
  | { readonly type: 'texts'; readonly value: readonly string[] };

export type Metadata = ReadonlyMap<string, GgufValue>;

/** How a tensor's numbers are kept; the numbers are ggml's. */
export const GGML_TYPES = {
  f32: { id: 0, block: 1, bytes: 4, of: (numbers: Float32Array): Uint8Array => bytesOf(numbers) },
  f16: { id: 1, block: 1, bytes: 2, of: (numbers: Float32Array): Uint8Array => bytesOf(toFloat16(numbers)) },
  bf16: {
    id: 30,
    block: 1,
    bytes: 2,
    of: (numbers: Float32Array): Uint8Array => bytesOf(toBfloat16(numbers)),
  },
  q8_0: { id: 8, block: 32, bytes: 34, of: q8Bytes },
} as const;
export type GgmlType = keyof typeof GGML_TYPES;

export interface GgufTensor {
  readonly name: string;
  readonly tensor: Pick<StoredRows, 'shape' | 'read'>;
  readonly type: GgmlType;
}

const MAGIC = 0x46554747;
const VERSION = 3;
const ALIGNMENT = 32;
const TYPE_IDS = { u16: 2, u32: 4, i32: 5, f32: 6, bool: 7, text: 8, list: 9 } as const;

/** Bytes of a tensor in the file. */
export const lengthOf = ({ tensor: { shape }, type }: GgufTensor): number =>
  (elementsOf(shape) / GGML_TYPES[type].block) * GGML_TYPES[type].bytes;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/**
 * Writes `<name>.gguf`, or `<name>-00001-of-0000N.gguf` and so on, which llama.cpp and wllama open by the first of them.
 * @param maxBytes most bytes of tensors in a file, but for a tensor that alone has more
 * @returns the names of the files
 */
export async function writeGguf(
  sink: ExportSink,
  name: string,
  metadata: Metadata,
  tensors: readonly GgufTensor[],
  maxBytes: number,
  report: Report,
): Promise<string[]> {
  const parts = splitBySize(tensors, (tensor) => aligned(lengthOf(tensor)), maxBytes);
  const five = (n: number) => String(n).padStart(5, '0');
  const paths: string[] = [];
  report.total(tensors.length);
  for (const [i, part] of parts.entries()) {
    const path = parts.length === 1 ? `${name}.gguf` : `${name}-${five(i + 1)}-of-${five(parts.length)}.gguf`;
    const split = new Map<string, GgufValue>([
      ['split.no', { type: 'u16', value: i }],
      ['split.count', { type: 'u16', value: parts.length }],
      ['split.tensors.count', { type: 'i32', value: tensors.length }],
    ]);
    // Only the first of several files says what model it is.
    const own = parts.length === 1 ? metadata : new Map([...(i === 0 ? metadata : []), ...split]);
    await writing(sink, path, (file) => writePart(file, own, part, report));
    paths.push(path);
  }
  return paths;
}

async function writePart(
  file: ExportFile,
  metadata: Metadata,
  tensors: readonly GgufTensor[],
  report: Report,
): Promise<void> {
  const bytes = new ByteWriter();
  bytes.u32(MAGIC).u32(VERSION).u64(tensors.length).u64(metadata.size);
  for (const [key, value] of metadata) bytes.text(key).value(value);
  let offset = 0;
  for (const tensor of tensors) {
    const { shape } = tensor.tensor;
    bytes.text(tensor.name).u32(shape.length);
    // From the fastest to the slowest, as ggml counts dimensions.
    for (const size of [...shape].reverse()) bytes.u64(size);
    bytes.u32(GGML_TYPES[tensor.type].id).u64(offset);
    offset += aligned(lengthOf(tensor));
  }
  await file.write(bytes.padded(ALIGNMENT));
  for (const tensor of tensors) {
    report.tensor(tensor.name);
    let written = 0;
    await eachPiece(tensor.tensor, async (numbers) => {
      const piece = GGML_TYPES[tensor.type].of(numbers);
      written += piece.length;
      await file.write(piece);
    });
    const wanted = lengthOf(tensor);
    if (written !== wanted) {
      throw PolicyError.of('policy/export-tensor', { name: tensor.name, written, wanted });
    }
    if (aligned(wanted) > wanted) await file.write(new Uint8Array(aligned(wanted) - wanted));
  }
}

/** Little-endian values one after the other. */
class ByteWriter {
  #bytes = new Uint8Array(2 ** 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  u32(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  u64(value: number): this {
    const at = this.#room(8);
    this.#view.setBigUint64(at, BigInt(value), true);
    return this;
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  value(value: GgufValue): this {
    switch (value.type) {
      case 'i32s':
      case 'f32s': {
        const type = value.type === 'i32s' ? 'i32' : 'f32';
        this.u32(TYPE_IDS.list).u32(TYPE_IDS[type]).u64(value.value.length);
        for (const item of value.value) this.#number(type, item);
        return this;
      }
      case 'texts':
        this.u32(TYPE_IDS.list).u32(TYPE_IDS.text).u64(value.value.length);
        for (const item of value.value) this.text(item);
        return this;
      case 'text':
        return this.u32(TYPE_IDS.text).text(value.value);
      case 'bool':
        return this.u32(TYPE_IDS.bool).#byte(value.value ? 1 : 0);
      default:
        return this.u32(TYPE_IDS[value.type]).#number(value.type, value.value);
    }
  }

  padded(alignment: number): Uint8Array {
    const length = Math.ceil(this.#length / alignment) * alignment;
    this.#room(length - this.#length);
    return this.#bytes.subarray(0, length);
  }

  #byte(value: number): this {
    const at = this.#room(1);
    this.#bytes[at] = value;
    return this;
  }

  #number(type: 'u16' | 'u32' | 'i32' | 'f32', value: number): this {
    const at = this.#room(type === 'u16' ? 2 : 4);
    if (type === 'u16') this.#view.setUint16(at, value, true);
    else if (type === 'u32') this.#view.setUint32(at, value, true);
    else if (type === 'i32') this.#view.setInt32(at, value, true);
    else this.#view.setFloat32(at, value, true);
    return this;
  }

  /** Where the next bytes go, to be asked before `#bytes` or `#view` is: they may be others then. What is not written is zero. */
  #room(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
