import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PACKED, packCase } from '../../../scripts/golden/pack';
import { isFatal, type DeviceCheck, type DeviceProblem } from '../../report/check/types';
import { bandwidth, checkLines, problemWords, rateLines, teraflops } from '../../report/check/words';
import { knownCard } from './cards';
import { GOLDEN_CASES, loadCase } from './cases';
import { checkDevice, slow } from './device';
import { VERSION } from './host';

test('the version is the package’s', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(VERSION).toBe(version);
});

test.each(GOLDEN_CASES)('%s is packed as tests/golden has it', (name) => {
  expect(JSON.parse(readFileSync(join(PACKED, `${name}.json`), 'utf8'))).toEqual(packCase(name));
});

test('a packed case has all of the real one', async () => {
  const { weights, adapter, batch, gradients, greedy } = await loadCase('gemma3-dapo');
  expect([weights.size, adapter.size, gradients.size].every((size) => size > 0)).toBe(true);
  expect([...gradients.keys()].sort()).toEqual([...adapter.keys()].sort());
  expect(batch.sequences.length).toBe(8);
  expect(greedy.map(({ ids }) => ids.length)).toEqual([24, 24]);
});

test.each([
  ['nvidia-h100-80gb-hbm3', 'NVIDIA: 550.90.07', 'NVIDIA H100 SXM'],
  ['nvidia-h100-pcie', '', 'NVIDIA H100 PCIe'],
  ['nvidia-h200', '', 'NVIDIA H200'],
  ['nvidia-a100-sxm4-80gb', '', 'NVIDIA A100 80GB'],
  ['nvidia-l40s', '', 'NVIDIA L40S'],
  ['nvidia-l4', '', 'NVIDIA L4'],
  ['nvidia-geforce-rtx-4090', '', 'GeForce RTX 4090'],
  ['', 'NVIDIA GeForce RTX 4090 Laptop GPU', null],
  ['apple-m1-pro', '', 'Apple M1 Pro'],
  ['', 'Apple M1', 'Apple M1'],
  ['', '', null],
  ['llvmpipe-llvm-15-0-6-256-bits-', 'llvmpipe: Mesa 25.0.7', null],
])('card %s %s: %s', (device, description, name) => {
  expect(knownCard({ device, description })?.name ?? null).toBe(name);
});

test('a card far below its data sheet is told of, one near it is not', () => {
  const card = { name: 'Card', flops: 10e12, bytes: 400e9 };
  expect(slow({ matmulFlops: 5e12, flops: 9e12, bytes: 300e9 }, card)).toEqual([]);
  expect(slow({ matmulFlops: 1e12, flops: 9e12, bytes: 50e9 }, card)).toEqual([
    { kind: 'slow', what: 'matmul', measured: 1e12, expected: 10e12 },
    { kind: 'slow', what: 'memory', measured: 50e9, expected: 400e9 },
  ]);
});

const PROBLEMS: readonly DeviceProblem[] = [
  { kind: 'none', why: null, problem: 'No device.', remedy: 'Get one.' },
  { kind: 'software' },
  { kind: 'limit', name: 'maxBufferSize', offered: 5, needed: 6 },
  { kind: 'feature', name: 'subgroups' },
  { kind: 'miscomputes', name: 'products', problems: ['nt product is 1, not 2'] },
  { kind: 'failed', what: 'rates', reason: 'lost' },
  { kind: 'slow', what: 'memory', measured: 50e9, expected: 400e9 },
];

test('each problem has words of its own and a remedy; what only slows down keeps no run away', () => {
  const words = PROBLEMS.map(problemWords);
  for (const { problem, remedy } of words) {
    expect(problem).toMatch(/^[A-Z].*\S$|^maxBufferSize is 5/);
    expect(remedy.length).toBeGreaterThan(5);
  }
  expect(new Set(words.map(({ problem }) => problem)).size).toBe(PROBLEMS.length);
  expect(words.at(-1)?.problem).toContain('13 %');
  expect(PROBLEMS.filter(isFatal).map(({ kind }) => kind)).toEqual([
    ...['none', 'limit', 'miscomputes', 'failed'],
  ]);
});

test('where there is no WebGPU, the check says so and what to do', async () => {
  const tuning = { read: () => Promise.resolve(null), write: () => Promise.resolve() };
  const check = await checkDevice(undefined, { tuning });
  expect(check).toMatchObject({
    ok: false,
    adapter: null,
    problems: [{ kind: 'none', why: 'no-webgpu' }],
  });
  expect(checkLines(check).at(-1)).toBe('This device cannot be used for runs.');
});

test('the text names device, wrong cases and rates beside the data sheet', () => {
  const check: DeviceCheck = {
    ...{ version: '1', host: 'Node 1', limits: [], features: [{ name: 'subgroups', offered: false }] },
    adapter: {
      ...{ name: 'a card', vendor: 'v', architecture: '', driver: 'd 1', software: false },
      subgroups: [32, 32],
    },
    cases: [
      { name: 'products', problems: [], seconds: 1 },
      { name: 'llama-cispo', problems: ['loss is 1, not 2 ± 0'], seconds: 2 },
    ],
    rates: { matmulFlops: 5e12, flops: 9e12, bytes: 300e9 },
    card: { name: 'Card', flops: 10e12, bytes: 400e9 },
    problems: [{ kind: 'miscomputes', name: 'llama-cispo', problems: ['loss is 1, not 2 ± 0'] }],
    ok: false,
  };
  const text = checkLines(check).join('\n');
  for (const part of [
    'adapter: a card (graphics hardware)',
    'subgroups of 32 to 32',
    'architecture not told',
    'products: right (1.0 s)',
    'llama-cispo: WRONG (2.0 s)',
    'loss is 1, not 2 ± 0',
    'what to do: ',
  ])
    expect(text).toContain(part);
  expect(rateLines(check)[0]).toEqual(['matrix product', "5.0 TFLOPS, 50 % of the Card's"]);
  expect([teraflops(5e9), bandwidth(3e9)]).toEqual(['5.0 GFLOPS', '3.0 GB/s']);
  expect(rateLines({ ...check, rates: null })).toEqual([]);
});
