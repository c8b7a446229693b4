import { mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openFsStore, type WriteCalls } from './fs-store-node';
import { openBrowserStore } from './browser-store';
import { MemoryStore } from './memory-store';
import { type RunStore } from './run-store';
import { StorageError } from '../../errors/storage';
import { STORE_CONTRACT, checkStore } from '../../../tests/support/store-contract';

const folders: string[] = [];
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mailgym-store-'));
  folders.push(folder);
  return folder;
}
afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
const text = (content: Uint8Array | null): string => new TextDecoder().decode(content ?? undefined);

describe.each<[string, () => Promise<RunStore>]>([
  ['memory', () => Promise.resolve(new MemoryStore())],
  ['folder', async () => await openFsStore(await newFolder())],
])('%s', (_name, openEmpty) => {
  test.each(STORE_CONTRACT.map(({ name, run }) => [name, run] as const))('%s', async (_check, run) => {
    await run(await openEmpty());
  });
});

test('the contract notices a store that breaks it', async () => {
  class Forgetful extends MemoryStore {
    override async append(path: string, content: string): Promise<void> {
      await this.write(path, bytes(content));
    }
  }
  const failures = await checkStore(() => Promise.resolve(new Forgetful()));
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatch(/^appends text in order: log: expected/);
});

describe('a full medium', () => {
  test('memory: the old content stays', async () => {
    const store = new MemoryStore(10);
    await store.write('a', bytes('12345678'));
    await expect(store.write('a', bytes('123456789ab'))).rejects.toThrow(StorageError);
    await expect(store.append('a', 'xyz')).rejects.toThrow(
      /No room in memory for a \(11 bytes\).*remove old runs/,
    );
    expect(text(await store.read('a'))).toBe('12345678');
  });

  /** Calls whose writes fail after some bytes, as they do when the disk fills up. */
  function filling(code: string): WriteCalls {
    return {
      rename,
      open: async (...args) => {
        const handle = await open(...args);
        handle.writeFile = async () => {
          await handle.write(bytes('half'));
          throw Object.assign(new Error(`${code}: it failed`), { code });
        };
        return handle;
      },
    };
  }

  test.each([
    ['ENOSPC', /No room in .* for run\/a \(3 bytes\)\. Its old content is unchanged/],
    ['EIO', /Writing run\/a \(3 bytes\) to .* failed: EIO: it failed\. Its old content is unchanged/],
  ])('folder, %s: the old content stays and nothing is left behind', async (code, message) => {
    const folder = await newFolder();
    await (await openFsStore(folder)).write('run/a', bytes('old'));
    const store = await openFsStore(folder, filling(code));
    await expect(store.write('run/a', bytes('new'))).rejects.toThrow(StorageError);
    await expect(store.write('run/a', bytes('new'))).rejects.toThrow(message);
    await expect(store.append('run/a', 'new')).rejects.toThrow(message);
    expect(text(await store.read('run/a'))).toBe('old');
    expect(await readdir(join(folder, 'run'))).toEqual(['a']);
  });

  test('folder: a crash before the rename leaves the old content, and the next start cleans up', async () => {
    const folder = await newFolder();
    await (await openFsStore(folder)).write('run/a', bytes('old'));
    // The largest process id of Linux is 2^22, so this one is not running.
    const alive = `b.mailgym-tmp-${process.ppid}-abc-0`;
    await writeFile(join(folder, 'run', 'a.mailgym-tmp-99999999-abc-0'), 'ne');
    // An earlier process that had this one's number.
    await writeFile(join(folder, 'run', `c.mailgym-tmp-${process.pid}-abc-0`), 'ne');
    await writeFile(join(folder, 'run', alive), 'ne');
    // Somebody else's, whatever its name is like.
    await writeFile(join(folder, 'report.tmp-99'), 'mine');
    const store = await openFsStore(folder);
    expect(await store.list()).toEqual(['report.tmp-99', 'run/a']);
    expect(text(await store.read('run/a'))).toBe('old');
    expect((await readdir(join(folder, 'run'))).sort()).toEqual(['a', alive]);
  });

  test('folder: a failed write does not stop the next', async () => {
    let failures = 1;
    const store = await openFsStore(await newFolder(), {
      open,
      rename: async (from, to) => {
        if (failures-- > 0) throw Object.assign(new Error('EXDEV'), { code: 'EXDEV' });
        await rename(from, to);
      },
    });
    const first = store.write('a', bytes('1'));
    const second = store.write('a', bytes('2'));
    await expect(first).rejects.toThrow(StorageError);
    await second;
    expect(text(await store.read('a'))).toBe('2');
  });
});

describe('a place that cannot be used', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });

  test('is named when the store is opened', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openFsStore(join(folder, 'file', 'runs'))).rejects.toThrow(StorageError);
    await expect(openFsStore(join(folder, 'file', 'runs'))).rejects.toThrow(
      /cannot be used for runs.*outputDir/,
    );
  });
});

test('folder: what is removed last in a folder takes the folder with it, and nothing else', async () => {
  const folder = await newFolder();
  const store = await openFsStore(folder);
  for (const path of ['a/b/one', 'a/b/two', 'a/c']) await store.write(path, bytes('1'));
  await store.remove('a/b/one');
  expect(await readdir(join(folder, 'a'))).toEqual(['b', 'c']);
  await store.remove('a/b/two');
  expect(await readdir(join(folder, 'a'))).toEqual(['c']);
  await store.remove('a/c');
  expect(await readdir(folder)).toEqual([]);
});

test('a browser that refuses its storage gives a store in memory, and says that it does not last', async () => {
  const refuse = () => Promise.reject(new Error('SecurityError'));
  const { store, lasts } = await openBrowserStore('runs', refuse);
  expect(lasts).toBe(false);
  await store.write('a/b', Uint8Array.of(7));
  expect(await store.read('a/b')).toEqual(Uint8Array.of(7));
  const kept = new MemoryStore();
  expect(await openBrowserStore('runs', () => Promise.resolve(kept))).toEqual({ store: kept, lasts: true });
});
