/** The few pieces of the protocol-buffer wire format that ONNX files are made of. */

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/** Writes one message, field by field. */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** int32, int64, enum: base-128, negative numbers as 64 bits of two's complement. */
  integer(field: number, value: number | bigint): this {
    return this.#tag(field, VARINT).#append(varint(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, FIXED32).#append(bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, BYTES).#append(varint(value.length)).#append(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    this.#tag(field, BYTES).#append(varint(value.#length));
    for (const part of value.#parts) this.#append(part);
    return this;
  }

  /** All fields of another message. */
  append(other: Message): this {
    for (const part of other.#parts) this.#append(part);
    return this;
  }

  /** A repeated integer field, packed into one. */
  packed(field: number, values: readonly number[]): this {
    const parts = values.map((value) => varint(value));
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return this.bytes(field, all);
  }

  /** Bytes that it has now. */
  get length(): number {
    return this.#length;
  }

  /** A field whose content follows outside of this message: its tag and length alone. */
  announce(field: number, length: number): this {
    return this.#tag(field, BYTES).#append(varint(length));
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #tag(field: number, wire: number): this {
    return this.#append(varint((field << 3) | wire));
  }

  #append(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}

export function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
