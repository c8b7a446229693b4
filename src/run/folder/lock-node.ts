/** Locks that a Node process takes. */
import { hostname } from 'node:os';
import type { RunStore } from '../stores/run-store';
import { isRunning } from '../stores/running-node';
import { lockFolder, type FolderLock, type LockHolder } from './lock';

/** Locks of this process. A restarted container has the same name and number, but does not know the lock. */
const held = new Set<string>();

export function processHolder(): LockHolder {
  const host = hostname();
  const { pid } = process;
  return {
    owner: `process ${pid} on ${host}`,
    host,
    pid,
    isAlive: (record) => {
      if (record.host !== host || record.pid === null) return null;
      return record.pid === pid ? held.has(record.token) : isRunning(record.pid);
    },
    now: () => Date.now(),
  };
}

/** @throws StorageError when somebody alive holds the folder */
export async function lockFolderInNode(store: RunStore, where: string): Promise<FolderLock> {
  const lock = await lockFolder(store, where, processHolder());
  held.add(lock.token);
  return lock;
}
