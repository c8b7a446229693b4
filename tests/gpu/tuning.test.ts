/** Choosing variants of kernels by measuring them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { FOREST_CUTS, forestBlock } from '../../src/kernels/attention/attention';
import { attentionChoice } from '../../src/kernels/attention/tune';
import { openDevice } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
import {
  candidateTiles,
  type MatmulTile,
  setMatmulTuning,
  tileExtent,
  tileFor,
  tileKey,
} from '../../src/kernels/matmul/tiles';
import { matmulChoices } from '../../src/kernels/matmul/tune';
import { choicesOf, type Measure, tuneKernels, tuningName, type TuningStore } from '../../src/kernels/tuning';

let gpu: Gpu;
beforeAll(async () => {
  // The limits that every device has: what is tried here runs everywhere.
  gpu = (await openDevice(await createDawnGpu(), { limits: 'minimum' })).gpu;
});
afterAll(() => gpu.device.destroy());

const memory = (): TuningStore & { texts: Map<string, string> } => {
  const texts = new Map<string, string>();
  return {
    texts,
    read: (name) => Promise.resolve(texts.get(name) ?? null),
    write: (name, text) => Promise.resolve(void texts.set(name, text)),
  };
};
const TINY = { rows: 32, inner: 16, width: 32 };
/** Trials of some layouts and sizes that take no time worth mentioning. */
const small = () => ({
  choices: [
    ...matmulChoices(gpu, { small: TINY, large: TINY }).filter(({ name }) =>
      ['nt small', 'tn large'].includes(name),
    ),
    attentionChoice(gpu, { rows: 20, heads: 2, kvHeads: 1, headDim: 8 }),
  ],
  always: true,
});
/** Milliseconds such that the given candidate of each choice is the fastest. */
const prefers =
  (chosen: Readonly<Record<string, number>>): Measure =>
  ({ name, candidates }, candidate, repeats) =>
    Promise.resolve(repeats * (candidates.indexOf(candidate) === chosen[name] ? 3 : 4));
const task = { layout: 'nt', vec4: true, weights: 'f32' } as const;
const plain = { ...task, lora: false, add: false, accumulate: false, transposed: false };
const SMALL = { height: 64, width: 64, inner: 64 };
const LARGE = { height: 1024, width: 2048, inner: 64 };
const reset = () => choicesOf(gpu).forEach((choice) => choice.use(null));

test('takes the fastest candidate of each choice and remembers it', async () => {
  const store = memory();
  const places: Readonly<Record<string, number>> = {
    'nt small': 2,
    'nt large': 1,
    'nn small': 0,
    'nn large': 3,
    'tn small': 4,
    'tn large': 5,
    attention: 1,
  };
  const rule = forestBlock(gpu);
  const told = await tuneKernels(gpu, store, { measure: prefers(places), always: true });
  const wanted = choicesOf(gpu).map(({ name, candidates }) => `${name}: ${candidates[places[name] ?? -1]}`);
  expect(told).toBe(wanted.join('; '));
  expect([...store.texts.keys()]).toEqual([tuningName(gpu)]);

  reset();
  expect(forestBlock(gpu)).toBe(rule);
  const never: Measure = () => Promise.reject(new Error('measured again'));
  expect(await tuneKernels(gpu, store, { measure: never, always: true })).toBe(null);
  // What plans a device's memory and programs takes its variants too.
  for (const of of [gpu, gpu.planning()]) {
    expect(tileFor(of, plain, SMALL)).toEqual(candidateTiles(gpu, 'nt', 'small')[2]);
    expect(tileFor(of, plain, LARGE)).toEqual(candidateTiles(gpu, 'nt', 'large')[1]);
    expect(forestBlock(of)).toBe(FOREST_CUTS[1]?.block);
  }
  reset();
});

test('measures on the device and frees what it used', async () => {
  const before = gpu.pool.live;
  expect(await tuneKernels(gpu, memory(), small())).toMatch(
    /^nt small: .*; tn large: .*; attention: blocks of \d+(, rows split)?$/,
  );
  expect(gpu.pool.live).toBe(before);
  gpu.check();
  reset();
});

test('measures again what it cannot read, and bears a store that fails', async () => {
  const store = memory();
  for (const text of ['no json', '{}', '{"nt":"registers"}', '{"nt":{"kind":"registers"}}']) {
    store.texts.set(tuningName(gpu), text);
    expect(await tuneKernels(gpu, store, small())).toContain('nt small: ');
  }
  const broken: TuningStore = {
    read: () => Promise.reject(new Error('no storage')),
    write: () => Promise.reject(new Error('no storage')),
  };
  expect(await tuneKernels(gpu, broken, small())).toContain('tn large: ');
  reset();
});

test('the trial of a tile is of that tile', async () => {
  for (const choice of matmulChoices(gpu)) {
    const [layout, size] = choice.name.split(' ') as ['nt' | 'nn' | 'tn', 'small' | 'large'];
    const tile = candidateTiles(gpu, layout, size)[4] as MatmulTile;
    choice.use(tileKey(tile));
    const planned = gpu.planning();
    // What is planned for a device runs the trial's programs without computing.
    const trial = matmulChoices(planned)
      .find(({ name }) => name === choice.name)
      ?.trial();
    trial?.record(1);
    trial?.free();
    const { threads, rows, cols, depth } = tile as Extract<MatmulTile, { kind: 'workgroup' }>;
    const name = `workgroup-${threads.join('x')}-${rows}x${cols}x${depth}`;
    expect(planned.programs.map(({ key }) => key).join()).toContain(name);
    planned.dispose();
    choice.use(null);
  }
  await gpu.device.queue.onSubmittedWorkDone();
});

test('few rows take no tile that is half empty', () => {
  const big = candidateTiles(gpu, 'nt', 'large')[1] as MatmulTile;
  setMatmulTuning(gpu, { 'nt large': big });
  expect(tileExtent(big)).toEqual({ rows: 128, cols: 128 });
  expect(tileFor(gpu, plain, LARGE)).toEqual(big);
  const { rows } = tileExtent(tileFor(gpu, plain, { height: 64, width: 49152, inner: 576 }) as MatmulTile);
  expect(64 % rows).toBe(0);
  setMatmulTuning(gpu, {});
});

test('leaves software devices alone', async () => {
  expect(gpu.isSoftware).toBe(true);
  const store = memory();
  expect(await tuneKernels(gpu, store)).toBe(null);
  expect(store.texts.size).toBe(0);
});
