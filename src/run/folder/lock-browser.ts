/** Locks that a tab takes. The browser's own locks decide, since they end with the tab; the lock file marks the folder. */
import { LOCK_FILE, outputDirs } from '../../report/run-files';
import type { RunStore } from '../stores/run-store';
import { StorageError } from '../../errors/storage';
import { subStore } from '../sub-store';
import { lockFolder, type FolderLock, type LockHolder } from './lock';

/** Takes the lock of a name unless somebody has it: answers how to give it back, else null. */
export type TakeLock = (name: string) => Promise<(() => void) | null>;

/** https://w3c.github.io/web-locks/ */
export const takeWebLock: TakeLock = (name) =>
  new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(null);
        return new Promise<void>((free) => resolve(free));
      })
      .catch(reject);
  });

const held = new Set<string>();

/** Of this worker alone, for what only it has. */
export const takeInMemory: TakeLock = (name) => {
  if (held.has(name)) return Promise.resolve(null);
  held.add(name);
  return Promise.resolve(() => void held.delete(name));
};

export interface ReservedFolder {
  readonly outputDir: string;
  readonly lock: FolderLock;
}

/** Takes the first of `wanted`, `wanted-2`, … that is free and empty. */
export async function reserveFolder(
  runs: RunStore,
  wanted: string,
  take: TakeLock = takeWebLock,
): Promise<ReservedFolder> {
  for (const outputDir of outputDirs(wanted)) {
    const free = await take(lockName(outputDir));
    if (free === null) continue;
    try {
      const paths = await runs.list(`${outputDir}/`);
      if (paths.every((path) => path === `${outputDir}/${LOCK_FILE}`)) {
        return { outputDir, lock: await lockHeld(runs, outputDir, free) };
      }
    } catch (error) {
      free();
      throw error;
    }
    free();
  }
  throw new Error('There is no end to names.');
}

/** @throws StorageError when another tab holds the folder */
export async function lockInBrowser(
  runs: RunStore,
  outputDir: string,
  take: TakeLock = takeWebLock,
): Promise<FolderLock> {
  const free = await take(lockName(outputDir));
  if (free === null) {
    throw StorageError.of('storage/in-use-in-browser', { where: outputDir });
  }
  try {
    return await lockHeld(runs, outputDir, free);
  } catch (error) {
    free();
    throw error;
  }
}

async function lockHeld(runs: RunStore, outputDir: string, free: () => void): Promise<FolderLock> {
  const lock = await lockFolder(subStore(runs, outputDir), outputDir, tabHolder());
  return {
    store: lock.store,
    token: lock.token,
    renew: () => lock.renew(),
    release: async () => {
      try {
        await lock.release();
      } finally {
        free();
      }
    },
  };
}

/** Who holds the browser's lock knows that a lock file in its storage is of a tab that is gone. */
function tabHolder(): LockHolder {
  return {
    owner: 'a tab of this browser',
    host: 'browser',
    pid: null,
    isAlive: () => false,
    now: () => Date.now(),
  };
}

function lockName(outputDir: string): string {
  return `mailgym-run:${outputDir}`;
}
