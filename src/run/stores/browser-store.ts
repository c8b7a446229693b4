/** A browser's store, or memory where it refuses one: a run is worth more than that it be kept. */
import { openOpfsStore } from './opfs-store';
import { MemoryStore } from './memory-store';
import type { RunStore } from './run-store';

export interface BrowserStore {
  readonly store: RunStore;
  /** False: it is gone with the page. */
  readonly lasts: boolean;
}

/** Never rejects. @param open for tests */
export async function openBrowserStore(
  folder: string,
  open: (folder: string) => Promise<RunStore> = openOpfsStore,
): Promise<BrowserStore> {
  try {
    return { store: await open(folder), lasts: true };
  } catch {
    return { store: new MemoryStore(), lasts: false };
  }
}
