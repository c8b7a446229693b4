/** 16-bit floating-point numbers as float32, by table or shift: `Float16Array` is missing in Node 20. */

/** IEEE 754 binary16 from its bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let table: Float32Array | null = null;

/** All binary16 numbers by their bits. */
export function halfTable(): Float32Array {
  table ??= Float32Array.from({ length: 0x10000 }, (_, bits) => halfToNumber(bits));
  return table;
}

export function fromFloat16(source: Uint16Array): Float32Array {
  const halves = halfTable();
  const result = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) result[i] = halves[source[i] as number] as number;
  return result;
}

/** bfloat16: the upper half of a float32. */
export function fromBfloat16(source: Uint16Array): Float32Array {
  const bits = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) bits[i] = (source[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** Views of bytes whose address need not be a multiple of the element's size; then they are copied. */
export function aligned(data: Uint8Array, elementBytes: number): Uint8Array {
  return data.byteOffset % elementBytes === 0 ? data : data.slice();
}
