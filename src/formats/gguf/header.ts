/**
 * The header of a GGUF file: metadata by key, and where each tensor lies. Read in pieces from the start, as far as it
 * goes. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 *
 * The npm package `@huggingface/gguf` (0.4.6) was tried and is not used: it drops a byte order mark at the start of a
 * text, which makes three pairs of Gemma 3's tokens one, and it cuts a text that ends beyond a piece of 2 MB.
 */
import { shownOf } from '../../errors';
import { PolicyError } from '../../errors/policy';
import type { GgufFault } from '../../errors/texts/en/policy/gguf';
import type { RandomAccessFile } from '../files';

/** Whole numbers of 64 bits are numbers too; those above 2^53 are refused. */
export type GgufValue = string | number | boolean | GgufValue[];

export interface GgufTensor {
  readonly name: string;
  /** Row-major: the file's own order, which begins with the row's length, turned round. */
  readonly shape: readonly number[];
  /** Number format; `types.ts`. */
  readonly type: number;
  /** Byte of the file at which it begins. */
  readonly begin: number;
}

export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensor[];
}

const MAGIC = 0x46554747;
const DEFAULT_ALIGNMENT = 32;
/** Far above any real file; beyond it the file is damaged. */
const LIMITS = { tensors: 1e6, keys: 1e5, array: 1e7, text: 1e8, dimensions: 4 } as const;
const PIECE_BYTES = 2 ** 21;
/** Most characters of a value in an error. */
const SHOWN = 80;

const enum Type {
  Uint8,
  Int8,
  Uint16,
  Int16,
  Uint32,
  Int32,
  Float32,
  Bool,
  String,
  Array,
  Uint64,
  Int64,
  Float64,
}

/** Bytes of what has a fixed size. */
const BYTES: Readonly<Record<number, number>> = {
  [Type.Uint8]: 1,
  [Type.Int8]: 1,
  [Type.Uint16]: 2,
  [Type.Int16]: 2,
  [Type.Uint32]: 4,
  [Type.Int32]: 4,
  [Type.Float32]: 4,
  [Type.Bool]: 1,
  [Type.Uint64]: 8,
  [Type.Int64]: 8,
  [Type.Float64]: 8,
};

/** @throws PolicyError when it is no GGUF file, cut, damaged, or of a version that is not read */
export async function readGgufHeader(file: RandomAccessFile, origin: string): Promise<GgufHeader> {
  const cursor = new Cursor(file, origin);
  if (file.size < 24 || (await cursor.number(Type.Uint32)) !== MAGIC) {
    throw PolicyError.of('policy/no-gguf', { origin });
  }
  const version = await cursor.number(Type.Uint32);
  if (version !== 2 && version !== 3) {
    throw PolicyError.of('policy/gguf-version', { origin, version });
  }
  const tensorCount = await cursor.count(LIMITS.tensors, 'tensors');
  const keyCount = await cursor.count(LIMITS.keys, 'keys');
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = await cursor.text();
    if (metadata.has(key)) throw cursor.damaged({ keyTwice: shownOf(key, SHOWN) });
    metadata.set(key, await cursor.value(await cursor.number(Type.Uint32)));
  }
  const tensors: GgufTensor[] = [];
  for (let i = 0; i < tensorCount; i++) tensors.push(await cursor.tensor());
  const alignment = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== 'number' || !Number.isInteger(alignment) || alignment < 1) {
    throw cursor.damaged({ alignment: shownOf(alignment, SHOWN) });
  }
  const start = Math.ceil(cursor.position / alignment) * alignment;
  return { metadata, tensors: tensors.map((tensor) => ({ ...tensor, begin: start + tensor.begin })) };
}

/** Reads forward. What is asked for is in memory first, so that values are read without waiting for each. */
class Cursor {
  readonly #file: RandomAccessFile;
  readonly #origin: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Of the file: where `#bytes` begin. */
  #start = 0;
  /** In `#bytes`. */
  #at = 0;

  constructor(file: RandomAccessFile, origin: string) {
    this.#file = file;
    this.#origin = origin;
  }

  /** Byte of the file that comes next. */
  get position(): number {
    return this.#start + this.#at;
  }

  damaged(fault: GgufFault): PolicyError {
    return PolicyError.of('policy/gguf-damaged', { origin: this.#origin, fault });
  }

  /** A number of fixed size, or 0 and 1 for false and true. */
  async number(type: number): Promise<number> {
    await this.#need(BYTES[type] as number);
    return this.#number(type);
  }

  async count(most: number, of: 'tensors' | 'keys' | 'bytes of text' | 'entries of a list'): Promise<number> {
    const value = await this.number(Type.Uint64);
    if (value > most) throw this.damaged({ promised: value, of });
    return value;
  }

  async text(): Promise<string> {
    const length = await this.count(LIMITS.text, 'bytes of text');
    await this.#need(length);
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    try {
      return this.#decoder.decode(bytes);
    } catch {
      // Tokens of some converters are parts of characters; nothing else can be made of them.
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    }
  }

  async value(type: number, depth = 0): Promise<GgufValue> {
    if (type === Type.String) return await this.text();
    if (type === Type.Bool) return (await this.number(type)) !== 0;
    if (type in BYTES) return await this.number(type);
    if (type !== Type.Array || depth > 3) throw this.damaged({ valueType: type });
    const element = await this.number(Type.Uint32);
    const length = await this.count(LIMITS.array, 'entries of a list');
    const bytes = BYTES[element];
    if (bytes !== undefined) {
      await this.#need(bytes * length);
      const numbers = Array.from({ length }, () => this.#number(element));
      return element === Type.Bool ? numbers.map((value) => value !== 0) : numbers;
    }
    const values: GgufValue[] = [];
    for (let i = 0; i < length; i++) {
      values.push(this.#shortText(element) ?? (await this.value(element, depth + 1)));
    }
    return values;
  }

  async tensor(): Promise<GgufTensor> {
    const name = await this.text();
    const dimensions = await this.number(Type.Uint32);
    if (dimensions > LIMITS.dimensions) {
      throw this.damaged({ tensor: shownOf(name, SHOWN), dimensions });
    }
    const shape: number[] = [];
    for (let d = 0; d < dimensions; d++) shape.unshift(await this.number(Type.Uint64));
    const type = await this.number(Type.Uint32);
    return { name, shape, type, begin: await this.number(Type.Uint64) };
  }

  /** A text that is in memory already and ASCII, which most of a hundred thousand tokens are; else null. */
  #shortText(type: number): string | null {
    if (type !== Type.String || this.#at + 8 > this.#bytes.length) return null;
    const length = this.#view.getUint32(this.#at, true);
    const from = this.#at + 8;
    if (length > 32 || this.#view.getUint32(this.#at + 4, true) !== 0 || from + length > this.#bytes.length) {
      return null;
    }
    let text = '';
    for (let i = from; i < from + length; i++) {
      const byte = this.#bytes[i] as number;
      if (byte > 0x7f) return null;
      text += String.fromCharCode(byte);
    }
    this.#at = from + length;
    return text;
  }

  #number(type: number): number {
    const at = this.#at;
    this.#at += BYTES[type] as number;
    switch (type) {
      case Type.Uint8:
      case Type.Bool:
        return this.#view.getUint8(at);
      case Type.Int8:
        return this.#view.getInt8(at);
      case Type.Uint16:
        return this.#view.getUint16(at, true);
      case Type.Int16:
        return this.#view.getInt16(at, true);
      case Type.Uint32:
        return this.#view.getUint32(at, true);
      case Type.Int32:
        return this.#view.getInt32(at, true);
      case Type.Float32:
        return this.#view.getFloat32(at, true);
      case Type.Float64:
        return this.#view.getFloat64(at, true);
      default: {
        const value = Number(
          type === Type.Int64 ? this.#view.getBigInt64(at, true) : this.#view.getBigUint64(at, true),
        );
        if (!Number.isSafeInteger(value)) throw this.damaged({ number: String(value) });
        return value;
      }
    }
  }

  /** @throws PolicyError where the file ends before */
  async #need(bytes: number): Promise<void> {
    if (this.#at + bytes <= this.#bytes.length) return;
    const start = this.position;
    if (start + bytes > this.#file.size) {
      throw PolicyError.of('policy/gguf-header-cut', {
        origin: this.#origin,
        start,
        fileBytes: this.#file.size,
      });
    }
    this.#bytes = new Uint8Array(
      await this.#file.read(start, Math.min(this.#file.size, start + Math.max(bytes, PIECE_BYTES))),
    );
    this.#view = new DataView(this.#bytes.buffer);
    this.#start = start;
    this.#at = 0;
  }
}
