/** An adapter among the files of a run. */
import { type RunStore } from './stores/run-store';
import { StorageError } from '../errors/storage';
import { subStore } from './sub-store';

/** What only a resumed run needs. */
const NOT_FOR_EXPORT = new Set(['optimizer.safetensors', 'trainer_state.json']);

/**
 * The files of a PEFT folder, with its metadata.json.
 * @param folder a run's
 * @param which best_model, final or checkpoint-N
 * @param where the folder as the user calls it
 * @throws StorageError when it is not there
 */
export async function storedAdapter(
  folder: RunStore,
  which: string,
  where: string,
): Promise<Map<string, Uint8Array>> {
  const adapter = subStore(folder, which);
  const files = new Map<string, Uint8Array>();
  for (const name of await adapter.list()) {
    const bytes = NOT_FOR_EXPORT.has(name) ? null : await adapter.read(name);
    if (bytes !== null) files.set(name, bytes);
  }
  if (files.size > 0) return files;
  throw StorageError.of('storage/no-adapter', { where, which });
}
