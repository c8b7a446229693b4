/** Writes small GGUF files for tests: version 3, the bytes of the format's description and nothing clever. */

export type MetaValue =
  | { readonly type: 'u32' | 'i32' | 'f32' | 'u64' | 'u8'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'texts'; readonly value: readonly string[] }
  | { readonly type: 'f32s' | 'i32s'; readonly value: readonly number[] };

export interface FileTensor {
  readonly name: string;
  /** Row-major, as Hugging Face has it. */
  readonly shape: readonly number[];
  /** Number of ggml's type; F32 where absent. */
  readonly type?: number;
  readonly data: Uint8Array | Float32Array;
}

const TYPES = { u8: 0, u32: 4, i32: 5, f32: 6, bool: 7, text: 8, u64: 10 } as const;
const ALIGNMENT = 32;

export function ggufFile(
  metadata: Readonly<Record<string, MetaValue>>,
  tensors: readonly FileTensor[],
): Uint8Array {
  const head: number[] = [];
  const u32 = (value: number) => head.push(...new Uint8Array(Uint32Array.of(value).buffer));
  const u64 = (value: number) => head.push(...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    u64(bytes.length);
    for (const byte of bytes) head.push(byte);
  };
  const f32 = (value: number) => head.push(...new Uint8Array(Float32Array.of(value).buffer));
  head.push(...new TextEncoder().encode('GGUF'));
  u32(3);
  u64(tensors.length);
  u64(Object.keys(metadata).length);
  for (const [key, entry] of Object.entries(metadata)) {
    text(key);
    switch (entry.type) {
      case 'texts':
      case 'f32s':
      case 'i32s':
        u32(9);
        u32(entry.type === 'texts' ? TYPES.text : entry.type === 'f32s' ? TYPES.f32 : TYPES.i32);
        u64(entry.value.length);
        for (const one of entry.value) {
          if (typeof one === 'string') text(one);
          else if (entry.type === 'f32s') f32(one);
          else u32(one >>> 0);
        }
        break;
      default:
        u32(TYPES[entry.type]);
        if (entry.type === 'text') text(entry.value);
        else if (entry.type === 'bool') head.push(entry.value ? 1 : 0);
        else if (entry.type === 'f32') f32(entry.value);
        else if (entry.type === 'u64') u64(entry.value);
        else if (entry.type === 'u8') head.push(entry.value);
        else u32(entry.value >>> 0);
    }
  }
  let offset = 0;
  const parts: { at: number; bytes: Uint8Array }[] = [];
  for (const { name, shape, type = 0, data } of tensors) {
    text(name);
    u32(shape.length);
    for (const size of [...shape].reverse()) u64(size);
    u32(type);
    u64(offset);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    parts.push({ at: offset, bytes });
    offset += Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT;
  }
  const start = Math.ceil(head.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(start + offset);
  file.set(head);
  for (const { at, bytes } of parts) file.set(bytes, start + at);
  return file;
}
