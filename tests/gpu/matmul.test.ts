/** Every tile of the matmul family against float64, with edges. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { openDevice } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
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
  setMatmulTuning(gpu, { [layout]: tile });
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
    const candidates = candidateTiles(gpu, layout);
    expect(candidates.length).toBeGreaterThan(4);
    // Edges in all directions; inner lengths below, at and beyond the depth of a tile.
    for (const tile of candidates) {
      for (const shape of [
        { rows: 68, inner: 36, width: 76 },
        { rows: 32, inner: 4, width: 132 },
        { rows: 132, inner: 16, width: 32 },
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
    for (const tile of candidateTiles(gpu, layout)) {
      setMatmulTuning(gpu, { [layout]: tile });
      const [lda, ldb] = [layout === 'tn' ? rows : inner, layout === 'nt' ? inner : width];
      matmul(gpu, { layout, a, b, out, lda, ldb, ldo: width, modules: [{ width, height: rows, inner }] });
      results.push(await gpu.read(out, rows * width));
    }
    gpu.free(a, b, out);
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

it('nn adds up long sums in parts, in every module with what belongs to it once', async () => {
  for (const tile of candidateTiles(gpu, 'nn')) {
    for (const inner of [2048, 2052, 4200]) {
      const worst = await error('nn', tile, { rows: 36, inner, width: 32 });
      expect(worst, `${inner}, ${tileKey(tile)}`).toBeLessThan(1e-4);
    }
  }
});

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
      setMatmulTuning(gpu, { nt: tile });
      const shape = { lda: inner, ldb: inner, ldo: width, modules: [{ width, height: rows, inner }] };
      matmul(gpu, { layout: 'nt', a: slices[0], b, out, ...shape });
      return gpu.read(out, rows * width);
    };
    const [first, ...others] = candidateTiles(gpu, 'nt');
    const wanted = await product(slices[2], first as MatmulTile);
    for (const tile of others) {
      expect(await product({ ...slices[1], format }, tile), `${format}, ${tileKey(tile)}`).toEqual(wanted);
    }
    gpu.free(...slices, out);
  }
});
