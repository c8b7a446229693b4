/** Rows that see one run each take a kernel of their own on software devices: equal to the general one bit for bit. */
import { afterAll, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { forestSight, forestTokens } from '../../src/engine/pass/forest-pass';
import {
  attention,
  forestAttention,
  isSingle,
  windowRuns,
  type RunTable,
} from '../../src/kernels/attention/attention';
import { openDevice } from '../../src/kernels/device';
import { Random } from '../../src/random/philox';
import { buildForest } from '../../src/tokens/forest';
import { TINY } from '../fixtures/tiny-policy';

const { gpu } = await openDevice(await createDawnGpu());
afterAll(() => gpu.device.destroy());

const random = new Random(7, 'span-attention');
const draw = (count: number) => Float32Array.from({ length: count }, () => random.normal());

/** Rows of a chain whose first is at `position`, in slots from `base` on. */
function chain(rows: number, position: number, base: number): RunTable {
  return {
    start: Uint32Array.from({ length: rows + 1 }, (_, i) => i),
    runs: Uint32Array.from(Array.from({ length: rows }, (_, i) => [base, base + position + i + 1]).flat()),
  };
}

test.each([
  ['a prompt', 21, 0, 0, null, 16],
  ['rows after others', 5, 30, 3, null, 64],
  ['one row', 1, 12, 0, null, 8],
  ['a window', 19, 4, 2, 6, 64],
  ['heads of no whole vectors', 11, 3, 0, null, 6],
  ['heads in arrays', 9, 2, 0, null, 160],
])('%s', async (_, rows, position, base, window, headDim) => {
  const [heads, kvHeads] = [6, 2];
  const table = chain(rows, position, base);
  const sight = window === null ? table : windowRuns(table, window);
  expect(isSingle(sight)).toBe(true);
  const slots = base + position + rows;
  const q = gpu.upload(draw(rows * heads * headDim), 'q');
  const cache = gpu.upload(draw(slots * 2 * kvHeads * headDim), 'cache');
  const [start, runs] = [gpu.upload(sight.start, 'start'), gpu.upload(sight.runs, 'runs')];
  const results = [];
  for (const single of [true, false]) {
    const out = gpu.alloc(rows * heads * headDim, 'out');
    const stats = gpu.alloc(rows * heads * 2, 'stats');
    gpu.clear(stats);
    const visible = { start, runs, isSingle: single };
    attention(gpu, { q, cache, visible, out, stats }, { rows, heads, kvHeads, headDim });
    results.push({ out: await gpu.read(out), stats: await gpu.read(stats) });
  }
  const programs = gpu.programs.map(({ key }) => key);
  // Where heads lie in arrays, sharing is the slower way.
  const isShared = gpu.isSoftware && gpu.sharedLanes > 0 && headDim <= 128;
  expect(programs.some((key) => key.startsWith(`span-attention-${headDim}-`))).toBe(isShared);
  expect(results[0]?.out.every(Number.isFinite)).toBe(true);
  expect(results[0]).toEqual(results[1]);
});

test('prompts in one pass as a forest have the bits of prompts in pieces', async () => {
  const [heads, kvHeads, headDim] = [6, 2, 16];
  const shared = [1, 2, 3, 4, 5, 6, 7];
  const prompts = [[8, 9, 10, 11], [8, 9, 12], [13, 14, 15, 16, 17, 18, 19, 20, 21], []];
  const { forest } = buildForest(prompts.map((own) => ({ ids: [...shared, ...own] })));
  const sight = forestSight(TINY, forest);
  const { tokens, free } = forestTokens(gpu, forest, sight);
  if (tokens.visible.kind !== 'forest') throw new Error('A forest was asked for.');
  const { end, window, all } = tokens.visible.forest;
  const { n: rows } = forest;
  const q = gpu.upload(draw(rows * heads * headDim), 'q');
  const cache = gpu.upload(draw(rows * 2 * kvHeads * headDim), 'cache');
  const made = () => ({
    out: gpu.alloc(rows * heads * headDim, 'out'),
    stats: gpu.alloc(rows * heads * 2, 'stats'),
  });
  const [together, apart] = [made(), made()];
  for (const { stats } of [together, apart]) gpu.clear(stats);
  const shape = { rows, heads, kvHeads, headDim };
  forestAttention(gpu, { q, cache, end, window, queries: all, ...together }, shape);
  const [start, runs] = [gpu.upload(sight.all.start, 'start'), gpu.upload(sight.all.runs, 'runs')];
  attention(gpu, { q, cache, visible: { start, runs, isSingle: isSingle(sight.all) }, ...apart }, shape);
  expect(isSingle(sight.all)).toBe(false);
  expect(await gpu.read(together.out)).toEqual(await gpu.read(apart.out));
  expect(await gpu.read(together.stats)).toEqual(await gpu.read(apart.stats));
  free();
});

test('rows of several runs, or of none, are not single', () => {
  expect(isSingle({ start: Uint32Array.of(0, 1, 3) })).toBe(false);
  expect(isSingle({ start: Uint32Array.of(0, 0, 1) })).toBe(false);
});
