import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readAskOptions } from '../ask/options';
import { readBenchCommand } from '../bench/command';
import { readOptions } from '../compare/options';
import { readPretrainOptions } from '../pretrain/options';
import { readCommand } from './command';
import { inputPath, outputPath, repositoryPath } from './paths';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-paths-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});
const calledElsewhere = () => vi.stubEnv('INIT_CWD', folder);

test('where npm was called in the repository, paths stay as they are given', async () => {
  vi.stubEnv('INIT_CWD', resolve('.'));
  expect([outputPath('a/b'), inputPath('a/b'), repositoryPath('a/b')]).toEqual(['a/b', 'a/b', 'a/b']);
  const { settings } = await readCommand(['--outputDir', 'runs/x'], []);
  expect(settings).toMatchObject({ outputDir: 'runs/x', model: 'mailgym-tiny', dataset: 'mailgym-office' });
  expect((await readCommand([], [])).settings.outputDir).toBe('outputs/grpo_masked');
});

describe('where npm was called elsewhere', () => {
  test('paths count from there; what only the repository has is found too', () => {
    calledElsewhere();
    expect(outputPath('a/b')).toBe(join(folder, 'a/b'));
    expect(outputPath('/a')).toBe('/a');
    expect(inputPath('docs/guess.md')).toBe(resolve('docs/guess.md'));
    mkdirSync(join(folder, 'docs'));
    writeFileSync(join(folder, 'docs/guess.md'), '');
    expect(inputPath('docs/guess.md')).toBe(join(folder, 'docs/guess.md'));
    expect(inputPath('not there')).toBe(join(folder, 'not there'));
  });

  test('settings that are paths follow; names of built-in things, addresses and defaults do not', async () => {
    calledElsewhere();
    writeFileSync(join(folder, 'rows.jsonl'), '');
    writeFileSync(join(folder, 'talks.jsonl'), '');
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ outputDir: 'from-file' }));
    const read = async (...words: string[]) => (await readCommand(words, [])).settings;
    expect(await read()).toMatchObject({
      outputDir: resolve('outputs/grpo_masked'),
      model: 'mailgym-tiny',
      dataset: 'mailgym-office',
      warmStartFile: 'none',
    });
    expect(
      await read(
        ...['--outputDir', 'runs', '--dataset', 'rows.jsonl', '--warmStartFile', 'talks.jsonl'],
        ...['--model', 'hub:owner/name'],
      ),
    ).toMatchObject({
      outputDir: join(folder, 'runs'),
      dataset: join(folder, 'rows.jsonl'),
      warmStartFile: join(folder, 'talks.jsonl'),
      model: 'hub:owner/name',
    });
    expect((await read('--config', 'run.json')).outputDir).toBe(join(folder, 'from-file'));
    expect((await read('--set', 'outputDir=set')).outputDir).toBe(join(folder, 'set'));
    vi.stubEnv('OUTPUT_DIR', 'from-env');
    expect((await read()).outputDir).toBe(join(folder, 'from-env'));
  });

  test('so do the options of commands', async () => {
    calledElsewhere();
    const none = () => Promise.resolve([]);
    expect(
      await readAskOptions(['--text', 'Who?', '--adapter', 'run/final', '--json', 'a.json'], none),
    ).toMatchObject({ adapter: join(folder, 'run/final'), json: join(folder, 'a.json') });
    expect(readBenchCommand(['--json', 'b.json']).json).toBe(join(folder, 'b.json'));
    expect(readPretrainOptions(['--out', 'p']).out).toBe(join(folder, 'p'));
    expect(readPretrainOptions([]).out).toBe(resolve('outputs/pretrain'));
    expect(await readOptions(['--work', 'w', '--out', 'o'])).toMatchObject({
      work: join(folder, 'w'),
      out: join(folder, 'o'),
    });
    expect(await readOptions([])).toMatchObject({
      work: resolve('outputs/compare'),
      out: resolve('docs/learning'),
    });
  });
});
