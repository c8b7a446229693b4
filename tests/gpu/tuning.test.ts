/** Choosing variants of kernels by measuring them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { FOREST_CUTS, forestBlock } from '../../src/kernels/attention/attention';
import { attentionChoice } from '../../src/kernels/attention/tune';
import { openDevice } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
import { candidateTiles, setMatmulTuning, tileFor, tileKey } from '../../src/kernels/matmul/tiles';
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
/** Trials that take no time worth mentioning. */
const small = () => ({
  choices: [
    ...matmulChoices(gpu, { rows: 32, inner: 16, width: 32 }),
    attentionChoice(gpu, { rows: 20, heads: 2, kvHeads: 1, headDim: 8 }),
  ],
  always: true,
});
/** Milliseconds such that the given candidate of each choice is the fastest. */
const prefers =
  (chosen: Readonly<Record<string, number>>): Measure =>
  ({ name, candidates }, candidate, repeats) =>
    Promise.resolve(repeats * (candidates.indexOf(candidate) === chosen[name] ? 3 : 4));
const reset = () => choicesOf(gpu).forEach((choice) => choice.use(null));

test('takes the fastest candidate of each choice and remembers it', async () => {
  const store = memory();
  const places: Readonly<Record<string, number>> = { nt: 2, nn: 0, tn: 4, attention: 1 };
  const rule = forestBlock(gpu);
  const told = await tuneKernels(gpu, store, { measure: prefers(places), always: true });
  const wanted = choicesOf(gpu).map(({ name, candidates }) => `${name}: ${candidates[places[name] ?? -1]}`);
  expect(told).toBe(wanted.join('; '));
  expect([...store.texts.keys()]).toEqual([tuningName(gpu)]);

  reset();
  expect(forestBlock(gpu)).toBe(rule);
  const never: Measure = () => Promise.reject(new Error('measured again'));
  expect(await tuneKernels(gpu, store, { measure: never, always: true })).toBe(null);
  const task = { layout: 'nt', vec4: true, weights: 'f32' } as const;
  const plain = { ...task, lora: false, add: false, accumulate: false, transposed: false };
  // What plans a device's memory and programs takes its variants too.
  for (const of of [gpu, gpu.planning()]) {
    expect(tileFor(of, plain, 64, 64)).toEqual(candidateTiles(gpu, 'nt')[2]);
    expect(forestBlock(of)).toBe(FOREST_CUTS[1]?.block);
  }
  reset();
});

test('measures on the device and frees what it used', async () => {
  const before = gpu.pool.live;
  expect(await tuneKernels(gpu, memory(), small())).toMatch(
    /^nt: .*; nn: .*; tn: .*; attention: blocks of \d+(, rows split)?$/,
  );
  expect(gpu.pool.live).toBe(before);
  gpu.check();
  reset();
});

test('measures again what it cannot read, and bears a store that fails', async () => {
  const store = memory();
  for (const text of ['no json', '{}', '{"nt":"registers"}', '{"nt":{"kind":"registers"}}']) {
    store.texts.set(tuningName(gpu), text);
    expect(await tuneKernels(gpu, store, small())).toContain('nt: ');
  }
  const broken: TuningStore = {
    read: () => Promise.reject(new Error('no storage')),
    write: () => Promise.reject(new Error('no storage')),
  };
  expect(await tuneKernels(gpu, broken, small())).toContain('tn: ');
  reset();
});

test('the trial of a tile is of that tile', () => {
  const [nt] = matmulChoices(gpu);
  const tile = candidateTiles(gpu, 'nt')[1];
  nt?.use(tileKey(tile as NonNullable<typeof tile>));
  const task = { layout: 'nt', vec4: true, weights: 'f32' } as const;
  const plain = { ...task, lora: false, add: false, accumulate: false, transposed: false };
  expect(tileFor(gpu, plain, 64, 64)).toEqual(tile);
  setMatmulTuning(gpu, {});
});

test('leaves software devices alone', async () => {
  expect(gpu.isSoftware).toBe(true);
  const store = memory();
  expect(await tuneKernels(gpu, store)).toBe(null);
  expect(store.texts.size).toBe(0);
});
