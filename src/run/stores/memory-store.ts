import type { RunStore } from './run-store';
import { byCodeUnit, segmentsOf, writeError } from './store-paths';

/** Keeps files in memory, for tests and for browsers without storage. */
export class MemoryStore implements RunStore {
  readonly #files = new Map<string, Uint8Array>();
  readonly #capacity: number;

  /** @param capacity bytes that all files together may take. */
  constructor(capacity = Infinity) {
    this.#capacity = capacity;
  }

  async list(prefix = ''): Promise<string[]> {
    return [...this.#files.keys()].filter((path) => path.startsWith(prefix)).sort(byCodeUnit);
  }

  async read(path: string): Promise<Uint8Array | null> {
    segmentsOf(path);
    return this.#files.get(path)?.slice() ?? null;
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const segments = segmentsOf(path);
    const folders = segments.map((_, index) => segments.slice(0, index).join('/')).slice(1);
    const folder = folders.find((parent) => this.#files.has(parent));
    const isFolder = [...this.#files.keys()].some((other) => other.startsWith(`${path}/`));
    if (folder !== undefined || isFolder) {
      const fault = { taken: folder ?? path, by: isFolder ? 'folder' : 'file' } as const;
      throw writeError(path, bytes.byteLength, 'memory', false, undefined, fault);
    }
    const others = [...this.#files].reduce(
      (sum, [name, file]) => sum + (name === path ? 0 : file.byteLength),
      0,
    );
    if (others + bytes.byteLength > this.#capacity) {
      throw writeError(path, bytes.byteLength, 'memory', true, undefined);
    }
    this.#files.set(path, bytes.slice());
  }

  async create(path: string, bytes: Uint8Array): Promise<boolean> {
    segmentsOf(path);
    if (this.#files.has(path)) return false;
    await this.write(path, bytes);
    return true;
  }

  async append(path: string, text: string): Promise<void> {
    // No await before the write: two appends at once must not start from the same content.
    const old = this.#files.get(path) ?? new Uint8Array();
    const added = new TextEncoder().encode(text);
    const bytes = new Uint8Array(old.byteLength + added.byteLength);
    bytes.set(old);
    bytes.set(added, old.byteLength);
    await this.write(path, bytes);
  }

  async remove(path: string): Promise<void> {
    segmentsOf(path);
    for (const name of [...this.#files.keys()]) {
      if (name === path || name.startsWith(`${path}/`)) this.#files.delete(name);
    }
  }
}
