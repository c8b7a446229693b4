/** One folder of a store as a store of its own. */
import type { RunStore } from './stores/run-store';

/** @param folder relative to the store, without slashes at its ends */
export function subStore(store: RunStore, folder: string): RunStore {
  const prefix = `${folder}/`;
  return {
    list: async (below = '') => (await store.list(prefix + below)).map((path) => path.slice(prefix.length)),
    read: (path) => store.read(prefix + path),
    write: (path, bytes) => store.write(prefix + path, bytes),
    create: (path, bytes) => store.create(prefix + path, bytes),
    append: (path, text) => store.append(prefix + path, text),
    remove: (path) => store.remove(prefix + path),
  };
}
