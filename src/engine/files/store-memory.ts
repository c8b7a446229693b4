import type { PartStore } from './cache-parts';

/** For the time of a process or page, where nothing can be kept. */
export function memoryStore(entries = new Map<string, Uint8Array>()): PartStore {
  const last = new Map<string, Promise<unknown>>();
  return {
    place: 'memory',
    read: (name) => Promise.resolve(entries.get(name) ?? null),
    write: (name, bytes) => Promise.resolve(void entries.set(name, bytes)),
    remove: (name) => Promise.resolve(void entries.delete(name)),
    names: () => Promise.resolve([...entries.keys()]),
    alone: (name, work, signal) => {
      const turn = (last.get(name) ?? Promise.resolve()).then(() => {
        signal?.throwIfAborted();
        return work();
      });
      last.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}
