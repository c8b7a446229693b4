/** Every tile of the matmul family against float64, with edges. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { openDevice } from '../../src/kernels/device';
import type { Gpu, Slice } from '../../src/kernels/gpu';
import { matmul, type MatmulArgs } from '../../src/kernels/matmul/matmul';
import { candidateTiles, type MatmulTile, setMatmulTuning, tileKey } from '../../src/kernels/matmul/tiles';
import { packRows, unpackRows } from '../../src/kernels/weights/pack';
import { Random } from '../../src/random/philox';

let webgpu: GPU;
let gpu: Gpu;
beforeAll(async () => {
  webgpu = await createDawnGpu();
  // The limits that every device has: what is tried here runs everywhere.
  gpu = (await openDevice(webgpu, { limits: 'minimum' })).gpu;
});
afterAll(() => gpu.device.destroy());

const LAYOUTS = ['nt', 'nn', 'tn'] as const;
type Layout = (typeof LAYOUTS)[number];

const numbers = (count: number, stream: string) => {
  const random = new Random(11, stream);
  return Float32Array.from({ length: count }, () => random.uniform() * 2 - 1);
};

interface Case {
  readonly rows: number;
  readonly inner: number;
  readonly width: number;
}

/** Largest distance from float64 of a product with low-rank part and residual (tn: accumulated), two modules. */
async function error(layout: Layout, tile: MatmulTile, { rows, inner, width }: Case): Promise<number> {
  setMatmulTuning(gpu, { [`${layout} small`]: tile });
  const rank = 4;
  const total = 2 * width;
  const a = numbers(rows * inner, 'a');
  const b = numbers(inner * total, 'b');
  const u = numbers(rows * rank, 'u');
  const l = numbers(rank * total, 'l');
  const start = numbers(rows * total, 'start');
  const hasLow = layout !== 'tn';
  const [sa, sb, su, sl, residual, out] = [a, b, u, l, start, start].map((data) => gpu.upload(data)) as [
    MatmulArgs['a'],
    MatmulArgs['a'],
    MatmulArgs['a'],
    MatmulArgs['a'],
    MatmulArgs['a'],
    MatmulArgs['a'],
  ];
  matmul(gpu, {
    layout,
    a: sa,
    b: sb,
    out,
    lda: layout === 'tn' ? rows : inner,
    ldb: layout === 'nt' ? inner : total,
    ldo: total,
    alpha: 0.5,
    ...(hasLow
      ? { residual, lora: { u: su, l: sl, ldu: rank, ldl: layout === 'nt' ? rank : total, rank, scale: 2 } }
      : { accumulate: true }),
    modules: [0, 1].map((z) => ({
      width,
      height: rows,
      inner,
      b0: z * width,
      o0: z * width,
      ...(hasLow ? { lora: { u0: 0, l0: z * width } } : {}),
    })),
  });
  const found = await gpu.read(out, rows * total);
  gpu.free(sa, sb, su, sl, residual, out);
  let worst = 0;
  for (let r = 0; r < rows; r++) {
    for (let n = 0; n < total; n++) {
      let wanted = start[r * total + n] as number;
      for (let k = 0; k < inner; k++) {
        const left = layout === 'tn' ? a[k * rows + r] : a[r * inner + k];
        const right = layout === 'nt' ? b[n * inner + k] : b[k * total + n];
        wanted += 0.5 * (left as number) * (right as number);
      }
      for (let j = 0; hasLow && j < rank; j++) {
        const right = layout === 'nt' ? l[n * rank + j] : l[j * total + n];
        wanted += (u[r * rank + j] as number) * (right as number);
      }
      worst = Math.max(worst, Math.abs(wanted - (found[r * total + n] as number)));
    }
  }
  return worst;
}

describe.each(LAYOUTS)('tiles of %s', (layout) => {
  it('equal float64, edges included', async () => {
    const candidates = candidateTiles(gpu, layout, 'small');
    expect(candidates.length).toBeGreaterThan(4);
    // Edges in all directions; inner lengths below, at and beyond the depth of a tile.
    for (const tile of candidates) {
      for (const shape of [
        { rows: 68, inner: 36, width: 76 },
        { rows: 36, inner: 4, width: 132 },
      ]) {
        expect(await error(layout, tile, shape), tileKey(tile)).toBeLessThan(2e-5);
      }
    }
  });

  it('give the same bits', async () => {
    const { rows, inner, width } = { rows: 64, inner: 48, width: 64 };
    const a = gpu.upload(numbers(rows * inner, 'a'));
    const b = gpu.upload(numbers(inner * width, 'b'));
    const out = gpu.alloc(rows * width);
    const results: Float32Array[] = [];
    for (const tile of candidateTiles(gpu, layout, 'small')) {
      setMatmulTuning(gpu, { [`${layout} small`]: tile });
      const [lda, ldb] = [layout === 'tn' ? rows : inner, layout === 'nt' ? inner : width];
      matmul(gpu, { layout, a, b, out, lda, ldb, ldo: width, modules: [{ width, height: rows, inner }] });
      results.push(await gpu.read(out, rows * width));
    }
    gpu.free(a, b, out);
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

it('nn adds up long sums in parts, in every module with what belongs to it once', async () => {
  for (const tile of candidateTiles(gpu, 'nn', 'small')) {
    for (const inner of tile.kind === 'registers' ? [2048, 2052, 4200] : [2052]) {
      const worst = await error('nn', tile, { rows: 36, inner, width: 32 });
      expect(worst, `${inner}, ${tileKey(tile)}`).toBeLessThan(1e-4);
    }
  }
});

/** A product of small blocks, as the low-rank parts take them; `cells` is the length of the output. */
type Split = Omit<MatmulArgs, 'a' | 'b' | 'out' | 'lora' | 'residual'> & {
  readonly cells: number;
  readonly low?: boolean;
};
const SPLITS: Readonly<Record<string, Split>> = {
  'nt of few rows, transposed': {
    layout: 'nt',
    ...{ lda: 260, ldb: 260, ldo: 12, cells: 67 * 12, transposed: true },
    modules: [{ width: 67, height: 12, inner: 260 }],
  },
  'tt in three modules, transposed': {
    layout: 'tt',
    ...{ lda: 4, ldb: 900, ldo: 12, cells: 35 * 12, transposed: true, alpha: 0.5 },
    modules: [260, 300, 340].map((inner, z) => {
      return { width: 35, height: 4, inner, aRow0: 260 * z, bCol0: 260 * z, o0: 4 * z };
    }),
  },
  'tn in two modules, transposed and accumulated': {
    layout: 'tn',
    ...{ lda: 8, ldb: 80, ldo: 4, cells: 80 * 4, transposed: true, accumulate: true, alpha: 2 },
    modules: [
      { width: 68, height: 4, inner: 261 },
      { width: 12, height: 4, inner: 261, a0: 4, b0: 68, oRow0: 68 },
    ],
  },
  'tn of two rows of tiles, accumulated': {
    layout: 'tn',
    ...{ lda: 20, ldb: 68, ldo: 68, cells: 20 * 68, accumulate: true },
    modules: [{ width: 68, height: 20, inner: 700 }],
  },
  'nn of a long sum, with a low-rank part and a residual': {
    layout: 'nn',
    ...{ lda: 2100, ldb: 72, ldo: 72, cells: 40 * 72, alpha: 0.5, low: true },
    modules: [0, 36].map((at) => {
      return { width: 36, height: 40, inner: 2100, b0: at, o0: at, lora: { u0: 0, l0: at } };
    }),
  },
};

it.each(Object.entries(SPLITS))(
  '%s, split, is the sum that one chain is',
  async (_, { cells, low, ...args }) => {
    const a = gpu.upload(numbers(40 * 2100, 'a'));
    const b = gpu.upload(numbers(2100 * 72, 'b'));
    const extras = [numbers(40 * 4, 'u'), numbers(4 * 72, 'l'), numbers(cells, 'residual')];
    const [u, l, residual] = extras.map((data) => gpu.upload(data)) as [Slice, Slice, Slice];
    const lora = low === true ? { lora: { u, l, ldu: 4, ldl: 72, rank: 4, scale: 2 }, residual } : {};
    const product = async (split: boolean) => {
      setMatmulTuning(gpu, { split });
      const out = gpu.upload(numbers(cells, 'start'));
      const before = gpu.counters.dispatches;
      matmul(gpu, { ...args, a, b, out, ...lora });
      const dispatches = gpu.counters.dispatches - before;
      const found = await gpu.read(out, cells);
      gpu.free(out);
      return { found, dispatches };
    };
    const [whole, split, again] = [await product(false), await product(true), await product(true)];
    setMatmulTuning(gpu, {});
    gpu.free(a, b, u, l, residual);
    expect(split.dispatches).toBe(2);
    expect(again.found).toEqual(split.found);
    const distances = split.found.map((value, i) => Math.abs(value - (whole.found[i] as number)));
    expect(Math.max(...distances)).toBeLessThan(1e-4);
    // Another order of additions.
    expect(split.found).not.toEqual(whole.found);
  },
);

it('nn counts many terms that are nothing each beside the first', async () => {
  const { rows, inner, width, small } = { rows: 4, inner: 40_000, width: 4, small: 2 ** -26 };
  const a = gpu.upload(Float32Array.from({ length: rows * inner }, (_, i) => (i % inner === 0 ? 1 : small)));
  const b = gpu.upload(new Float32Array(inner * width).fill(1));
  const out = gpu.alloc(rows * width);
  const modules = [{ width, height: rows, inner }];
  matmul(gpu, { layout: 'nn', a, b, out, lda: inner, ldb: width, ldo: width, modules });
  const found = await gpu.read(out, rows * width);
  gpu.free(a, b, out);
  const wanted = (inner - 1) * small;
  for (const value of found) expect(Math.abs(value - 1 - wanted)).toBeLessThan(0.1 * wanted);
});

it('tiles in workgroup memory unpack weights as those in registers do', async () => {
  const { rows, inner, width } = { rows: 36, inner: 40, width: 64 };
  for (const format of ['f16', 'int8', 'int4'] as const) {
    const words = packRows(format, numbers(width * inner, 'w'), inner);
    const slices = [numbers(rows * inner, 'x'), words, unpackRows(format, words, inner)].map((data) =>
      gpu.upload(data),
    ) as [MatmulArgs['a'], MatmulArgs['a'], MatmulArgs['a']];
    const out = gpu.alloc(rows * width);
    const product = async (b: MatmulArgs['b'], tile: MatmulTile) => {
      setMatmulTuning(gpu, { 'nt small': tile });
      const shape = { lda: inner, ldb: inner, ldo: width, modules: [{ width, height: rows, inner }] };
      matmul(gpu, { layout: 'nt', a: slices[0], b, out, ...shape });
      return gpu.read(out, rows * width);
    };
    const [first, ...others] = candidateTiles(gpu, 'nt', 'small');
    const wanted = await product(slices[2], first as MatmulTile);
    for (const tile of others) {
      expect(await product({ ...slices[1], format }, tile), `${format}, ${tileKey(tile)}`).toEqual(wanted);
    }
    gpu.free(...slices, out);
  }
});
