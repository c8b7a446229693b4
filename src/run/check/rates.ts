/** What a device does at most: copying, multiply-adds from registers, and our best matrix product. */
import type { Gpu, Slice } from '../../kernels/gpu';
import { matmul } from '../../kernels/matmul/matmul';
import type { Program } from '../../kernels/program';
import type { DeviceRates } from '../../report/check/types';

/** Milliseconds that work takes, by whatever clock counts. */
export type Stopwatch = (work: () => Promise<void>) => Promise<number>;

export const wallClock: Stopwatch = async (work) => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};

const RUNS = 5;
/** A run is to be long against the latency of asking whether the queue is done, which browsers answer late. */
const RUN_MS = 20;
const MOST_REPEATS = 1024;
const COPY_BYTES = 64 * 1024 * 1024;
const FMA_LOOPS = 128;
/** Multiply-adds per chain and loop: software GPUs pay for every turn of a loop. */
const FMA_UNROLLED = 16;
/** As many chains as fill an AVX2 register file without spilling; real GPUs need fewer. */
const FMA_ACCUMULATORS = 3;

const copyProgram: Program = {
  key: 'check-copy',
  storage: [
    { name: 'x', type: 'array<vec4<f32>>', access: 'r' },
    { name: 'y', type: 'array<vec4<f32>>', access: 'rw' },
  ],
  uniforms: [{ name: 'n', type: 'u32' }],
  workgroup: [64, 1, 1],
  body: `@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.x + id.y * groups.x * 64u;
  if (i < p.n) { y[i] = x[i]; }
}`,
};

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Independent chains of multiply-adds; nothing is loaded, and each result is stored once. */
const fmaProgram: Program = {
  key: 'check-fma',
  storage: [{ name: 'y', type: 'array<vec4<f32>>', access: 'rw' }],
  uniforms: [{ name: 'factor', type: 'f32' }],
  workgroup: [64, 1, 1],
  body: `@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let m = vec4<f32>(p.factor);
  ${range(FMA_ACCUMULATORS)
    .map((i) => `var c${i} = vec4<f32>(f32(id.x % 7u) + ${i}.0);`)
    .join(' ')}
  for (var k = 0u; k < ${FMA_LOOPS}u; k++) {
    ${range(FMA_UNROLLED)
      .flatMap(() => range(FMA_ACCUMULATORS))
      .map((i) => `c${i} = fma(c${i}, m, m);`)
      .join(' ')}
  }
  y[id.x] = ${range(FMA_ACCUMULATORS)
    .map((i) => `c${i}`)
    .join(' + ')};
}`,
};

/** @param clock of the rates @param software less work, where the CPU plays the GPU */
export async function measureRates(gpu: Gpu, clock: Stopwatch, software: boolean): Promise<DeviceRates> {
  const words = COPY_BYTES / 4;
  const from = gpu.alloc(words, 'copied from');
  const to = gpu.alloc(words, 'copied to');
  const copyKernel = () => gpu.run(copyProgram, [from, to], [words / 4], gpu.grid(words / 4, 64));
  const copyCommand = () => gpu.copy(from, to, COPY_BYTES);
  const copies = [await rate(gpu, clock, copyKernel, 4), await rate(gpu, clock, copyCommand, 4)];
  gpu.free(from, to);
  const groups = 1024;
  const out = gpu.alloc(groups * 64 * 4, 'chains');
  const fma = await rate(gpu, clock, () => gpu.run(fmaProgram, [out], [0.5], [groups, 1, 1]), 1);
  gpu.free(out);
  const size = software ? 512 : 2048;
  const square = squareProduct(gpu, size);
  const product = await rate(gpu, clock, square.run, software ? 2 : 8);
  square.free();
  return {
    bytes: Math.max(...copies) * 2 * COPY_BYTES,
    flops: fma * groups * 64 * FMA_LOOPS * FMA_UNROLLED * FMA_ACCUMULATORS * 4 * 2,
    matmulFlops: product * 2 * size ** 3,
  };
}

function squareProduct(gpu: Gpu, size: number): { readonly run: () => void; readonly free: () => void } {
  const [a, b, out] = range(3).map(() => gpu.alloc(size * size, 'square')) as [Slice, Slice, Slice];
  gpu.clear(a);
  gpu.clear(b);
  const modules = [{ width: size, height: size, inner: size }];
  return {
    run: () => matmul(gpu, { layout: 'nt', a, b, out, modules, lda: size, ldb: size, ldo: size }),
    free: () => gpu.free(a, b, out),
  };
}

/** Runs of `work` per second of the clock. */
async function rate(gpu: Gpu, clock: Stopwatch, work: () => void, least: number): Promise<number> {
  let repeats = least;
  const run = async () => {
    for (let i = 0; i < repeats; i++) work();
    gpu.flush();
    await gpu.device.queue.onSubmittedWorkDone();
  };
  // The first compiles.
  await run();
  while (repeats < MOST_REPEATS && (await wallClock(run)) < RUN_MS) repeats *= 2;
  const costs: number[] = [];
  for (let i = 0; i < RUNS; i++) costs.push(await clock(run));
  // The best run: what slowed the others was not the device.
  return (1000 * repeats) / Math.min(...costs);
}
