/** Adapters as the library takes and gives them. */
import { host } from '#platform';
import { unzipFiles, zipFiles } from '../formats/zip';
import type { AdapterFiles, AdapterSource, TrainedAdapter } from './types';

/**
 * Files of an adapter in any form. Whether they are an adapter, and one of the model, is seen when it is used.
 * @throws PolicyError, StorageError when there is nothing of that name, or the bytes are no zip
 */
export async function adapterFiles(adapter: AdapterSource): Promise<AdapterFiles> {
  if (typeof adapter === 'string') return await host.adapterFiles(adapter);
  if (adapter instanceof Uint8Array) return unzipFiles(adapter, 'the adapter');
  return 'files' in adapter ? adapter.files : adapter;
}

/** A zip of a PEFT folder, for a download or another program. Equal adapters give equal bytes. */
export function exportAdapter(adapter: TrainedAdapter | AdapterFiles): Uint8Array {
  return zipFiles('files' in adapter ? adapter.files : adapter);
}
