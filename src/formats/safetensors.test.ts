import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostTensor } from './tensors';
import { PolicyError } from '../errors/policy';
import { memoryFile, type RandomAccessFile } from './files';
import { openSafetensors, parseSafetensors, toFloat32, writeSafetensors, type Dtype } from './safetensors';
import type { StoredRows } from './tensor-store';

function tensor(shape: number[], start = 0): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length: count }, (_, index) => start + index / 4) };
}

/** A file with the given header, byte for byte. */
function file(header: string, data: number[] | Uint8Array = []): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

/** A tensor as a header describes it. */
const t = (offsets: number[], shape = [1], dtype = 'F32'): object => ({
  dtype,
  shape,
  data_offsets: offsets,
});

const SAMPLE = new Map([
  ['b.weight', tensor([3, 2], 1)],
  ['a.weight', tensor([5], -2)],
  ['empty', tensor([0, 4])],
  ['scalar', tensor([], 7)],
]);

describe('write and parse', () => {
  test('what was written is read back', () => {
    const { metadata, tensors } = parseSafetensors(writeSafetensors(SAMPLE), 'x');
    expect(metadata).toEqual({ format: 'pt' });
    expect([...tensors.keys()].sort()).toEqual([...SAMPLE.keys()].sort());
    for (const [name, { shape, data }] of SAMPLE) {
      const stored = tensors.get(name);
      expect(stored?.shape).toEqual(shape);
      expect(stored && toFloat32(stored, name, 'x')).toEqual(data);
    }
  });

  test('order of insertion does not matter, tensors begin on 8 bytes', () => {
    const bytes = writeSafetensors(SAMPLE);
    expect(writeSafetensors(new Map([...SAMPLE].reverse()))).toEqual(bytes);
    expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
  });

  test('the bytes are those of the format', () => {
    const bytes = writeSafetensors(new Map([['t', { shape: [1], data: Float32Array.of(1) }]]), {});
    const header = '{"__metadata__":{},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    expect(bytes).toEqual(file(header.padEnd(72), [0, 0, 0x80, 0x3f]));
  });

  test('a shape that does not fit its data is refused', () => {
    const bad = new Map([['t', { shape: [2, 2], data: new Float32Array(3) }]]);
    expect(() => writeSafetensors(bad)).toThrow(/"t": shape \[2, 2\] asks for 4 numbers, found 3/);
  });

  test('a file at an odd address in memory is read all the same', () => {
    const bytes = writeSafetensors(SAMPLE);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const stored = parseSafetensors(shifted.subarray(1), 'x').tensors.get('a.weight');
    expect(stored && toFloat32(stored, 'a.weight', 'x')).toEqual(SAMPLE.get('a.weight')?.data);
  });
});

describe('number formats', () => {
  function read(dtype: Dtype, bytes: number[], count: number): number[] {
    const header = JSON.stringify({ t: { dtype, shape: [count], data_offsets: [0, bytes.length] } });
    const stored = parseSafetensors(file(header, bytes), 'x').tensors.get('t');
    if (stored === undefined) throw new Error('no tensor');
    return [...toFloat32(stored, 't', 'x')];
  }
  const u16 = (...values: number[]): number[] => values.flatMap((value) => [value & 0xff, value >> 8]);

  test('F16: normals, subnormals, signed zero, infinities, NaN', () => {
    const bits = [0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x8000, 0x7c00, 0xfc00, 0x7e00];
    expect(read('F16', u16(...bits), bits.length)).toEqual([
      1,
      -2,
      0.333251953125,
      65504,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      -0,
      Infinity,
      -Infinity,
      NaN,
    ]);
  });

  test('BF16 and F64', () => {
    expect(read('BF16', u16(0x3f80, 0xc040, 0x7f80), 3)).toEqual([1, -3, Infinity]);
    expect(read('F64', [...new Uint8Array(Float64Array.of(0.5, -1e10).buffer)], 2)).toEqual([0.5, -1e10]);
  });

  test('integers are no weights', () => {
    expect(() => read('I32', [1, 0, 0, 0], 1)).toThrow(/"t" is stored as I32/);
  });
});

describe('opened, not read', () => {
  /** The file, and which parts of it were read. */
  function watched(bytes: Uint8Array): { file: RandomAccessFile; reads: [number, number][] } {
    const reads: [number, number][] = [];
    const file = memoryFile(bytes, 'o', 'x');
    return { file: { ...file, read: (from, to) => (reads.push([from, to]), file.read(from, to)) }, reads };
  }

  test('the header first, then the rows that are asked for and no other byte', async () => {
    const bytes = writeSafetensors(SAMPLE);
    const { file, reads } = watched(bytes);
    const store = await openSafetensors(file, 'x');
    const header = new DataView(bytes.buffer).getUint32(0, true);
    expect(reads).toEqual([
      [0, 8],
      [8, 8 + header],
    ]);
    expect([...store.tensors.keys()].sort()).toEqual([...SAMPLE.keys()].sort());
    const b = store.tensors.get('b.weight') as StoredRows;
    expect([b.shape, b.format, b.bytes]).toEqual([[3, 2], 'F32', 24]);
    expect([...(await b.read(1, 3))]).toEqual([1.5, 1.75, 2, 2.25]);
    // "a.weight" (20 bytes) lies before it.
    expect(reads.slice(2)).toEqual([[8 + header + 20 + 8, 8 + header + 20 + 24]]);
    expect([...((await store.tensors.get('scalar')?.read(0, 1)) ?? [])]).toEqual([7]);
    expect(await store.tensors.get('empty')?.read(0, 0)).toHaveLength(0);
  });

  test('an offset beyond 4 GiB', async () => {
    const far = 2 ** 33;
    const header = JSON.stringify({ a: t([0, far], [far / 2], 'F16'), b: t([far, far + 8], [2]) });
    const start = file(header);
    const asked: [number, number][] = [];
    const store = await openSafetensors(
      {
        size: start.length + far + 8,
        read: (from, to) => {
          asked.push([from, to]);
          const isHeader = to <= start.length;
          return Promise.resolve(isHeader ? start.slice(from, to) : new Uint8Array(to - from));
        },
        close: () => Promise.resolve(),
      },
      'x',
    );
    expect(await store.tensors.get('b')?.read(1, 2)).toEqual(new Float32Array(1));
    expect(asked.at(-1)).toEqual([start.length + far + 4, start.length + far + 8]);
  });

  test('a number format that came later is no error until somebody wants the numbers', async () => {
    const header = JSON.stringify({ w: t([0, 4]), s: t([4, 7], [6], 'F4'), e: t([7, 7], [0], 'F8_E8M0') });
    const store = await openSafetensors(memoryFile(file(header, new Uint8Array(7)), 'o', 'x'), 'x');
    expect(await store.tensors.get('w')?.read(0, 1)).toEqual(new Float32Array(1));
    await expect(store.tensors.get('s')?.read(0, 6)).rejects.toThrow(
      /^x: tensor "s" is stored as F4; weights are read from/,
    );
  });

  test('a file that was cut is refused at once', async () => {
    const bytes = writeSafetensors(SAMPLE);
    for (const length of [3, 40, bytes.length - 1]) {
      const file = memoryFile(bytes.subarray(0, length), 'o', 'x');
      await expect(openSafetensors(file, 'cut')).rejects.toThrow(/^cut: truncated/);
    }
  });
});

test('no metadata is no error: null, empty, absent', () => {
  for (const metadata of ['"__metadata__":null,', '"__metadata__":{},', '']) {
    const header = `{${metadata}"t":${JSON.stringify(t([0, 4]))}}`;
    expect(parseSafetensors(file(header, new Uint8Array(4)), 'x').metadata).toEqual({});
  }
});

describe('damaged files', () => {
  test('a file cut anywhere is called truncated or damaged', () => {
    const bytes = writeSafetensors(SAMPLE);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => parseSafetensors(bytes.subarray(0, length), 'cut'), `${length} bytes`).toThrow(
        PolicyError,
      );
      expect(() => parseSafetensors(bytes.subarray(0, length), 'cut')).toThrow(/^cut: truncated: .*again\.$/);
    }
  });

  test('flipped bytes never cause anything but a PolicyError', () => {
    const bytes = writeSafetensors(SAMPLE);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, mask) => {
        const broken = bytes.slice();
        broken[position] = (broken[position] as number) ^ mask;
        try {
          parseSafetensors(broken, 'flipped');
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
        }
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test.each<[string, string, number, RegExp]>([
    ['web page', '', 0, /between 2 and/],
    ['no JSON', '{"t":', 0, /not JSON/],
    ['a list', '[]', 0, /not a JSON object/],
    [
      'duplicate',
      `{"t":${JSON.stringify(t([0, 4]))},"\\u0074":${JSON.stringify(t([0, 4]))}}`,
      4,
      /names "t" twice/,
    ],
    ['overlap', JSON.stringify({ a: t([0, 8], [2]), b: t([4, 8]) }), 8, /"b" begins at byte 4 and overlaps/],
    ['hole', JSON.stringify({ a: t([0, 4]), b: t([8, 12]) }), 12, /"b" begins at byte 8 and leaves 4 bytes/],
    ['late start', JSON.stringify({ a: t([4, 8]) }), 8, /leaves 4 bytes unused/],
    ['left over', JSON.stringify({ a: t([0, 4]) }), 6, /2 more bytes follow/],
    [
      'too short',
      JSON.stringify({ a: t([0, 4]) }),
      3,
      /truncated: the header promises 4 bytes of tensors, the file has 3/,
    ],
    ['size', JSON.stringify({ a: t([0, 8], [3]) }), 8, /shape \[3\] and format F32 takes 12 bytes.*give 8/],
    ['backwards', JSON.stringify({ a: t([4, 0]) }), 4, /takes 4 bytes/],
    ['huge shape', JSON.stringify({ a: t([0, 4], [2 ** 40, 2 ** 40]) }), 4, /takes/],
    ['negative', JSON.stringify({ a: t([-4, 0]) }), 4, /data_offsets/],
    ['fraction', JSON.stringify({ a: t([0, 2], [0.5]) }), 2, /non-negative integers/],
    ['no format', '{"a":{"shape":[1],"data_offsets":[0,4]}}', 4, /needs a number format \(dtype\)/],
    ['unknown format, backwards', JSON.stringify({ a: t([4, 0], [1], 'F4') }), 4, /data_offsets \[4, 0\]/],
    ['no object', '{"a":3}', 0, /"a" must be described by an object/],
    ['metadata', '{"__metadata__":{"x":1}}', 0, /"__metadata__" must map/],
    ['metadata that is a number', '{"__metadata__":3}', 0, /"__metadata__" must map names to texts, found 3/],
  ])('%s', (_name, header, dataBytes, message) => {
    const parse = (): unknown => parseSafetensors(file(header, new Uint8Array(dataBytes)), 'bad.safetensors');
    expect(parse).toThrow(PolicyError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^bad\.safetensors: /);
  });

  test('a Git LFS pointer and a web page are recognised by their impossible header length', () => {
    for (const text of ['version https://git-lfs.github.com/spec/v1\n', '<!doctype html><html></html>']) {
      expect(() => parseSafetensors(new TextEncoder().encode(text), 'x')).toThrow(/not a safetensors file/);
    }
  });
});
