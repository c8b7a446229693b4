import { expect, it } from 'vitest';
import { memoryFile } from '../../formats/files';
import { readGgufHeader } from '../../formats/gguf/header';
import { MemorySink } from '../sink';
import { type GgufValue, writeGguf } from './writer';

const SILENT = { total: () => undefined, tensor: () => undefined, notice: () => undefined };
const NORM = {
  name: 'norm',
  type: 'f32',
  tensor: { shape: [4], read: () => Promise.resolve(new Float32Array(4)) },
} as const;

// A real vocabulary: headers of some megabytes, whose buffer grows between any two bytes of a value.
it.each([0, 1, 2, 3, 4, 5, 6, 7])('keeps every value of a long header, %i bytes further', async (shift) => {
  const words = Array.from({ length: 40_000 }, (_, i) => 'é'.repeat(i % 5) + i.toString(36));
  const flags = Array.from({ length: 6000 }, (_, i): [string, GgufValue] => [
    `is.${i}`,
    { type: 'bool', value: i % 3 === 0 },
  ]);
  const metadata = new Map<string, GgufValue>([
    ['shift', { type: 'text', value: 's'.repeat(shift) }],
    ['words', { type: 'texts', value: words }],
    ['types', { type: 'i32s', value: words.map((_, i) => i - 7) }],
    ...flags,
    ['end', { type: 'u32', value: 7 }],
  ]);
  const sink = new MemorySink();
  await writeGguf(sink, 'm', metadata, [NORM], Infinity, SILENT);
  const found = (await readGgufHeader(memoryFile(sink.files.get('m.gguf') as Uint8Array, 'm', 'm.gguf'), 'm'))
    .metadata;
  expect(found.size).toBe(metadata.size);
  for (const [key, { value }] of metadata) expect(found.get(key), key).toEqual(value);
});
