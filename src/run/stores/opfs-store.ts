/** Runs in the browser's private file system. https://fs.spec.whatwg.org/ */
import type { RunStore } from './run-store';
import { foreign } from '../../errors';
import { StorageError } from '../../errors/storage';
import { Queue, byCodeUnit, isTemporary, segmentsOf, temporaryName, writeError } from './store-paths';

/** Not in TypeScript's library yet; every engine that has OPFS has it there. */
interface MovableFile extends FileSystemFileHandle {
  move?(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/** Only in dedicated workers. */
interface SyncFile extends FileSystemFileHandle {
  createSyncAccessHandle?(): Promise<SyncHandle>;
}
interface SyncHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/**
 * Opens a folder of the origin's private file system as a store, and removes what an interrupted write left there.
 * @throws StorageError when the browser has none, as in some private windows.
 */
export async function openOpfsStore(folder = 'runs'): Promise<RunStore> {
  let root: FileSystemDirectoryHandle;
  try {
    root = await navigator.storage.getDirectory();
    for (const segment of segmentsOf(folder)) root = await root.getDirectoryHandle(segment, { create: true });
  } catch (cause) {
    throw StorageError.of('storage/no-browser-storage', { reason: foreign(cause) }, { cause });
  }
  const writing = new Set((await navigator.locks.query()).held?.map(({ name }) => name));
  for await (const { parent, name } of filesBelow(root, '', '')) {
    const owner = /[0-9a-f-]{36}$/.exec(name)?.[0];
    if (!isTemporary(name) || writing.has(writerLock(owner ?? ''))) continue;
    await parent.removeEntry(name).catch(() => undefined);
  }
  const owner = crypto.randomUUID();
  // Held as long as the worker lives, so that no other tab takes a file that is being written for one left behind.
  await new Promise<void>((resolve, reject) => {
    navigator.locks
      .request(writerLock(owner), () => {
        resolve();
        return new Promise(() => undefined);
      })
      .catch(reject);
  });
  return new OpfsStore(root, owner);
}

function writerLock(owner: string): string {
  return `mailgym-writer:${owner}`;
}

class OpfsStore implements RunStore {
  readonly #root: FileSystemDirectoryHandle;
  readonly #queue = new Queue();
  readonly #owner: string;

  constructor(root: FileSystemDirectoryHandle, owner: string) {
    this.#root = root;
    this.#owner = owner;
  }

  async list(prefix = ''): Promise<string[]> {
    return await this.#queue.run(async () => {
      const paths: string[] = [];
      for await (const { path } of filesBelow(this.#root, '', prefix)) {
        if (path.startsWith(prefix) && !isTemporary(path)) paths.push(path);
      }
      return paths.sort(byCodeUnit);
    });
  }

  async read(path: string): Promise<Uint8Array | null> {
    const segments = segmentsOf(path);
    return await this.#queue.run(async () => {
      try {
        const { parent, name } = await this.#locate(segments, false);
        const file = await (await parent.getFileHandle(name)).getFile();
        return new Uint8Array(await file.arrayBuffer());
      } catch (cause) {
        if (isAbsent(cause)) return null;
        throw StorageError.of('storage/browser-read', { path, reason: foreign(cause) }, { cause });
      }
    });
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const segments = segmentsOf(path);
    await this.#queue.run(async () => {
      try {
        const { parent, name } = await this.#locate(segments, true);
        const temporary = temporaryName(name, this.#owner);
        const file: MovableFile = await parent.getFileHandle(temporary, { create: true });
        try {
          if (file.move === undefined) {
            await parent.removeEntry(temporary);
            await replaceInPlace(parent, name, bytes);
          } else {
            await replace(file, bytes);
            await file.move(parent, name);
          }
        } catch (cause) {
          await parent.removeEntry(temporary).catch(() => undefined);
          throw cause;
        }
      } catch (cause) {
        throw writeError(path, bytes.byteLength, 'browser', isFull(cause), cause);
      }
    });
  }

  async create(path: string, bytes: Uint8Array): Promise<boolean> {
    // The file system has no such call, so those who try take turns, in this tab and in others.
    return await navigator.locks.request('mailgym-create', async () => {
      if ((await this.read(path)) !== null) return false;
      await this.write(path, bytes);
      return true;
    });
  }

  async append(path: string, text: string): Promise<void> {
    const segments = segmentsOf(path);
    const bytes = new TextEncoder().encode(text);
    await this.#queue.run(async () => {
      try {
        const { parent, name } = await this.#locate(segments, true);
        const file: SyncFile = await parent.getFileHandle(name, { create: true });
        if (file.createSyncAccessHandle === undefined) {
          const { size } = await file.getFile();
          const writable = await file.createWritable({ keepExistingData: true });
          await writable.seek(size);
          await finish(writable, bytes);
        } else {
          const handle = await file.createSyncAccessHandle();
          try {
            writeAll(handle, bytes, handle.getSize());
          } finally {
            handle.close();
          }
        }
      } catch (cause) {
        throw writeError(path, bytes.byteLength, 'browser', isFull(cause), cause);
      }
    });
  }

  async remove(path: string): Promise<void> {
    const segments = segmentsOf(path);
    await this.#queue.run(async () => {
      try {
        const { parent, name } = await this.#locate(segments, false);
        await parent.removeEntry(name, { recursive: true });
        await this.#removeEmptyFolders(segments.slice(0, -1));
      } catch (cause) {
        if (isAbsent(cause)) return;
        throw StorageError.of('storage/browser-remove', { path, reason: foreign(cause) }, { cause });
      }
    });
  }

  /** One that is not empty refuses to go. */
  async #removeEmptyFolders(folders: readonly string[]): Promise<void> {
    for (let depth = folders.length; depth > 0; depth--) {
      try {
        const { parent, name } = await this.#locate(folders.slice(0, depth) as [string], false);
        await parent.removeEntry(name);
      } catch {
        return;
      }
    }
  }

  async #locate(
    segments: readonly string[],
    create: boolean,
  ): Promise<{ parent: FileSystemDirectoryHandle; name: string }> {
    let parent = this.#root;
    for (const segment of segments.slice(0, -1))
      parent = await parent.getDirectoryHandle(segment, { create });
    return { parent, name: segments.at(-1) as string };
  }
}

/** For engines that cannot move files: `createWritable` writes to a copy that replaces the file when it is closed. */
async function replaceInPlace(
  parent: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const existed = await parent.getFileHandle(name).then(
    () => true,
    () => false,
  );
  const file = await parent.getFileHandle(name, { create: true });
  try {
    await finish(await file.createWritable(), bytes);
  } catch (cause) {
    if (!existed) await parent.removeEntry(name).catch(() => undefined);
    throw cause;
  }
}

async function replace(file: SyncFile, bytes: Uint8Array): Promise<void> {
  if (file.createSyncAccessHandle === undefined) {
    await finish(await file.createWritable(), bytes);
    return;
  }
  const handle = await file.createSyncAccessHandle();
  try {
    handle.truncate(0);
    writeAll(handle, bytes, 0);
  } finally {
    handle.close();
  }
}

/** Writes and flushes; on failure the file is cut back to where the write began. */
function writeAll(handle: SyncHandle, bytes: Uint8Array, at: number): void {
  try {
    const written = handle.write(bytes, { at });
    // A full disk shows as a short write in some engines and as an exception in others.
    if (written !== bytes.byteLength) throw new DOMException('short write', 'QuotaExceededError');
    handle.flush();
  } catch (cause) {
    handle.truncate(at);
    throw cause;
  }
}

async function finish(writable: FileSystemWritableFileStream, bytes: Uint8Array): Promise<void> {
  try {
    await writable.write(bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    await writable.abort().catch(() => undefined);
    throw cause;
  }
  await writable.close();
}

/** @param wanted what the paths begin with: folders in which there is none are not walked */
async function* filesBelow(
  parent: FileSystemDirectoryHandle,
  prefix: string,
  wanted: string,
): AsyncGenerator<{ parent: FileSystemDirectoryHandle; name: string; path: string }> {
  for await (const [name, handle] of parent.entries()) {
    if (handle.kind === 'file') yield { parent, name, path: `${prefix}${name}` };
    else {
      const below = `${prefix}${name}/`;
      if (!below.startsWith(wanted) && !wanted.startsWith(below)) continue;
      yield* filesBelow(handle as FileSystemDirectoryHandle, below, wanted);
    }
  }
}

function isAbsent(error: unknown): boolean {
  const { name } = error as DOMException;
  return name === 'NotFoundError' || name === 'TypeMismatchError';
}

function isFull(error: unknown): boolean {
  return (error as DOMException).name === 'QuotaExceededError';
}
