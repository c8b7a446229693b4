/** Parts in the browser's Cache Storage, which takes them in windows and workers of every browser. */
import { createBrowserHash } from './hash-browser';
import { partsCache, type PartStore } from './cache-parts';
import type { ModelCache } from './cache';
import { memoryStore } from './store-memory';

const CACHE = 'mailgym-downloads';
/** Of earlier versions: whole files. */
const OLD_CACHES = ['mailgym-models'];

/** Caches go by URL; these are never fetched. */
const PREFIX = 'https://downloads.mailgym.invalid/';

/** @throws where the browser refuses, as in some private windows and frames without an origin */
export async function openCacheStorage(storage: CacheStorage = caches): Promise<PartStore> {
  const cache = await storage.open(CACHE);
  for (const old of OLD_CACHES) await storage.delete(old);
  return {
    place: 'the browser’s storage',
    read: async (name) => {
      const found = await cache.match(PREFIX + name);
      return found === undefined ? null : new Uint8Array(await found.arrayBuffer());
    },
    write: async (name, bytes) =>
      await cache.put(PREFIX + name, new Response(bytes as Uint8Array<ArrayBuffer>)),
    remove: async (name) => void (await cache.delete(PREFIX + name)),
    names: async () =>
      (await cache.keys())
        .map(({ url }) => url)
        .flatMap((url) => (url.startsWith(PREFIX) ? [url.slice(PREFIX.length)] : [])),
    alone: async (name, work, signal) => {
      // Absent where a page came by http.
      const { locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
      if (locks === undefined) return await work();
      return await locks.request(`mailgym-download:${name}`, signal === undefined ? {} : { signal }, work);
    },
  };
}

/** The cache of this browser's origin, or memory where it gives none. */
export async function browserCache(onNote?: (line: string) => void): Promise<ModelCache> {
  const options = { createHash: createBrowserHash, ...(onNote === undefined ? {} : { onNote }) };
  try {
    return partsCache(await openCacheStorage(), options);
  } catch {
    return partsCache(memoryStore(), options);
  }
}
