/** Token steps' kernels for graphics cards, on whatever device is here: they compute what the kernels for processors do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeAttentionProgram } from '../../src/kernels/decode/attention';
import { cooperativeAttentionProgram, takesHead } from '../../src/kernels/decode/attention-cooperative';
import { decodeLinearProgram, TILE_PAIRS } from '../../src/kernels/decode/linear';
import {
  COOPERATIVE_ROWS,
  cooperativeLinearProgram,
  cooperativePairs,
  cooperativeTile,
} from '../../src/kernels/decode/linear-cooperative';
import { type DecodeLinearTask, EPILOGUE } from '../../src/kernels/decode/linear-interface';
import type { Gpu, Slice } from '../../src/kernels/gpu';
import type { Program } from '../../src/kernels/program';
import { packRows } from '../../src/kernels/weights/pack';
import { Random } from '../../src/random/philox';
import type { CacheType, WeightFormat } from '../../src/settings/choices';
import { openGpu } from '../fixtures/tiny-policy';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

const random = new Random(4, 'cooperative');
const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());

/** Runs a program on data, of which `out` is read back and all is freed. */
async function runOn(
  program: Program,
  data: readonly (Float32Array | Uint32Array)[],
  out: number,
  uniforms: readonly number[],
  grid: readonly [number, number],
): Promise<Float32Array> {
  const slices = data.map((numbers, i): Slice => {
    const { format } = program.storage[i] ?? {};
    const slice = gpu.upload(numbers);
    return format === undefined ? slice : { ...slice, format };
  });
  gpu.run(program, slices, uniforms, [...grid, 1]);
  const found = await gpu.read(slices[out] as Slice, data[out]?.length);
  gpu.free(...slices);
  return found;
}

/** Largest difference, against the size of what is wanted. */
function gap(found: Float32Array, wanted: Float32Array): number {
  expect(found.length).toBe(wanted.length);
  const size = Math.sqrt(wanted.reduce((sum, x) => sum + x * x, 0) / wanted.length);
  expect(size).toBeGreaterThan(0.1);
  return found.reduce((most, x, i) => Math.max(most, Math.abs(x - (wanted[i] as number))), 0) / size;
}

interface Case {
  readonly inner: number;
  readonly columns: number;
  readonly weights: WeightFormat;
  /** Null: the product is added. */
  readonly epilogue: keyof typeof EPILOGUE | null;
  readonly bias?: 'one' | 'per row';
}

/** Random operands of a projection, for up to so many rows. */
function operands({ inner, columns, weights, epilogue, bias }: Case, most: number) {
  const gates = epilogue === 'gate' || epilogue === 'gateGelu';
  const hd = 8;
  const pairs = epilogue === 'rotate' || gates ? columns / 2 : Math.ceil(columns / 2);
  const block = epilogue === 'rotate' ? hd / 2 : gates ? columns / 2 : 1;
  const task: DecodeLinearTask = { norm: epilogue !== null, vec4: inner % 4 === 0, weights, cache: 'f32' };
  const heads = 2;
  const kv = (columns / hd - heads) / 2;
  const width = epilogue === 'rotate' ? heads * hd : gates ? columns / 2 : columns;
  const plain = normals(columns * inner).map((x) => x / Math.sqrt(inner));
  const w = weights === 'f32' ? plain : packRows(weights, plain, inner);
  const x = normals(most * inner);
  const g = normals(inner).map((v) => 1 + 0.2 * v);
  const biases = normals(columns * (bias === 'per row' ? most : 1));
  const table = normals(2 * most * hd);
  const before = normals(most * width);
  const base = [inner, pairs, columns, block, gates || block > 1 ? 2 * block : 2, block, width];
  const rows = (count: number) =>
    Uint32Array.from([
      ...[count, count, 0, 0],
      ...Array.from({ length: count }, (_, i) => [0, 0, i, most - 1 - i]).flat(),
    ]);
  return {
    task,
    pairs,
    width,
    kv,
    hd,
    /** What a program writes to `out`: the product, or with `ofCache` keys and values. */
    run: (program: Program, count: number, grid: readonly [number, number], ofCache = false) => {
      const data = x.slice(0, count * inner);
      if (epilogue === null)
        return runOn(program, [data, w, rows(count), before.slice(0, count * width)], 3, [...base, 1], grid);
      return runOn(
        program,
        [
          ...[data, g, w, biases, rows(count), table],
          ...[before.slice(0, count * width), new Float32Array(most * 2 * Math.max(1, kv) * hd)],
        ],
        ofCache ? 7 : 6,
        [
          ...[
            ...base,
            0,
            EPILOGUE[epilogue],
            1,
            bias === undefined ? 0 : 1,
            bias === 'per row' ? columns : 0,
          ],
          ...[heads, Math.max(1, kv), hd, 1e-5],
        ],
        grid,
      );
    },
  };
}

/** Rows of a tile, and pairs of columns that choose it. Compilers take long over large ones: each is tried somewhere. */
type TileChoice = readonly [rows: (typeof COOPERATIVE_ROWS)[number], pairs: number];
const WIDE = 1e6;
const ALL_TILES: readonly TileChoice[] = COOPERATIVE_ROWS.flatMap((rows) => [
  [rows, 1] as const,
  [rows, WIDE] as const,
]);
const FEW_TILES: readonly TileChoice[] = [
  [1, 1],
  [4, WIDE],
];

const CASES: readonly (readonly [string, Case, readonly TileChoice[]])[] = [
  ['added, several spans', { inner: 1156, columns: 22, weights: 'f32', epilogue: null }, ALL_TILES],
  [
    'SwiGLU, with a bias per row',
    { inner: 516, columns: 38, weights: 'f32', epilogue: 'gate', bias: 'per row' },
    [...FEW_TILES, [16, 1]],
  ],
  [
    'rotated, with a bias',
    { inner: 64, columns: 48, weights: 'f32', epilogue: 'rotate', bias: 'one' },
    FEW_TILES,
  ],
  [
    'an odd number of columns, inner length not of four',
    { inner: 131, columns: 21, weights: 'f32', epilogue: 'plain' },
    FEW_TILES,
  ],
  ['GELU, of halves', { inner: 70, columns: 12, weights: 'f16', epilogue: 'gateGelu' }, FEW_TILES],
  ['of bytes, one pair', { inner: 161, columns: 2, weights: 'int8', epilogue: null }, FEW_TILES],
  ['of half bytes', { inner: 1060, columns: 20, weights: 'int4', epilogue: null }, FEW_TILES],
];

describe('projections', () => {
  test.each(CASES)('%s', async (_, facts, tiles) => {
    const most = 33;
    const all = operands(facts, most);
    const lanes = decodeLinearProgram({ ...all.task, tileRows: 1, shared: 0 });
    for (const ofCache of facts.epilogue === 'rotate' ? [false, true] : [false]) {
      const wanted = await all.run(lanes, most, [Math.ceil(all.pairs / TILE_PAIRS), most], ofCache);
      const known: Float32Array[] = [];
      for (const [rows, pairs] of tiles) {
        const tile = cooperativeTile(rows, pairs);
        const program = cooperativeLinearProgram(all.task, tile);
        for (const count of ofCache ? [most] : [most, 1, 3, 8, 9]) {
          const grid = [Math.ceil(all.pairs / cooperativePairs(tile)), Math.ceil(count / rows)] as const;
          const found = await all.run(program, count, grid, ofCache);
          const name = `${count} rows in tiles of ${rows}`;
          expect(gap(found, wanted.slice(0, found.length)), name).toBeLessThan(1e-5);
          // The same bits in every tile, whatever rows are beside.
          known.push(found);
          expect(found, name).toEqual(known[0]?.slice(0, found.length));
        }
      }
    }
  });

  test('workgroups stay within the limits that every device has', () => {
    for (const rows of COOPERATIVE_ROWS) {
      for (const pairs of [1, 1e6]) {
        const task: DecodeLinearTask = { norm: true, vec4: true, weights: 'f32', cache: 'f32' };
        const { body, workgroup } = cooperativeLinearProgram(task, cooperativeTile(rows, pairs));
        const words = Number(/parts: array<f32, (\d+)>/.exec(body)?.[1]);
        expect(words * 4).toBeLessThanOrEqual(16_384);
        expect(workgroup[0]).toBeLessThanOrEqual(256);
      }
    }
  });
});

describe('attention', () => {
  /** Two sequences with one prompt in two runs, and one without; rows at their ends, and one in the middle. */
  function operands(headDim: number, cache: CacheType, heads: number, kv: number) {
    const slots = 420;
    const numbers = slots * 2 * kv * headDim;
    // Any halves that are numbers of ordinary size: sign, exponent 12 to 15, mantissa.
    const halves = () => (random.integer(2) << 15) | ((12 + random.integer(4)) << 10) | random.integer(1024);
    const keys =
      cache === 'f32'
        ? normals(numbers)
        : Uint32Array.from({ length: numbers / 2 }, () => halves() | (halves() << 16));
    // Runs of 37 and 110 positions, then own pages of 16 slots in no order.
    const runs = Uint32Array.from([3, 40, 50, 160]);
    const pages = Uint32Array.from([25, 11, 20, 14, 17, 12, 24, 13].map((page) => 16 * page));
    const info = Uint32Array.from([
      ...[0, 0, 0, 0, 147, 0, 0, 2],
      ...[0, 0, 0, 0, 147, 3, 0, 2],
      ...[0, 0, 0, 0, 0, 5, 2, 2],
    ]);
    const rows = [
      [0, 147 + 39],
      [1, 147 + 20],
      [2, 0],
      [2, 47],
      [1, 147],
    ];
    const step = Uint32Array.from([
      rows.length,
      0,
      0,
      0,
      ...rows.flatMap(([s, at]) => [s as number, 0, at as number, 0]),
    ]);
    const q = normals(rows.length * heads * headDim);
    const grid = [heads, rows.length] as const;
    return (program: Program, window: number | null) =>
      runOn(
        program,
        [q, keys, step, info, runs, pages, new Float32Array(q.length)],
        6,
        [heads, kv, 1 / Math.sqrt(headDim), ...(window === null ? [] : [window])],
        grid,
      );
  }

  test.each<[number, CacheType, number, number]>([
    [8, 'f32', 4, 2],
    [10, 'f32', 3, 1],
    [132, 'f32', 1, 1],
    [128, 'f32', 2, 1],
    [64, 'f16', 2, 2],
  ])('heads of %i in %s', async (headDim, cache, heads, kv) => {
    expect(takesHead(headDim, cache)).toBe(true);
    const run = operands(headDim, cache, heads, kv);
    for (const window of [null, 1, 45, 150]) {
      const wanted = await run(decodeAttentionProgram(headDim, window !== null, cache), window);
      const found = await run(cooperativeAttentionProgram(headDim, window !== null, cache), window);
      expect(gap(found, wanted), `window ${window}`).toBeLessThan(1e-5);
    }
  });
});
