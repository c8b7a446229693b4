import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FileTensor, ggufFile, type MetaValue } from '../../../tests/support/gguf-file';
import { PolicyError } from '../../errors/policy';
import { memoryFile, type RandomAccessFile } from '../files';
import type { StoredRows } from '../tensor-store';
import { dequantize, scalesAndCodes } from './dequantize';
import { readGgufHeader } from './header';
import { ggufRows } from './store';
import { blockFormat, FORMAT_NAMES } from './types';

const recorded = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/gguf/quants.json', import.meta.url), 'utf8'),
) as Record<string, { type: number; blocks: string; values: string }>;

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);

const open = (bytes: Uint8Array): RandomAccessFile => memoryFile(bytes, 'o', 'x.gguf');

describe('numbers', () => {
  test('all formats that are read were recorded', () => {
    expect(Object.keys(recorded).sort()).toEqual([...FORMAT_NAMES].sort());
  });

  test.each(Object.entries(recorded))(
    '%s: what Python’s gguf reads, bit by bit',
    (name, { type, ...file }) => {
      expect(blockFormat(type)?.name).toBe(name);
      const found = dequantize(type, bytesOf(file.blocks), 't', 'x');
      expect(new Uint32Array(found.buffer)).toEqual(new Uint32Array(floatsOf(file.values).buffer));
    },
  );

  test.each(['Q4_0', 'Q5_0', 'Q8_0'])('%s as scales and codes', (name) => {
    const { type, blocks, values } = recorded[name] as { type: number; blocks: string; values: string };
    const { scales, codes } = scalesAndCodes(type, bytesOf(blocks));
    expect(scales).toHaveLength(4);
    expect(Float32Array.from(codes, (code, i) => code * (scales[i >> 5] as number))).toEqual(
      floatsOf(values),
    );
  });

  test('a block at an odd address', () => {
    for (const name of ['F16', 'F32', 'Q6_K']) {
      const { type, blocks, values } = recorded[name] as { type: number; blocks: string; values: string };
      const shifted = Uint8Array.of(9, ...bytesOf(blocks)).subarray(1);
      expect(dequantize(type, shifted, 't', 'x')).toEqual(floatsOf(values));
    }
  });

  test('a format that is not read is named, with those that are', () => {
    expect(() => dequantize(23, new Uint8Array(0), 'blk.0.w', 'x')).toThrow(
      /^x: tensor "blk\.0\.w" is stored as IQ4_XS; read are F32, F16, Q4_0/,
    );
    expect(() => dequantize(77, new Uint8Array(0), 'w', 'x')).toThrow(/stored as number 77/);
  });
});

const META: Record<string, MetaValue> = {
  'general.architecture': { type: 'text', value: 'llama' },
  'a.bool': { type: 'bool', value: true },
  'a.float': { type: 'f32', value: 0.5 },
  'a.negative': { type: 'i32', value: -7 },
  'a.long': { type: 'u64', value: 2 ** 40 },
  tokens: { type: 'texts', value: ['a', '\ufeffusing', 'using', 'Ġä', '', 'x'.repeat(100), '\u0000'] },
  scores: { type: 'f32s', value: [0, -1000, 0.25] },
  kinds: { type: 'i32s', value: [1, -3] },
};
const TENSORS: FileTensor[] = [
  { name: 'm', shape: [3, 4], data: Float32Array.from({ length: 12 }, (_, i) => i) },
  { name: 'v', shape: [2], data: Float32Array.of(7, 8) },
  { name: 'q', shape: [2, 64], type: 8, data: bytesOf(recorded['Q8_0']?.blocks ?? '') },
];

describe('header', () => {
  test('metadata of every kind, tensors as they lie', async () => {
    const bytes = ggufFile(META, TENSORS);
    const { metadata, tensors } = await readGgufHeader(open(bytes), 'x');
    expect(Object.fromEntries(metadata)).toEqual(
      Object.fromEntries(Object.entries(META).map(([key, { value }]) => [key, value])),
    );
    expect(tensors.map(({ name, shape, type }) => ({ name, shape, type }))).toEqual(
      TENSORS.map(({ name, shape, type = 0 }) => ({ name, shape, type })),
    );
    expect(tensors.every(({ begin }) => begin % 32 === 0)).toBe(true);
    const [m, v, q] = tensors.map((tensor) => ggufRows(open(bytes), tensor, 'x')) as [
      StoredRows,
      StoredRows,
      StoredRows,
    ];
    expect([...(await m.read(1, 3))]).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    expect([...(await v.read(1, 2))]).toEqual([8]);
    const values = floatsOf(recorded['Q8_0']?.values ?? '');
    expect(await q.read(1, 2)).toEqual(values.subarray(64));
    expect([q.format, q.bytes, q.blocks?.bits]).toEqual(['Q8_0', 136, 8]);
    expect((await q.blocks?.read(1, 2))?.scales).toHaveLength(2);
    expect([m.blocks, v.blocks]).toEqual([undefined, undefined]);
  });

  test('a header longer than a piece, with texts across its borders', async () => {
    const texts = Array.from({ length: 60_000 }, (_, i) => `${'é'.repeat(i % 41)}${i}`);
    const bytes = ggufFile(
      { texts: { type: 'texts', value: texts }, after: { type: 'u8', value: 3 } },
      TENSORS,
    );
    const reads: number[] = [];
    const file = open(bytes);
    const watched = {
      ...file,
      read: (from: number, to: number) => (reads.push(to - from), file.read(from, to)),
    };
    const { metadata, tensors } = await readGgufHeader(watched, 'x');
    expect(metadata.get('texts')).toEqual(texts);
    expect(metadata.get('after')).toBe(3);
    expect(tensors).toHaveLength(3);
    expect(reads.length).toBeGreaterThan(1);
    expect(Math.max(...reads)).toBeLessThanOrEqual(2 ** 21);
  });

  test('only the start of a file is read', async () => {
    const bytes = ggufFile(META, [{ name: 'big', shape: [2 ** 20], data: new Float32Array(2 ** 20) }]);
    let most = 0;
    const file = open(bytes);
    await readGgufHeader(
      { ...file, read: (from, to) => ((most = Math.max(most, to)), file.read(from, to)) },
      'x',
    );
    expect(most).toBeLessThanOrEqual(2 ** 21);
  });
});

describe('damaged files', () => {
  const good = ggufFile(META, TENSORS);

  test('a header that was cut anywhere is truncated, or no GGUF file', async () => {
    const { tensors } = await readGgufHeader(open(good), 'x');
    // Before the padding of up to 31 bytes that the first tensor may have in front of it.
    for (let length = 0; length < (tensors[0]?.begin ?? 0) - 31; length += 3) {
      await expect(readGgufHeader(open(good.subarray(0, length)), 'cut'), `${length}`).rejects.toThrow(
        /^cut: (truncated|not a GGUF file)/,
      );
    }
  });

  test('tensors that were cut', async () => {
    const file = open(good.subarray(0, good.length - 40));
    const { tensors } = await readGgufHeader(file, 'cut');
    expect(() => tensors.map((tensor) => ggufRows(file, tensor, 'cut'))).toThrow(
      /^cut: truncated: tensor "q" ends at byte/,
    );
  });

  test('flipped bytes never cause anything but a PolicyError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(700), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
        const broken = good.slice();
        broken[position] = (broken[position] as number) ^ mask;
        try {
          const file = open(broken);
          const { tensors } = await readGgufHeader(file, 'flipped');
          tensors.forEach((tensor) => ggufRows(file, tensor, 'flipped'));
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
        }
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test.each<[string, (bytes: Uint8Array) => void, RegExp]>([
    ['a web page', (bytes) => bytes.set(new TextEncoder().encode('<!do')), /not a GGUF file/],
    ['version 1', (bytes) => bytes.set([1], 4), /GGUF version 1,/],
    ['the other byte order', (bytes) => bytes.set([0, 0, 0, 3], 4), /highest byte first/],
    ['tensors without end', (bytes) => bytes.set([255, 255, 255, 255], 8), /promises 4294967295 tensors/],
  ])('%s', async (_name, spoil, message) => {
    const bytes = good.slice();
    spoil(bytes);
    await expect(readGgufHeader(open(bytes), 'x')).rejects.toThrow(message);
  });

  test('a row that is no whole number of blocks', async () => {
    const file = open(ggufFile({}, [{ name: 'q', shape: [1, 33], type: 8, data: new Uint8Array(68) }]));
    const { tensors } = await readGgufHeader(file, 'x');
    expect(() => tensors.map((tensor) => ggufRows(file, tensor, 'x'))).toThrow(
      /a row of tensor "q" has 33 numbers/,
    );
  });

  test('a tensor of a format that is not read counts only when it is wanted', async () => {
    const file = open(ggufFile({}, [{ name: 'iq', shape: [256], type: 22, data: new Uint8Array(82) }]));
    const { tensors } = await readGgufHeader(file, 'x');
    const [rows] = tensors.map((tensor) => ggufRows(file, tensor, 'x'));
    await expect(rows?.read(0, 256)).rejects.toThrow(/stored as IQ2_S/);
  });
});
