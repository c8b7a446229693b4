/** Runs in a folder on disk. Not named `*.node.ts`: tsx takes that ending for a native addon. */
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunStore } from './run-store';
import { StorageError } from './run-store';
import { Queue, byCodeUnit, isTemporary, segmentsOf, temporaryName, writeError } from './store-paths';

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
    throw new StorageError(
      `The folder ${folder} cannot be used for runs (${(cause as Error).message}). Choose another outputDir or change ` +
        `its permissions.`,
      { cause },
    );
  }
  return new FsStore(folder, calls);
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const path of await filesBelow(folder, '')) {
    if (isTemporary(path) && !isRunning(Number(/\.tmp-(\d+)/.exec(path)?.[1]))) {
      await rm(join(folder, path), { force: true });
    }
  }
}

/** Whether the process that owns a temporary file may still be writing it. */
function isRunning(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

class FsStore implements RunStore {
  readonly #folder: string;
  readonly #calls: WriteCalls;
  readonly #queue = new Queue();
  #writes = 0;

  constructor(folder: string, calls: WriteCalls) {
    this.#folder = folder;
    this.#calls = calls;
  }

  async list(prefix = ''): Promise<string[]> {
    // Only the folder that the prefix lies in need be walked.
    const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (parent !== '') segmentsOf(parent.slice(0, -1));
    const paths = await this.#queue.run(() => filesBelow(join(this.#folder, parent), parent));
    return paths.filter((path) => path.startsWith(prefix) && !isTemporary(path)).sort(byCodeUnit);
  }

  async read(path: string): Promise<Uint8Array | null> {
    const file = this.#path(path);
    return await this.#queue.run(async () => {
      try {
        return new Uint8Array(await readFile(file));
      } catch (cause) {
        if (isAbsent(cause)) return null;
        throw new StorageError(`${file} cannot be read (${(cause as Error).message}). Check the disk.`, {
          cause,
        });
      }
    });
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const file = this.#path(path);
    const temporary = temporaryName(file, `${process.pid}-${this.#writes++}`);
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
        throw writeError(path, bytes.byteLength, this.#folder, isFull(cause), cause);
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
        throw writeError(path, bytes.byteLength, this.#folder, isFull(cause), cause);
      }
    });
  }

  async remove(path: string): Promise<void> {
    const file = this.#path(path);
    await this.#queue.run(async () => {
      try {
        await rm(file, { recursive: true, force: true });
      } catch (cause) {
        throw new StorageError(
          `${file} cannot be removed (${(cause as Error).message}). Remove it by hand.`,
          { cause },
        );
      }
    });
  }

  #path(path: string): string {
    return join(this.#folder, ...segmentsOf(path));
  }
}

async function filesBelow(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const nested = entries.map(async (entry) => {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) return await filesBelow(join(folder, entry.name), `${path}/`);
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
