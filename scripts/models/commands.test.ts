import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { content, gitHash, sha256 } from '../../tests/support/fault-server';
import type { FileHash } from '../../src/engine/files/cache';
import { diskCache } from '../../src/engine/files/cache-node';
import { CommandError } from '../runtime/command-error';
import { clearModels, modelLines, readModelsOptions, verifyModels } from './commands';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'mailgym-models-'))));
afterEach(() => rm(folder, { recursive: true }));

const source = (name: string) => ({ base: `https://hub/${name}/`, name: `hub:${name}` });
const DAY = 86_400_000;

async function put(name: string, path: string, bytes: Buffer, hash: FileHash | null): Promise<void> {
  const cache = diskCache(folder);
  await cache.setFacts(source(name), { commit: 'c0ffee'.padEnd(40, '0'), files: null });
  await cache.fill(
    source(name),
    path,
    async (partial) => {
      await partial.begin({ etag: null, lastModified: null });
      await partial.append(bytes);
      return { etag: null, lastModified: null, size: bytes.length, hash, fetched: 10 * DAY };
    },
    () => false,
  );
}

test('options', () => {
  expect(readModelsOptions([])).toEqual({ verify: false, clear: null });
  expect(readModelsOptions(['--verify', '--clear', 'a/b'])).toEqual({ verify: true, clear: 'a/b' });
  expect(() => readModelsOptions(['--remove', 'x'])).toThrow(CommandError);
  expect(() => readModelsOptions(['x'])).toThrow(/x is no option of models/);
});

test('the list has sizes, revision and age', async () => {
  const cache = diskCache(folder);
  expect(modelLines(await cache.list(), folder, 0)).toEqual([
    `No model was downloaded yet. Downloads are kept in ${folder}.`,
  ]);
  await put('o/n@main', 'model.safetensors', content(2_500_000), null);
  await put('o/n@main', 'config.json', content(1500), null);
  const work = Promise.reject(new Error('cut'));
  work.catch(() => undefined);
  const cut = cache.fill(
    source('o/n@main'),
    'other',
    async (partial) => {
      await partial.begin({ etag: '"1"', lastModified: null });
      await partial.append(content(3000));
      return await work;
    },
    () => false,
  );
  await expect(cut).rejects.toThrow('cut');
  expect(modelLines(await cache.list(), folder, 13 * DAY)).toEqual([
    'hub:o/n@main  2.5 MB, 2 files, commit c0ffee000000, 3 days ago, 3 kB of a download that was cut',
    '  config.json  2 kB',
    '  model.safetensors  2.5 MB',
    `2.5 MB in ${folder}`,
  ]);
});

test('clearing takes one model in all its revisions, one revision, or all', async () => {
  const cache = diskCache(folder);
  const names = async () => (await cache.list()).map(({ name }) => name).sort();
  for (const name of ['o/n@main', 'o/n@v1', 'o/nn@main', 'p/q@main']) await put(name, 'a', content(10), null);
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await expect(clearModels(cache, 'o', log)).rejects.toThrow(/No download is called 'o'; there is hub:/);
  await clearModels(cache, 'o/n', log);
  expect(await names()).toEqual(['hub:o/nn@main', 'hub:p/q@main']);
  expect(lines).toEqual(['Removed hub:o/n@main, 1 kB.', 'Removed hub:o/n@v1, 1 kB.']);
  await clearModels(cache, 'hub:p/q@main', log);
  expect(await names()).toEqual(['hub:o/nn@main']);
  await clearModels(cache, 'all', log);
  expect(await names()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('verifying finds what was changed, and removes it', async () => {
  const cache = diskCache(folder);
  const bytes = content(5_000_000);
  await put('o/n@main', 'good', bytes, { name: 'sha256', hex: sha256(bytes) });
  await put('o/n@main', 'small', bytes, { name: 'git-sha1', hex: gitHash(bytes) });
  await put('o/n@main', 'bad', bytes, { name: 'sha256', hex: sha256(bytes) });
  await put('o/n@main', 'unknown', bytes, null);
  const lines: string[] = [];
  expect(await verifyModels(cache, (line) => lines.push(line))).toBe(true);
  const [own] = await readdir(folder);
  const changed = Buffer.from(bytes);
  changed[4_999_999] = (changed[4_999_999] as number) ^ 1;
  await writeFile(join(folder, own as string, 'files', 'bad'), changed);
  lines.length = 0;
  expect(await verifyModels(cache, (line) => lines.push(line))).toBe(false);
  expect(lines).toEqual([
    'hub:o/n@main  bad  damaged; removed',
    'hub:o/n@main  good  right',
    'hub:o/n@main  small  right',
    'hub:o/n@main  unknown  size right, no hash known',
  ]);
  expect(await cache.find(source('o/n@main'), 'bad')).toBeNull();
});
