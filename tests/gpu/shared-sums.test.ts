/** Sums that the lanes of a workgroup share, as cards take them, beside those of one lane. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu, Slice } from '../../src/kernels/gpu';
import { gradientNorm } from '../../src/kernels/optimizer/adamw';
import { setSharedSums } from '../../src/kernels/reduce/lanes';
import { columnSum } from '../../src/kernels/reduce/scatter';
import {
  rmsNorm,
  rmsNormAdd,
  rmsNormGradient,
  rmsNormWeightGradient,
} from '../../src/kernels/rms-norm/rms-norm';
import { vocabularyLogProbs } from '../../src/kernels/vocabulary/vocabulary';
import { Random } from '../../src/random/philox';
import { openGpu } from '../fixtures/tiny-policy';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

const numbers = (count: number, stream: string) => {
  const random = new Random(5, stream);
  return Float32Array.from({ length: count }, () => random.normal());
};

/** Computes `length` words both ways, from the same start; and the programs that only the shared way takes. */
async function bothWays(length: number, run: (out: Slice) => void) {
  const results: Float32Array[] = [];
  const live = gpu.pool.live;
  for (const shared of [false, true, true]) {
    setSharedSums(gpu, shared);
    const out = gpu.upload(numbers(length, 'start'));
    run(out);
    results.push(await gpu.read(out, length));
    gpu.free(out);
  }
  setSharedSums(gpu, null);
  expect(gpu.pool.live).toBe(live);
  const [alone, shared, again] = results as [Float32Array, Float32Array, Float32Array];
  expect(again).toEqual(shared);
  return { alone, shared };
}

function expectClose({ alone, shared }: { alone: Float32Array; shared: Float32Array }, within: number): void {
  const distances = shared.map((value, i) => Math.abs(value - (alone[i] as number)));
  expect(distances.every((distance) => distance <= within)).toBe(true);
}

/** By what a lane loads: fours where the width comes in fours. */
const LANES: Readonly<Record<number, number>> = { 37: 32, 40: 32, 129: 128, 516: 128 };
const hasProgram = (part: string) => gpu.programs.some(({ key }) => key.includes(part));

// Narrow and wide rows, in fours and not, with lanes left over.
describe.each([37, 40, 129, 516])('rms-norm of width %i', (width) => {
  const rows = 9;
  const eps = 1e-6;
  const upload = () => ({
    x: gpu.upload(numbers(rows * width, 'x')),
    w: gpu.upload(numbers(width, 'w')),
    dy: gpu.upload(numbers(rows * width, 'dy')),
    residual: gpu.upload(numbers(rows * width, 'residual')),
    index: gpu.upload(Uint32Array.from([8, 0, 3, 3, 5])),
  });

  it('is that of one lane, forward and backward', async () => {
    const slices = upload();
    const { x, w, dy, residual, index } = slices;
    const all = { rows, width, eps };
    const some = { ...all, rows: 5 };
    expectClose(await bothWays(rows * width, (out) => rmsNorm(gpu, x, w, out, all)), 1e-5);
    expectClose(await bothWays(5 * width, (out) => rmsNorm(gpu, x, w, out, some, index)), 1e-5);
    expectClose(await bothWays(rows * width, (out) => rmsNormAdd(gpu, { x, w, residual, out }, all)), 1e-5);
    const backward = await bothWays(rows * width, (dx) => {
      rmsNormGradient(gpu, { x, w, dy, dx, residual }, all);
    });
    expectClose(backward, 2e-5);
    const picked = await bothWays(5 * width, (dx) => rmsNormGradient(gpu, { x, w, dy, dx, index }, some));
    expectClose(picked, 2e-5);
    expect(backward.alone.every(Number.isFinite)).toBe(true);
    expect(hasProgram(`rms-norm-${width % 4 === 0 ? 'vec4' : 'scalar'}-${LANES[width]}`)).toBe(true);
    gpu.free(...Object.values(slices));
  });
});

// One part; several, the last of which is short; more rows than the parts have by default.
it.each([3, 130, 4200])('the weight gradient of rms-norm over %i rows is that of one lane', async (rows) => {
  const width = 35;
  const x = gpu.upload(numbers(rows * width, 'x'));
  const dy = gpu.upload(numbers(rows * width, 'dy'));
  const index = gpu.upload(Uint32Array.from({ length: rows }, (_, r) => (r * 7) % rows));
  const shape = { rows, width, eps: 1e-6 };
  for (const picked of [{}, { index }]) {
    const ways = await bothWays(width, (dw) => rmsNormWeightGradient(gpu, { x, dy, dw, ...picked }, shape));
    expectClose(ways, 1e-5 * Math.sqrt(rows));
  }
  gpu.free(x, dy, index);
});

it.each([3, 130, 4200])('column sums of %i rows are those of one lane', async (rows) => {
  const width = 35;
  const x = gpu.upload(numbers(rows * width, 'x'));
  expectClose(await bothWays(width, (out) => columnSum(gpu, x, out, rows, width)), 1e-5 * Math.sqrt(rows));
  gpu.free(x);
});

// Fewer numbers than lanes; some beyond what all lanes take at once.
it.each([5, 300_001, 1_200_001])('the norm of %i numbers is that of one lane', async (length) => {
  const x = gpu.upload(numbers(length, 'gradient'));
  const { alone, shared } = await bothWays(1, (norm) => gradientNorm(gpu, x, length, norm));
  const wanted = Math.sqrt(numbers(length, 'gradient').reduce((sum, v) => sum + v * v, 0));
  expect(Math.abs((shared[0] as number) - wanted)).toBeLessThan(1e-5 * wanted);
  expect(Math.abs((alone[0] as number) - wanted)).toBeLessThan(1e-4 * wanted);
  gpu.free(x);
});

it('log-softmax of slices of the vocabulary is that of whole rows', async () => {
  const [rows, width, vocabulary] = [3, 8, 4500];
  const hidden = gpu.upload(numbers(rows * width, 'hidden'));
  const table = gpu.upload(numbers(vocabulary * width, 'table'));
  // In the first slice, in the last, and in the second chunk.
  const target = gpu.upload(Int32Array.from([7, 4199, 4400]));
  const head = [
    { slice: table, firstRow: 0, rows: 4200 },
    { slice: gpu.upload(numbers(300 * width, 'rest')), firstRow: 4200, rows: 300 },
  ];
  const shape = { rows, width, vocabulary, temperature: 0.8 };
  const outputs = ['logp', 'entropy', 'lse'] as const;
  for (const name of outputs) {
    const others = Object.fromEntries(outputs.map((other) => [other, gpu.alloc(rows)]));
    const ways = await bothWays(rows, (out) => {
      const slices = { ...others, [name]: out } as Record<(typeof outputs)[number], Slice>;
      vocabularyLogProbs(gpu, { hidden, head, target, ...slices }, shape);
    });
    expectClose(ways, 1e-5);
    expect(ways.shared.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
    gpu.free(...Object.values(others));
  }
  expect(hasProgram('vocabulary-join-slices')).toBe(true);
  gpu.free(hidden, table, target, ...head.slice(1).map(({ slice }) => slice));
});
