/** Runs in a folder on disk. Not named `*.node.ts`: tsx takes that ending for a native addon. */
import { mkdir, open, readFile, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunStore } from './run-store';
import { foreign } from '../../errors';
import { StorageError } from '../../errors/storage';
import { isRunning } from './running-node';
import { Queue, byCodeUnit, isTemporary, segmentsOf, temporaryName, writeError } from './store-paths';

/** Tells this process from an earlier one of the same number, as a restarted container has. */
const PROCESS = crypto.randomUUID().slice(0, 8);

/** The calls that writing makes, so that tests can let one of them fail. */
export interface WriteCalls {
  readonly open: typeof open;
  readonly rename: typeof rename;
}

/** Opens (and creates) a folder as a store, and removes what a crashed process left half-written in it. */
export async function openFsStore(folder: string, calls: WriteCalls = { open, rename }): Promise<RunStore> {
  try {
    await mkdir(folder, { recursive: true });
    await removeLeftovers(folder);
  } catch (cause) {
    throw StorageError.of('storage/folder', { folder, reason: foreign(cause) }, { cause });
  }
  return new FsStore(folder, calls);
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const path of await filesBelow(folder, '', '')) {
    if (isTemporary(path) && !isBeingWritten(path)) await rm(join(folder, path), { force: true });
  }
}

/** Whether the process that made a temporary file may still be writing it. */
function isBeingWritten(temporary: string): boolean {
  const [, pid, owner] = /-(\d+)-(\w+)-\d+$/.exec(temporary) ?? [];
  return Number(pid) === process.pid ? owner === PROCESS : isRunning(Number(pid));
}

let writes = 0;

class FsStore implements RunStore {
  readonly #folder: string;
  readonly #calls: WriteCalls;
  readonly #queue = new Queue();

  constructor(folder: string, calls: WriteCalls) {
    this.#folder = folder;
    this.#calls = calls;
  }

  async list(prefix = ''): Promise<string[]> {
    // Only the folder that the prefix lies in need be walked.
    const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (parent !== '') segmentsOf(parent.slice(0, -1));
    const paths = await this.#queue.run(() => filesBelow(join(this.#folder, parent), parent, prefix));
    return paths.filter((path) => path.startsWith(prefix) && !isTemporary(path)).sort(byCodeUnit);
  }

  async read(path: string): Promise<Uint8Array | null> {
    const file = this.#path(path);
    return await this.#queue.run(async () => {
      try {
        return new Uint8Array(await readFile(file));
      } catch (cause) {
        if (isAbsent(cause)) return null;
        throw StorageError.of('storage/read', { path: file, reason: foreign(cause) }, { cause });
      }
    });
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const file = this.#path(path);
    const temporary = temporaryName(file, `${process.pid}-${PROCESS}-${writes++}`);
    await this.#queue.run(async () => {
      try {
        await mkdir(dirname(file), { recursive: true });
        const handle = await this.#calls.open(temporary, 'w');
        try {
          await handle.writeFile(bytes);
          // Without this, a power cut after the rename can leave an empty file under the final name.
          await handle.sync();
        } finally {
          await handle.close();
        }
        await this.#calls.rename(temporary, file);
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw writeError(path, bytes.byteLength, { folder: this.#folder }, isFull(cause), cause);
      }
    });
  }

  async create(path: string, bytes: Uint8Array): Promise<boolean> {
    const file = this.#path(path);
    return await this.#queue.run(async () => {
      try {
        await mkdir(dirname(file), { recursive: true });
        const handle = await this.#calls.open(file, 'wx');
        try {
          await handle.writeFile(bytes);
        } catch (cause) {
          await rm(file, { force: true }).catch(() => undefined);
          throw cause;
        } finally {
          await handle.close();
        }
        return true;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw writeError(path, bytes.byteLength, { folder: this.#folder }, isFull(cause), cause);
      }
    });
  }

  async append(path: string, text: string): Promise<void> {
    const file = this.#path(path);
    const bytes = new TextEncoder().encode(text);
    await this.#queue.run(async () => {
      try {
        await mkdir(dirname(file), { recursive: true });
        const handle = await this.#calls.open(file, 'a');
        try {
          const { size } = await handle.stat();
          try {
            await handle.writeFile(bytes);
          } catch (cause) {
            await handle.truncate(size).catch(() => undefined);
            throw cause;
          }
        } finally {
          await handle.close();
        }
      } catch (cause) {
        throw writeError(path, bytes.byteLength, { folder: this.#folder }, isFull(cause), cause);
      }
    });
  }

  async remove(path: string): Promise<void> {
    const file = this.#path(path);
    await this.#queue.run(async () => {
      try {
        await rm(file, { recursive: true, force: true });
        await this.#removeEmptyFolders(path);
      } catch (cause) {
        throw StorageError.of('storage/remove', { path: file, reason: foreign(cause) }, { cause });
      }
    });
  }

  /** Of the folders that a removed path lay in. One that is not empty refuses to go. */
  async #removeEmptyFolders(path: string): Promise<void> {
    for (
      let [...folders] = segmentsOf(path).slice(0, -1);
      folders.length > 0;
      folders = folders.slice(0, -1)
    ) {
      try {
        await rmdir(join(this.#folder, ...folders));
      } catch {
        return;
      }
    }
  }

  #path(path: string): string {
    return join(this.#folder, ...segmentsOf(path));
  }
}

/** @param wanted what the paths begin with: folders in which there is none are not walked */
async function filesBelow(folder: string, prefix: string, wanted: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const nested = entries.map(async (entry) => {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) {
      const below = `${path}/`;
      if (!below.startsWith(wanted) && !wanted.startsWith(below)) return [];
      return await filesBelow(join(folder, entry.name), below, wanted);
    }
    return entry.isFile() ? [path] : [];
  });
  return (await Promise.all(nested)).flat();
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
}
