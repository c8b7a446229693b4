/** Models at an address: what is there, and what is used when nobody can be asked. */
import { describe, expect, test } from 'vitest';
import { CACHES, FILE, base, serveDownloads, server } from '../../../tests/support/downloads';
import type { ModelCache } from './cache';
import { partsCache } from './cache-parts';
import { createBrowserHash } from './hash-browser';
import { memoryStore } from './store-memory';
import { urlFiles, type DownloadOptions } from './url';

serveDownloads();

describe.each(CACHES)('an address, %s', (_, open) => {
  const address = () => `${base}/m`;
  const at = (cache: ModelCache, options: DownloadOptions = {}) =>
    urlFiles(address(), { cache, retries: 0, backoffMs: 1, ...options });

  test('a cached file is used while the server reports the same version, or cannot be asked', async () => {
    server.files.set('/m/config.json', Buffer.from('{"a":1}'));
    const cache = open();
    await at(cache).read('config.json');
    await at(cache).read('config.json');
    expect(server.asked).toEqual(['GET /m/config.json', 'HEAD /m/config.json']);
    server.files.set('/m/config.json', Buffer.from('{"a":2}'));
    expect(Buffer.from(await at(cache).read('config.json')).toString()).toBe('{"a":2}');
    expect(server.asked.slice(2)).toEqual(['HEAD /m/config.json', 'GET /m/config.json']);
    const away = at(cache, { fetch: () => Promise.reject(new TypeError('offline')) });
    expect(Buffer.from(await away.read('config.json')).toString()).toBe('{"a":2}');
    expect(await away.has('config.json')).toBe(true);
    await expect(away.read('other.json')).rejects.toThrow(/could not be reached.*network connection/);
    server.plan.set('/m/config.json', [{ status: 503 }]);
    expect(Buffer.from(await at(cache).read('config.json')).toString()).toBe('{"a":2}');
  });

  test('knows what is there; a page is no file, and 403 may mean that there is none', async () => {
    server.files.set('/m/config.json', Buffer.from('{}'));
    server.plan.set('/m/page.json', [{ body: '<html>', headers: { 'content-type': 'text/html' } }]);
    server.plan.set('/m/secret.json', [{ status: 403 }, { status: 403 }]);
    const files = at(open());
    expect(await files.has('config.json')).toBe(true);
    expect(await files.has('none.json')).toBe(false);
    expect(await files.has('page.json')).toBe(false);
    expect(await files.has('secret.json')).toBe(false);
    await expect(files.read('secret.json')).rejects.toThrow(/not public/);
    await expect(files.read('none.json')).rejects.toThrow(/there is no none\.json/);
  });

  test('what a server has no longer is not there, kept or not; offline, what is kept is', async () => {
    server.files.set('/m/config.json', Buffer.from('{}'));
    const cache = open();
    await at(cache).read('config.json');
    server.files.delete('/m/config.json');
    expect(await at(cache).has('config.json')).toBe(false);
    expect(await at(cache, { offline: true }).has('config.json')).toBe(true);
  });

  test('a GGUF file by its address', async () => {
    server.files.set('/m/a.gguf', FILE);
    const files = urlFiles(`${base}/m/a.gguf`, { cache: open() });
    expect(files.file).toBe('a.gguf');
    const file = await files.open('a.gguf');
    expect(Buffer.from(await file.read(5, 9)).equals(FILE.subarray(5, 9))).toBe(true);
    await file.close();
  });

  test.each(['models/x', 'ftp://a/b'])('"%s" is refused', (relative) => {
    expect(() => urlFiles(relative)).toThrow(/no absolute address/);
  });
});

test('the page’s service worker, which has no network, is not taken for a server without the file', async () => {
  const cache = partsCache(memoryStore(), { createHash: createBrowserHash });
  server.files.set('/m/config.json', Buffer.from('{"a":1}'));
  await urlFiles(`${base}/m`, { cache }).read('config.json');
  const offline = new Response(null, { status: 404, headers: { 'x-mailgym-offline': '1' } });
  const asked: string[] = [];
  const worker: typeof fetch = (_, init) => {
    asked.push(init?.method ?? '');
    return init?.method === 'HEAD'
      ? Promise.resolve(offline)
      : Promise.reject(new TypeError('Failed to fetch'));
  };
  const files = urlFiles(`${base}/m`, { cache, fetch: worker, retries: 0 });
  expect(await files.has('config.json')).toBe(true);
  expect(await files.has('generation_config.json')).toBe(false);
  expect(new TextDecoder().decode(await files.read('config.json'))).toBe('{"a":1}');
  expect(asked).toEqual(['HEAD', 'HEAD', 'HEAD']);
  // A server that has the file no longer is believed.
  const gone: typeof fetch = () => Promise.resolve(new Response(null, { status: 404 }));
  const without = urlFiles(`${base}/m`, { cache, fetch: gone, retries: 0 });
  expect(await without.has('config.json')).toBe(false);
  await expect(without.read('config.json')).rejects.toThrow(/there is no config\.json/);
});
