/** Models that this browser has downloaded. */
import { browserCache } from '../../engine/files/store-browser';
import type { StoredDownload } from '../types';

export async function listDownloads(): Promise<StoredDownload[]> {
  const sources = await (await browserCache()).list();
  return sources
    .map(({ base, name, commit, cached, partialBytes }) => ({
      base,
      name,
      commit,
      files: cached.length,
      bytes: cached.reduce((sum, { facts }) => sum + facts.size, partialBytes),
      fetched: cached.length === 0 ? null : Math.max(...cached.map(({ facts }) => facts.fetched)),
    }))
    .filter(({ bytes }) => bytes > 0);
}

/** Nothing is wrong where there is none. @param base as {@link StoredDownload.base} */
export async function removeDownload(base: string): Promise<void> {
  await (await browserCache()).remove({ base, name: base });
}
