import { expect, test } from 'vitest';
import { buildForest } from '../../src/tokens/forest';
import { ARCHS, forwardFlops, MODELS } from './archs';
import { BENCHMARKS, isWanted, type Benchmark } from './catalog';
import { compare, together } from './check';
import { readBenchCommand } from './command';
import { withGoal } from './goals';
import { timeRow } from './measure';
import { nodeRunner } from './node-runner';
import { costPair, fitTerms, median, ratePair, spread } from './statistics';
import { syntheticGroups } from './synthetic';
import { goalText, isSound, number, reportMarkdown, rowLine } from './table';
import type { Row } from './types';

test('statistics: medians, ratios of costs and of rates', () => {
  expect(median([])).toBeNaN();
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  const pair = costPair([10, 20, 30], [40, 50, 90]);
  expect(pair).toEqual({ ours: 20, peer: 50, ratio: 2.5 });
  expect(costPair([1], null)).toEqual({ ours: 1, peer: null, ratio: null });
  expect(ratePair(pair, 100, 50)).toEqual({ ours: 5000, peer: 1000, ratio: 5 });
  expect(spread([10, 20], [30, 20])).toEqual([1, 3]);
});

test('a fit of terms finds their factors, by relative distance', () => {
  const tokens = [256, 1024, 4096];
  const pairs = tokens.map((n) => (n * (n + 1)) / 2);
  const cost = tokens.map((n, i) => 50 + 2 * n + 3e-4 * (pairs[i] as number));
  const { factors, fitted, worst } = fitTerms([tokens.map(() => 1), tokens, pairs], cost);
  [50, 2, 3e-4].forEach((factor, k) => expect((factors[k] as number) / factor).toBeCloseTo(1, 6));
  fitted.forEach((value, i) => expect(value / (cost[i] as number)).toBeCloseTo(1, 6));
  expect(worst).toBeLessThan(1e-6);
  // A line.
  const [intercept, slope] = fitTerms(
    [
      [1, 1, 1],
      [1, 2, 3],
    ],
    [3, 5, 7],
  ).factors;
  expect([intercept, slope].map((x) => x?.toFixed(6))).toEqual(['1.000000', '2.000000']);
  // One term can only be in proportion: 10 % off at both ends.
  expect(fitTerms([[1, 1]], [0.9, 1.1]).worst).toBeGreaterThan(0.09);
  // A cost that falls at first is no reason for a negative price.
  const bent = fitTerms([tokens.map(() => 1), tokens, pairs], [700, 600, 2600]);
  expect(bent.factors).toHaveLength(3);
  expect(Math.min(...bent.factors)).toBe(0);
  expect(() => fitTerms([[1], [2]], [1])).toThrow(/as many points/);
});

test('a time row divides by the runs in a run and counts what the device makes trustworthy', () => {
  const costs = new Map([
    ['ours', [{ wall: 10, cpu: 20 }]],
    ['tfjs', [{ wall: 50, cpu: 60 }]],
  ]);
  const wants = { id: 'x', what: 'y', ours: 'ours', peer: 'tfjs', repeats: 10 };
  expect(timeRow(costs, 'cpu', wants)).toMatchObject({ unit: 'CPU ms', ours: 2, peer: 6, ratio: 3 });
  expect(timeRow(costs, 'wall', wants)).toMatchObject({ unit: 'ms', ours: 1, peer: 5, ratio: 5 });
  expect(timeRow(costs, 'cpu', { ...wants, peer: null })).toMatchObject({ ours: 2, peer: null, ratio: null });
});

test('checks: relative to the largest value; lengths and NaN count as different', () => {
  expect(compare('a', [1, 2.001], [1, 2], 1e-3).ok).toBe(true);
  expect(compare('a', [1, 2.1], [1, 2], 1e-3)).toEqual({ ok: false, what: 'a: 5.0e-2 (bound 1e-3)' });
  expect(compare('a', [1], [1, 2], 1).ok).toBe(false);
  expect(compare('a', [NaN], [1], 1).ok).toBe(false);
  const both = together({ ok: true, what: 'a' }, { ok: false, what: 'b' });
  expect(both).toEqual({ ok: false, what: 'a; b' });
});

const ROW: Row = {
  id: 'matmul/1x2x3/tfjs',
  what: 'a | b',
  unit: 'CPU ms',
  ours: 2,
  peer: 5,
  ratio: 2.5,
  peerName: 'tfjs',
  check: { ok: true, what: 'all' },
};

test('table: lines, failures, cells that cannot break the table', () => {
  expect(number(1234.5)).toBe('1235');
  expect(number(0.0123)).toBe('0.012');
  expect(number(NaN)).toBe('?');
  expect(rowLine(ROW)).toBe('matmul/1x2x3/tfjs: 2.00 CPU ms against 5.00 (tfjs): 2.50x');
  const differs = { ...ROW, check: { ok: false, what: 'loss' } };
  expect(isSound(ROW)).toBe(true);
  expect(isSound(differs)).toBe(false);
  expect(rowLine(differs)).toContain('CHECK FAILED: loss');
  expect(rowLine({ ...ROW, error: 'no device' })).toContain('FAILED, no device');
  const roofline = {
    ...{ flops: 2e9, bytes: 1e6, gflopsPerSecond: 9, gbytesPerSecond: 1, share: 0.5 },
    bound: 'compute' as const,
  };
  const report = {
    ...{
      device: 'd',
      date: '2026-01-02T00:00:00Z',
      runtime: 'node' as const,
      arch: 'config-s',
      machine: 'm',
    },
    rows: [{ ...ROW, roofline }],
  };
  const text = reportMarkdown(report);
  expect(text).toContain('| `matmul/1x2x3/tfjs` | a \\| b | 2.00 CPU ms | 5.00 (tfjs) | **2.50x** |');
  expect(text).toContain('| `matmul/1x2x3` | 2000 |');
});

test('profiles have a table of their own', () => {
  const programs = [
    { program: 'a', dispatches: 3, milliseconds: 6 },
    { program: 'b', dispatches: 1, milliseconds: 2 },
  ];
  const row = { ...ROW, id: 'profile/config-s/full', unit: 'ms', ours: 8, peer: null, ratio: null, programs };
  expect(rowLine(row)).toBe('profile/config-s/full: 8.00 ms: a 75.0 % in 3, b 25.0 % in 1');
  const report = {
    device: 'd',
    date: '2026-01-02T00:00:00Z',
    runtime: 'node' as const,
    arch: 'x',
    machine: 'm',
  };
  const text = reportMarkdown({ ...report, rows: [ROW, row] });
  expect(text).toContain('| `profile/config-s/full` | a \\| b | 8.00 | a 75.0 % in 3, b 25.0 % in 1 |');
  expect(text.split('`profile/config-s/full`')).toHaveLength(2);
});

const NODE = { config: MODELS['config-s'], inBrowser: false };

test('goals: by id, of the ratio or of the own number', () => {
  const lora = { ...ROW, id: 'lora-step/config-s/full' };
  expect(goalText(withGoal(lora, NODE))).toBe('reached: 1.33x');
  const slow = withGoal({ ...lora, ratio: 1.2 }, NODE);
  expect(slow.goal).toMatchObject({ of: 'ratio', at: 'least', met: false });
  expect(goalText(slow)).toBe('not reached: 1.20x of 1.33x');
  expect(rowLine(slow)).toContain('; goal not reached: 1.20x of 1.33x');
  const token = { ...ROW, id: 'dispatch/config-s/token', unit: 'dispatches', peer: null, ratio: null };
  expect(goalText(withGoal({ ...token, ours: 39 }, NODE))).toBe('not reached: 39.0 of at most 38 dispatches');
  expect(withGoal({ ...token, ours: 38 }, NODE).goal?.met).toBe(true);
  expect(withGoal({ ...token, ours: NaN }, NODE).goal?.met).toBe(false);
  const bare = { ...ROW, id: 'memory/default' };
  expect(withGoal(bare, NODE)).toBe(bare);
});

test('goals in browsers are their own', () => {
  const row = { ...ROW, id: 'matmul/1x2x3/tfjs', ratio: 5 };
  expect(withGoal(row, NODE).goal?.met).toBe(true);
  expect(withGoal(row, { ...NODE, inBrowser: true }).goal).toMatchObject({ bound: 8, met: false });
});

test.each([
  ['matmul/1x2x3/tfjs', 2.5],
  ['matmul/1x2x3/ort', 1],
  ['step-full/config-s/nanogpt', 3],
  ['grpo-step/default/tfjs', 10],
  ['forest/default/packed', 2],
  ['masked/default/unmasked', 1 / 0.9],
  ['decode/config-s/b1/ort', 1.5],
  ['decode/config-s/b32/ort', 2],
  ['rollout/default/generate', 5],
  ['trl/multi-turn', 1.5],
  ['trl/single-turn', 1],
])('%s is to be better than the peer by %d', (id, bound) => {
  const goal = withGoal({ ...ROW, id, ratio: bound }, NODE).goal;
  expect(goal).toEqual({ of: 'ratio', at: 'least', bound, met: true });
});

test('synthetic groups share as recorded ones do, and the same every time', () => {
  const groups = syntheticGroups(1408, 4, 8);
  const { forest } = buildForest(groups);
  const tokens = groups.reduce((sum, { ids }) => sum + ids.length, 0);
  expect(tokens / forest.n).toBeGreaterThan(2.2);
  expect(tokens / forest.n).toBeLessThan(3.2);
  // More groups go on from fewer.
  expect(syntheticGroups(1408, 2, 8)).toEqual(groups.slice(0, 16));
});

test('command: rows, architecture, refusals', () => {
  const command = readBenchCommand(['--only', 'matmul/', 'decode', '--json', 'x.json', '--only=a,b']);
  expect(command).toMatchObject({ only: ['matmul/', 'decode', 'a', 'b'], json: 'x.json', arch: 'config-s' });
  expect(() => readBenchCommand(['--arch', 'gpt'])).toThrow(/allowed: one of config-s/);
  expect(() => readBenchCommand(['--turbo'])).toThrow(/--turbo/);
  expect(readBenchCommand(['--docs', 'lavapipe', '--runtime', 'browser'])).toMatchObject({
    docs: 'lavapipe',
    runtime: 'browser',
  });
  expect(() => readBenchCommand(['--docs', '../x'])).toThrow(/section's name/);
});

test('command: rows against TRL need a model and a Python', () => {
  expect(readBenchCommand([]).trl).toBeNull();
  expect(() => readBenchCommand(['--only', 'trl'])).toThrow(/--model DIR/);
  expect(() => readBenchCommand(['--model', 'm'])).toThrow(/--python PATH/);
  const both = ['--model', '/m', '--python', '/p'];
  expect(readBenchCommand(both).trl).toEqual({
    ...{ model: '/m', python: '/p', questions: 4, rollouts: 8, turnTokens: 64, rounds: 3 },
  });
  const small = readBenchCommand([...both, '--size', '2x4', '--tokens', '16', '--rounds', '1']).trl;
  expect(small).toMatchObject({ questions: 2, rollouts: 4, turnTokens: 16, rounds: 1 });
  expect(() => readBenchCommand([...both, '--size', '4x1'])).toThrow(/4x8/);
  expect(() => readBenchCommand([...both, '--rounds', '0'])).toThrow(/positive integer/);
});

test('runner: rows that need a Python run only with one', () => {
  const [row] = Object.values(BENCHMARKS).filter(({ needsPython }) => needsPython === true);
  const trl = readBenchCommand(['--model', '/m', '--python', '/p']).trl;
  expect(row).toBeDefined();
  expect([null, trl].map((given) => nodeRunner(given).can(row as Benchmark, 'trl/multi-turn'))).toEqual([
    false,
    true,
  ]);
});

test('catalog: ids are distinct, prefixes choose', () => {
  const ids = Object.values(BENCHMARKS).flatMap((benchmark) => [...benchmark.ids('config-s')]);
  expect(new Set(ids).size).toBe(ids.length);
  const all = Object.values(BENCHMARKS).flatMap(({ ids: of }) => ARCHS.map((arch) => of(arch)));
  expect(all.every((some) => some.length > 0)).toBe(true);
  expect(isWanted('decode/config-s/b1/ort', ['decode/'])).toBe(true);
  expect(isWanted('decode/config-s/b1/ort', ['matmul'])).toBe(false);
  expect(isWanted('anything', [])).toBe(true);
});

test('multiply-adds of config S', () => {
  const perLayer = 128 * 384 + 128 * 128 + 3 * 128 * 352;
  expect(forwardFlops(MODELS['config-s'])).toBe(2 * (4 * perLayer + 2048 * 128));
});
