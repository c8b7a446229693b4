import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withSection, writeDocs } from './docs';
import { failedRow, measure, type Runner } from './parent';
import { plotsOf } from './plots';
import { merge, readReport, refuseOther } from './report';
import type { Report, Row } from './types';

const row = (id: string, ours: number, more: Partial<Row> = {}): Row => ({
  ...{ id, what: 'w', unit: 'ms', ours, peer: null, ratio: null, peerName: null },
  ...more,
});

const report = (rows: readonly Row[], more: Partial<Report> = {}): Report => ({
  ...{ device: 'd', date: '2026-01-03T00:00:00Z', runtime: 'node', arch: 'config-s', machine: 'm' },
  rows,
  ...more,
});

const GROWN = row('growth/default/length', 5, {
  series: { xLabel: 'tokens', yLabel: 'ms', x: [1, 2], measured: [2, 4.2], model: [2, 4] },
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-bench-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('reports in parts', () => {
  test('new rows replace old ones, failed ones too, in the order of the catalog', () => {
    const before = report([
      row('decode/config-s/b1/ort', 1),
      row('matmul/512x512x512/tfjs', 2),
      row('gone', 3),
    ]);
    const next = report([failedRow('decode/config-s/b1/ort', 'lost'), row('matmul/256x256x256/tfjs', 4)], {
      date: '2026-01-04T00:00:00Z',
      arch: 'default',
    });
    const both = merge(before, next);
    expect(both.rows.map(({ id }) => id)).toEqual([
      ...['matmul/256x256x256/tfjs', 'matmul/512x512x512/tfjs', 'decode/config-s/b1/ort', 'gone'],
    ]);
    expect(both.rows[2]?.error).toBe('lost');
    expect(both).toMatchObject({ arch: 'config-s, default', date: '2026-01-04T00:00:00Z' });
    expect(merge(null, next).rows.map(({ id }) => id)[0]).toBe('matmul/256x256x256/tfjs');
    expect(merge(both, next).arch).toBe('config-s, default');
  });

  test('files: absent, sound, something else, of another device', () => {
    const path = join(folder, 'a.json');
    expect(readReport(path)).toBeNull();
    writeFileSync(path, JSON.stringify(report([row('x', 1)])));
    expect(readReport(path)?.rows[0]?.id).toBe('x');
    writeFileSync(path, '{"rows": []}');
    expect(() => readReport(path)).toThrow(/no report of bench/);
    expect(() => refuseOther(report([]), 'd', 'node')).not.toThrow();
    expect(() => refuseOther(report([]), 'e', 'node')).toThrow(/report of d \(node\).*on e \(node\)/);
    expect(() => refuseOther(report([]), 'd', 'browser')).toThrow(/file of its own/);
  });
});

describe('the page of benchmarks', () => {
  test('a section is replaced between its markers; prose and other sections stay', () => {
    const first = withSection('# Benchmarks\n', 'a', 'old');
    const prose = first.replace('## a\n', '## Software\n\nBy hand.\n') + '\nAfter.\n';
    const two = withSection(prose, 'b', 'other');
    const renewed = withSection(two, 'a', 'new');
    expect(renewed).toBe(two.replace('old', 'new'));
    expect(renewed).toContain('## Software\n\nBy hand.\n');
    expect(renewed.indexOf('After.')).toBeLessThan(renewed.indexOf('## b'));
    expect(withSection(renewed, 'a', 'new')).toBe(renewed);
    expect(() => withSection(renewed.replaceAll('<!-- end of bench a -->', ''), 'a', '')).toThrow(/no line/);
  });

  test('rows become a table with the columns that are used, and pictures with links', () => {
    const path = join(folder, 'benchmarks.md');
    const goal = { of: 'ours', at: 'most', bound: 150, met: false } as const;
    const memory = row('memory/config-s', 180, { unit: 'MiB', goal, date: '2026-01-01T00:00:00Z' });
    const written = report([memory, GROWN, failedRow('x', 'no | device')]);
    writeDocs(path, 'lavapipe', written, plotsOf(written.rows));
    const page = readFileSync(path, 'utf8');
    expect(page).toContain('# Benchmarks');
    expect(page).toContain('Device: d. Dates: 2026-01-01 to 2026-01-03. Runtime: node.');
    expect(page).toContain('| row | what | ours | goal | note |');
    expect(page).toContain('| `memory/config-s` | w | 180 MiB | not reached: 180 of at most 150 MiB |  |');
    expect(page).toContain('| `x` | not measured |  |  | not measured: no \\| device |');
    expect(page).toContain('](benchmarks/lavapipe/growth-default-length.svg)');
    expect(existsSync(join(folder, 'benchmarks', 'lavapipe', 'growth-default-length.svg'))).toBe(true);
  });
});

describe('measuring', () => {
  const listener = () => {
    const rows: Row[] = [];
    return {
      rows,
      log: () => undefined,
      onDevice: () => undefined,
      onRow: (one: Row) => void rows.push(one),
    };
  };
  const runner = (run: Runner['run'], can: Runner['can'] = () => true): Runner & { closed: boolean } => ({
    closed: false,
    run,
    can,
    async close() {
      this.closed = true;
    },
  });

  test('rows that never came are told as failed, those of other runtimes are not asked for', async () => {
    const heard = listener();
    const tfjs = runner(
      async ({ ids }, tell) => {
        tell({ kind: 'row', row: row(ids[0] as string, 1) });
        return 'it broke';
      },
      ({ inBrowsers }, id) => inBrowsers?.(id) === true,
    );
    await measure(tfjs, 'config-s', ['matmul/256', 'decode'], heard);
    expect(heard.rows.map(({ id, error }) => [id, error])).toEqual([
      ['matmul/256x256x256/tfjs', undefined],
      ['matmul/256x576x1536/tfjs', 'it broke'],
      ['matmul/256x1536x576/tfjs', 'it broke'],
    ]);
  });

  test('a device that is refused ends everything', async () => {
    const refusing = { ...listener(), onDevice: () => refuseOther(report([]), 'other', 'node') };
    const one = runner(async (_, tell) => {
      tell({ kind: 'device', device: 'other' });
      tell({ kind: 'row', row: row('never', 1) });
      return null;
    });
    await expect(measure(one, 'config-s', ['matmul'], refusing)).rejects.toThrow(/file of its own/);
    expect(refusing.rows).toEqual([]);
    expect(one.closed).toBe(true);
  });
});
