/** Finds the files that hold a model's weights and opens them as one store. */
import { type ModelFiles, readJson } from '../../formats/files';
import { openSafetensors } from '../../formats/safetensors';
import type { StoredRows, TensorStore } from '../../formats/tensor-store';
import { PolicyError } from '../../errors/policy';

/** Bytes fetched of all files together; `total` is null until it is known. */
export type FetchProgress = (loaded: number, total: number | null) => void;

const ONE_FILE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/**
 * Opens `model.safetensors`, the shards that `model.safetensors.index.json` lists, or what the source has instead.
 * Only headers are read. Whoever asks closes it.
 * @param onProgress hears of files that must be fetched before they can be read in parts
 * @throws PolicyError
 */
export async function openWeights(files: ModelFiles, onProgress?: FetchProgress): Promise<TensorStore> {
  if (files.openTensors !== undefined) return await files.openTensors(onProgress);
  const { names, totalBytes } = await weightFiles(files);
  const stores: TensorStore[] = [];
  let fetched = 0;
  try {
    for (const name of names) {
      const file = await files.open(name, (part, total) => {
        onProgress?.(fetched + part, names.length === 1 ? total : totalBytes);
      });
      fetched += file.size;
      stores.push(await openSafetensors(file, `${files.origin}: ${name}`));
    }
  } catch (error) {
    await closeAll(stores);
    throw error;
  }
  const tensors = new Map<string, StoredRows>();
  for (const store of stores) {
    for (const [name, tensor] of store.tensors) tensors.set(name, tensor);
  }
  return { origin: files.origin, tensors, close: () => closeAll(stores) };
}

async function closeAll(stores: readonly TensorStore[]): Promise<void> {
  await Promise.all(stores.map((store) => store.close()));
}

async function weightFiles(files: ModelFiles): Promise<{ names: string[]; totalBytes: number | null }> {
  if (await files.has(ONE_FILE)) return { names: [ONE_FILE], totalBytes: null };
  if (!(await files.has(INDEX))) {
    throw PolicyError.of('policy/no-weights', { origin: files.origin, file: ONE_FILE, index: INDEX });
  }
  const json = (await readJson(files, INDEX)) as {
    weight_map?: unknown;
    metadata?: { total_size?: unknown } | null;
  } | null;
  const map = json?.weight_map;
  if (typeof map !== 'object' || map === null) {
    throw PolicyError.of('policy/index-no-map', { origin: files.origin, index: INDEX });
  }
  const names = [...new Set(Object.values(map) as unknown[])];
  if (!names.every((name) => typeof name === 'string' && /^[\w.-]+\.safetensors$/.test(name))) {
    throw PolicyError.of('policy/index-files', {
      origin: files.origin,
      index: INDEX,
      found: names.slice(0, 8).map(String),
    });
  }
  const total = json?.metadata?.total_size;
  return { names: (names as string[]).sort(), totalBytes: typeof total === 'number' ? total : null };
}
