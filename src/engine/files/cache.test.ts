/** What the caches promise, by a writer without a server. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { content, sha256 } from '../../../tests/support/fault-server';
import type { CachedFile, FileFacts, ModelCache, PartialFile } from './cache';
import { diskCache } from './cache-node';
import { partsCache, type PartStore } from './cache-parts';
import { hashOfEtag } from './hash';
import { createBrowserHash } from './hash-browser';
import { withLock } from './lock-node';
import { retryAfter } from './request';
import { browserCache, openCacheStorage } from './store-browser';
import { memoryStore } from './store-memory';

const SOURCE = { base: 'https://hub/o/n/resolve/main/', name: 'hub:o/n@main' };
const VERSION = { etag: '"1"', lastModified: null };
let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'mailgym-cache-'))));
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});

const factsOf = (size: number): FileFacts => ({ ...VERSION, size, hash: null, fetched: 1 });

function fill(cache: ModelCache, bytes: Uint8Array, path = 'a/b.bin', chunk = 700): Promise<CachedFile> {
  const work = async (partial: PartialFile) => {
    await partial.begin(VERSION);
    for (let at = 0; at < bytes.length; at += chunk) await partial.append(bytes.subarray(at, at + chunk));
    return factsOf(bytes.length);
  };
  return cache.fill(SOURCE, path, work, () => false);
}

async function read(file: CachedFile | null): Promise<Buffer> {
  const opened = await (file as CachedFile).open();
  const bytes = Buffer.from(await opened.read(0, opened.size));
  await opened.close();
  return bytes;
}

const parts = (store: PartStore = memoryStore(), onNote?: (line: string) => void) =>
  partsCache(store, {
    createHash: createBrowserHash,
    partBytes: 1000,
    ...(onNote === undefined ? {} : { onNote }),
  });

/** As browsers have it, in memory. */
function fakeCaches(): CacheStorage {
  const all = new Map<string, Map<string, Uint8Array>>();
  return {
    open: (name: string) => {
      const entries = all.get(name) ?? new Map<string, Uint8Array>();
      all.set(name, entries);
      return Promise.resolve({
        match: (url: string) => {
          const bytes = entries.get(new URL(url).href);
          return Promise.resolve(bytes && new Response(bytes as Uint8Array<ArrayBuffer>));
        },
        put: async (url: string, response: Response) =>
          void entries.set(new URL(url).href, new Uint8Array(await response.arrayBuffer())),
        delete: (url: string) => Promise.resolve(entries.delete(new URL(url).href)),
        keys: () => Promise.resolve([...entries.keys()].map((url) => ({ url }))),
      });
    },
    delete: (name: string) => Promise.resolve(all.delete(name)),
    keys: () => Promise.resolve([...all.keys()]),
  } as unknown as CacheStorage;
}

/** `navigator.locks`, for one name after the other. */
function fakeLocks() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: (_name: string, _options: unknown, work: () => Promise<unknown>) => {
      const turn = last.then(work);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

describe.each<[string, () => Promise<ModelCache>]>([
  ['on disk', () => Promise.resolve(diskCache(folder))],
  ['in parts', () => Promise.resolve(parts())],
  [
    'of a browser',
    () => {
      vi.stubGlobal('caches', fakeCaches());
      vi.stubGlobal('navigator', { locks: fakeLocks() });
      return browserCache();
    },
  ],
])('a cache %s', (_, open) => {
  test.each([0, 1, 999, 1000, 1001, 5000])('%d bytes come back, in any range', async (size) => {
    const cache = await open();
    const bytes = content(size);
    expect(await cache.find(SOURCE, 'a/b.bin')).toBeNull();
    const file = await fill(cache, bytes);
    expect((await read(file)).equals(bytes)).toBe(true);
    const opened = await ((await cache.find(SOURCE, 'a/b.bin')) as CachedFile).open();
    for (const [start, end] of [
      [0, size],
      [size >> 1, size],
      [size, size],
      [size >> 2, size >> 1],
    ] as const) {
      expect(Buffer.from(await opened.read(start, end)).equals(bytes.subarray(start, end))).toBe(true);
    }
    await expect(opened.read(0, size + 1)).rejects.toThrow(/were asked for/);
    await opened.close();
  });

  test.each([300, 1000, 2345])(
    'what came before a failure after %d bytes is the next try’s beginning',
    async (cut) => {
      const cache = await open();
      const bytes = content(4000);
      const broken = cache.fill(
        SOURCE,
        'x',
        async (partial) => {
          await partial.begin(VERSION);
          await partial.append(bytes.subarray(0, cut));
          throw new Error('cut');
        },
        () => false,
      );
      await expect(broken).rejects.toThrow('cut');
      expect(await cache.find(SOURCE, 'x')).toBeNull();
      await cache.setFacts(SOURCE, { commit: null, files: null });
      expect((await cache.list())[0]?.partialBytes).toBe(cut);
      const whole = await cache.fill(
        SOURCE,
        'x',
        async (partial) => {
          expect([partial.size, partial.version]).toEqual([cut, VERSION]);
          const kept: Uint8Array[] = [];
          for await (const piece of partial.read()) kept.push(piece);
          expect(Buffer.concat(kept).equals(bytes.subarray(0, cut))).toBe(true);
          await partial.append(bytes.subarray(cut));
          return factsOf(4000);
        },
        () => false,
      );
      expect((await read(whole)).equals(bytes)).toBe(true);
      expect((await cache.list())[0]).toMatchObject({ partialBytes: 0, cached: [{ path: 'x' }] });
    },
  );

  test('a new version takes the place of the old one; a failed one does not', async () => {
    const cache = await open();
    await fill(cache, content(3000, 1));
    const second = content(2500, 2);
    await fill(cache, second);
    expect((await read(await cache.find(SOURCE, 'a/b.bin'))).equals(second)).toBe(true);
    const failing = cache.fill(
      SOURCE,
      'a/b.bin',
      async (partial) => {
        await partial.begin({ etag: '"3"', lastModified: null });
        await partial.append(content(1500, 3));
        throw new Error('cut');
      },
      () => false,
    );
    await expect(failing).rejects.toThrow('cut');
    expect((await read(await cache.find(SOURCE, 'a/b.bin'))).equals(second)).toBe(true);
  });

  test('whoever comes second gets what the first has made', async () => {
    const cache = await open();
    const bytes = content(2000);
    let works = 0;
    const one = () =>
      cache.fill(
        SOURCE,
        'x',
        async (partial) => {
          works++;
          await partial.begin(VERSION);
          await partial.append(bytes);
          return factsOf(2000);
        },
        () => true,
      );
    const both = await Promise.all([one(), one()]);
    for (const file of both) expect((await read(file)).equals(bytes)).toBe(true);
    expect(works).toBe(1);
  });

  test('is listed and cleared', async () => {
    const cache = await open();
    const other = { base: 'https://hub/o/other/resolve/main/', name: 'hub:o/other@main' };
    for (const source of [SOURCE, other]) {
      await cache.setFacts(source, { commit: 'c', files: { x: { size: 1, hash: null } } });
    }
    expect(await cache.facts(SOURCE)).toEqual({ commit: 'c', files: { x: { size: 1, hash: null } } });
    await fill(cache, content(1500));
    await fill(cache, content(10), 'c.json');
    const listed = (await cache.list()).find(({ base }) => base === SOURCE.base);
    expect(listed).toMatchObject({ name: 'hub:o/n@main', commit: 'c', partialBytes: 0 });
    expect(listed?.cached.map(({ path, facts }) => [path, facts.size])).toEqual([
      ['a/b.bin', 1500],
      ['c.json', 10],
    ]);
    await cache.remove(SOURCE, 'c.json');
    expect(await cache.find(SOURCE, 'c.json')).toBeNull();
    expect(await cache.find(SOURCE, 'a/b.bin')).not.toBeNull();
    await cache.remove(SOURCE);
    expect(await cache.find(SOURCE, 'a/b.bin')).toBeNull();
    expect((await cache.list()).map(({ name }) => name)).toEqual(['hub:o/other@main']);
  });

  test('hashes', async () => {
    const cache = await open();
    const hash = cache.createHash('sha256');
    hash.update(content(100).subarray(0, 33));
    hash.update(content(100).subarray(33));
    expect(hash.digest()).toBe(sha256(content(100)));
    const sha1 = cache.createHash('sha1');
    sha1.update(new TextEncoder().encode('abc'));
    expect(sha1.digest()).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  });
});

describe('in parts', () => {
  test('no piece is larger than a part, whatever the file', async () => {
    const entries = new Map<string, Uint8Array>();
    await fill(parts(memoryStore(entries)), content(10_500), 'x', 4000);
    const sizes = [...entries].filter(([name]) => name.startsWith('part/')).map(([, { length }]) => length);
    expect(sizes.sort((a, b) => a - b)).toEqual([500, ...new Array<number>(10).fill(1000)]);
  });

  test('places above 4 GiB are counted right', async () => {
    const each = 16 * 1024 * 1024;
    const size = 5 * 2 ** 30 + 7;
    const path = 'big.safetensors';
    const asked: string[] = [];
    const record = { path, serial: 5, facts: factsOf(size), version: VERSION, size };
    const store: PartStore = {
      ...memoryStore(),
      read: (name) => {
        asked.push(name.split('/').at(-1) ?? '');
        if (name.startsWith('whole/'))
          return Promise.resolve(new TextEncoder().encode(JSON.stringify(record)));
        const index = Number(name.split('/').at(-1));
        return Promise.resolve(new Uint8Array(Math.min(each, size - index * each)).fill(index % 251));
      },
    };
    const file = await partsCache(store, { createHash: createBrowserHash }).find(SOURCE, path);
    const opened = await (file as CachedFile).open();
    expect(opened.size).toBe(size);
    const seam = 4 * 2 ** 30;
    expect([...(await opened.read(seam - 2, seam + 2))]).toEqual([255, 255, 256, 256].map((i) => i % 251));
    expect([...(await opened.read(size - 1, size))]).toEqual([320 % 251]);
    expect(asked.slice(1)).toEqual(['255', '256', '320']);
  });

  test('a finished download is not lost where there is no room, and that is said once', async () => {
    const store = memoryStore();
    let room = 2;
    const notes: string[] = [];
    const full: PartStore = {
      ...store,
      write: (name, bytes) => {
        if (name.startsWith('part/') && room-- <= 0)
          return Promise.reject(new DOMException('full', 'QuotaExceededError'));
        return store.write(name, bytes);
      },
    };
    const cache = parts(full, (line) => notes.push(line));
    const bytes = content(5500);
    expect((await read(await fill(cache, bytes))).equals(bytes)).toBe(true);
    expect(notes).toEqual([expect.stringMatching(/there is no room to keep all of a\/b\.bin/)]);
    expect(await cache.find(SOURCE, 'a/b.bin')).toBeNull();
    await cache.setFacts(SOURCE, { commit: null, files: null });
    expect((await cache.list())[0]?.partialBytes).toBe(2000);
  });

  test('after a failure without room, the stored beginning counts', async () => {
    const store = memoryStore();
    let room = 2;
    const full: PartStore = {
      ...store,
      write: (name, bytes) =>
        name.startsWith('part/') && room-- <= 0
          ? Promise.reject(new Error('full'))
          : store.write(name, bytes),
    };
    const bytes = content(5000);
    const work = async (partial: PartialFile) => {
      await partial.begin(VERSION);
      await partial.append(bytes.subarray(0, 4500));
      throw new Error('cut');
    };
    await expect(parts(full).fill(SOURCE, 'x', work, () => false)).rejects.toThrow('cut');
    const next = async (partial: PartialFile) => {
      expect(partial.size).toBe(2000);
      await partial.append(bytes.subarray(2000));
      return factsOf(5000);
    };
    expect((await read(await parts(store).fill(SOURCE, 'x', next, () => false))).equals(bytes)).toBe(true);
  });

  test('a part that found no room is a gap, and nothing behind it is stored or counted', async () => {
    const entries = new Map<string, Uint8Array>();
    const store = memoryStore(entries);
    let written = 0;
    // Room comes back, as when another tab clears its data.
    const tight: PartStore = {
      ...store,
      write: (name, bytes) =>
        name.startsWith('part/') && ++written === 2
          ? Promise.reject(new Error('full'))
          : store.write(name, bytes),
    };
    const bytes = content(5000);
    let died: Map<string, Uint8Array> | null = null;
    const work = async (partial: PartialFile) => {
      await partial.begin(VERSION);
      await partial.append(bytes);
      // What a tab leaves that is closed now.
      died = new Map(entries);
      return factsOf(5000);
    };
    const file = await parts(tight).fill(SOURCE, 'x', work, () => false);
    expect((await read(file)).equals(bytes)).toBe(true);
    for (const left of [died ?? new Map(), entries]) {
      expect([...left.keys()].filter((name) => name.startsWith('part/'))).toHaveLength(1);
      const next = async (partial: PartialFile) => {
        expect(partial.size).toBe(1000);
        await partial.append(bytes.subarray(1000));
        return factsOf(5000);
      };
      const again = await parts(memoryStore(left)).fill(SOURCE, 'x', next, () => false);
      expect((await read(again)).equals(bytes)).toBe(true);
    }
  });

  test('where the browser gives no storage, memory serves', async () => {
    vi.stubGlobal('caches', { open: () => Promise.reject(new DOMException('no', 'SecurityError')) });
    const cache = await browserCache();
    expect(cache.place).toBe('memory');
    expect((await read(await fill(cache, content(10)))).length).toBe(10);
  });

  test('the cache of earlier versions goes', async () => {
    const storage = fakeCaches();
    await storage.open('mailgym-models');
    await openCacheStorage(storage);
    expect(await storage.keys()).toEqual(['mailgym-downloads']);
  });
});

describe('on disk', () => {
  test('a file that was changed behind the cache’s back is not taken for whole', async () => {
    const cache = diskCache(folder);
    await fill(cache, content(100));
    const [source] = await readdir(folder);
    await writeFile(join(folder, source ?? '', 'files', 'a', 'b.bin'), 'short');
    expect(await cache.find(SOURCE, 'a/b.bin')).toBeNull();
  });

  test('what cannot be written is said with the variable that helps', async () => {
    await writeFile(join(folder, 'file'), '');
    const cache = diskCache(join(folder, 'file', 'inside'));
    await expect(fill(cache, content(10))).rejects.toMatchObject({
      code: 'policy/cache',
      message: expect.stringMatching(/cannot be written.*Set MAILGYM_CACHE/s),
    });
  });

  test('two processes take turns', async () => {
    const cache = diskCache(folder);
    const program = `
      import { diskCache } from ${JSON.stringify(new URL('./cache-node.ts', import.meta.url).href)};
      const cache = diskCache(${JSON.stringify(folder)});
      let worked = 0;
      await cache.fill(${JSON.stringify(SOURCE)}, 'x', async (partial) => {
        worked++;
        await partial.begin({ etag: '"1"', lastModified: null });
        for (let i = 0; i < 50; i++) {
          await partial.append(new Uint8Array(100).fill(i));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return { etag: '"1"', lastModified: null, size: 5000, hash: null, fetched: 1 };
      }, () => true);
      process.stdout.write(String(worked));
    `;
    const script = join(folder, 'writer.mts');
    await writeFile(script, program);
    const writer = () =>
      new Promise<string>((resolve, reject) => {
        const child = spawn(process.execPath, ['--import', 'tsx', script], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let out = '';
        child.stdout.on('data', (text: Buffer) => (out += text.toString()));
        child.on('exit', (status) => (status === 0 ? resolve(out) : reject(new Error(`status ${status}`))));
      });
    const worked = await Promise.all([writer(), writer()]);
    expect(worked.sort()).toEqual(['0', '1']);
    const bytes = await read(await cache.find(SOURCE, 'x'));
    expect(bytes.every((byte, i) => byte === Math.floor(i / 100))).toBe(true);
  });

  test('the lock of a process that is gone is taken; that of a living one is waited for', async () => {
    const lock = join(folder, 'lock');
    await writeFile(lock, JSON.stringify({ host: 'another machine', pid: 1 }));
    const old = new Date(Date.now() - 60_000);
    await utimes(lock, old, old);
    expect(await withLock(lock, () => Promise.resolve('mine'))).toBe('mine');
    await expect(stat(lock)).rejects.toThrow();
    await writeFile(lock, JSON.stringify({ host: 'another machine', pid: 1 }));
    const control = new AbortController();
    const waiting = withLock(lock, () => Promise.resolve('mine'), control.signal);
    const reason = new Error('enough');
    control.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

test('tags that are hashes', () => {
  expect(hashOfEtag(`"${'A'.repeat(64)}"`)).toEqual({ name: 'sha256', hex: 'a'.repeat(64) });
  expect(hashOfEtag(`W/"${'0'.repeat(40)}"`)).toEqual({ name: 'git-sha1', hex: '0'.repeat(40) });
  for (const tag of [null, '"abc"', `"${'g'.repeat(64)}"`, `"${'a'.repeat(32)}-2"`])
    expect(hashOfEtag(tag)).toBeNull();
});

test('Retry-After in seconds and as a date', () => {
  expect(retryAfter('7')).toBe(7000);
  expect(retryAfter('Fri, 27 Nov 2026 10:00:05 GMT', Date.parse('2026-11-27T10:00:00Z'))).toBe(5000);
  expect(retryAfter('Fri, 27 Nov 2026 09:00:00 GMT', Date.parse('2026-11-27T10:00:00Z'))).toBe(0);
  expect(retryAfter('soon')).toBeNull();
  expect(retryAfter(null)).toBeNull();
});
