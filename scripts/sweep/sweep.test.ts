import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RunControl } from '../../src/run/train/control';
import { runTraining } from '../../src/run/train/trainer';
import { openFsStore } from '../../src/run/stores/fs-store-node';
import { toyRun } from '../../tests/support/toy-run';
import { elements } from '../../src/report/plot/testing';
import { assertAskedFor, runState } from '../runs/folders';
import { readOptions } from './options';
import { planSweep, type SweptRun } from './plan';
import { runSweep, type SweepWork } from './run';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-sweep-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const GRID = ['--set', 'learningRate=0.05,0.2', '--set', 'mode=masked,rollout', '--seeds', '2'];
/** Runs of the toy policy, which learns in milliseconds. */
const TOY = [
  '--maxSteps=6',
  '--saveSteps=2',
  '--evalSteps=2',
  '--batchSize=2',
  '--numGenerations=4',
  '--maxTurns=3',
];
const options = (...more: string[]) => {
  const work = more.includes('--work') ? [] : ['--work', join(folder, 'w')];
  return readOptions([...GRID, ...TOY, '--test-questions=0', ...work, ...more]);
};

describe('options', () => {
  test('commas make alternatives, but not in lists and texts; a repeated --set adds one', async () => {
    const { axes, cells } = await readOptions([
      ...[
        '--set',
        'learningRate=1e-3,2e-3',
        '--set',
        'loraTargets=q_proj,v_proj',
        '--set=loraTargets=q_proj',
      ],
      ...['--set', 'beta=0.5'],
    ]);
    expect(axes).toEqual([
      { key: 'learningRate', values: ['1e-3', '2e-3'] },
      { key: 'loraTargets', values: ['q_proj,v_proj', 'q_proj'] },
    ]);
    expect(cells.map(({ name }) => name)).toEqual([
      'learningRate=0.001, loraTargets=q_proj,v_proj',
      'learningRate=0.001, loraTargets=q_proj',
      'learningRate=0.002, loraTargets=q_proj,v_proj',
      'learningRate=0.002, loraTargets=q_proj',
    ]);
    expect(cells.map(({ settings }) => settings.beta)).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  test.each([
    [['--set', 'seed=1,2'], 'seed cannot be swept. Use --seeds'],
    [['--set', 'dataset=a', '--set', 'dataset=b'], 'dataset cannot be swept'],
    [['--set', 'beta=0.1,1e-1'], 'beta=0.1 is asked for twice'],
    [['--set', 'beta=0.1,much'], 'beta'],
    [['--set', 'betta=0.1,0.2'], 'no setting'],
    [['--shard', '3/2'], "shard is '3/2'; write i/n"],
    [['--shard', '0/2'], "shard is '0/2'"],
    [['--runtime', 'browser'], 'Node only'],
    [
      [
        '--set',
        'beta=0.1,0.2',
        '--seeds',
        '20',
        '--set',
        `maxSteps=${Array.from({ length: 26 }, (_, i) => i + 1).join(',')}`,
      ],
      '1040 runs',
    ],
  ])('%j is refused', async (argv, message) => {
    await expect(readOptions(argv)).rejects.toThrow(message);
  });

  test('the command is kept without what says where and how it runs', async () => {
    const { command } = await options('--shard', '1/2', '--jobs', '2', '--report-only');
    expect(command).toBe(
      'npm run sweep -- --set learningRate=0.05,0.2 --set mode=masked,rollout --seeds 2 --maxSteps=6 --saveSteps=2 ' +
        '--evalSteps=2 --batchSize=2 --numGenerations=4 --maxTurns=3 --test-questions=0',
    );
  });

  test('folders have names that any system takes, and no two the same', async () => {
    const runs = planSweep(
      await readOptions([
        ...['--set', 'warmStartFile=a/b c.jsonl', '--set', 'warmStartFile=a/bc.jsonl', '--seeds', '7,9'],
      ]),
    );
    expect(new Set(runs.map(({ name }) => name)).size).toBe(4);
    for (const { name } of runs) expect(name).toMatch(/^[\w.+-]+$/);
  });
});

/** Trains as the commands do; @param dies what ends a run, as a kill does, after a step */
function toyWork(dies: (run: SweptRun, step: number) => boolean = () => false): SweepWork {
  return {
    train: async (runs) => {
      for (const run of runs) {
        const state = runState(run.folder);
        if (state === 'finished') continue;
        if (state !== 'absent') assertAskedFor(run.folder, run.settings);
        const { deps } = toyRun(run.settings);
        const store = await openFsStore(run.folder);
        await runTraining(
          { ...deps, store },
          run.settings,
          (event) => {
            if (event.kind === 'step' && dies(run, event.metrics.step)) throw new Error('killed');
          },
          new RunControl(),
        );
      }
    },
    measure: () => Promise.resolve(),
    score: () => Promise.resolve(null),
  };
}

const quiet = () => undefined;
const bytes = (work: string) =>
  ['index.html', 'data.json'].map((name) => readFileSync(join(work, 'report', name), 'utf8'));

describe('a sweep of eight runs', () => {
  /** Work folder of one that nothing disturbed. */
  let whole: string;
  beforeAll(async () => {
    whole = mkdtempSync(join(tmpdir(), 'mailgym-sweep-whole-'));
    const result = await runSweep(await options('--work', whole), quiet, toyWork());
    expect(result).toEqual({ report: join(whole, 'report', 'index.html') });
  });
  afterAll(() => rmSync(whole, { recursive: true, force: true }));

  test('in two shards, one killed in the middle, ends in the report of an undisturbed one, byte for byte', async () => {
    const other = join(folder, 'shared');
    const shards = [1, 2].map((i) => options('--work', other, '--shard', `${i}/2`));
    const [one, two] = await Promise.all(shards);
    if (one === undefined || two === undefined) throw new Error('two shards');
    // The third of its four runs dies after a step that no checkpoint has.
    let begun = 0;
    const killed = toyWork((run, step) => (step === 1 && ++begun === 3 ? true : run.seed < 0));
    await expect(runSweep(one, quiet, killed)).rejects.toThrow('killed');
    expect(await runSweep(two, quiet, toyWork())).toMatchObject({
      missing: [expect.any(String), expect.any(String)],
    });
    expect(existsSync(join(other, 'report'))).toBe(false);
    expect(await runSweep(one, quiet, toyWork())).toMatchObject({
      report: join(other, 'report', 'index.html'),
    });
    expect(bytes(other)).toEqual(bytes(whole));
  });

  test('the report is a page of its own, with a verdict, a row for each combination and curves', async () => {
    const [page = '', data = ''] = bytes(whole);
    const names = elements(
      page.replace('<!doctype html>\n', '').replaceAll(/<(meta|img)([^>]*)>/g, '<$1$2/>'),
    );
    expect(names.filter((name) => name === 'tr')).toHaveLength(1 + 4 + 1 + 8);
    expect(names.filter((name) => name === 'img').length).toBeGreaterThan(3);
    expect(page).toContain('Most right answers: ');
    expect(page).toMatch(/An order is claimed in \d of 3 comparisons/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page).not.toContain(whole);
    expect(data).not.toMatch(/[sS]econds|gpuBytes/);
  });

  test('another sweep in the same folder is refused, and named', async () => {
    const argv = [...GRID, ...TOY.slice(1), '--maxSteps=7', '--test-questions=0', '--work', whole];
    await expect(runSweep(await readOptions(argv), quiet, toyWork())).rejects.toThrow(
      /another sweep: maxSteps \(was 6, now 7\)/,
    );
  });

  test('--report-only tells of what is there', async () => {
    await expect(runSweep(await options('--report-only'), quiet, toyWork())).rejects.toThrow(
      'none of the sweep',
    );
    const killed = toyWork((run, step) => run.seed === 43 && step === 3);
    await expect(runSweep(await options(), quiet, killed)).rejects.toThrow('killed');
    await runSweep(await options('--report-only'), quiet, toyWork());
    expect(bytes(join(folder, 'w'))[0]).toContain('Not finished: 4 of 8 runs');
  });
});
