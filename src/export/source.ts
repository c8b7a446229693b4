/** What is exported: a model, with or without an adapter, opened but for its weights' content. */
import { readAdapterFolder, type ReadAdapter } from '../engine/peft';
import { adapterName, linearPath } from '../engine/model/tensors';
import { loraModules, loraScale } from '../engine/model/lora-config';
import { loadModelConfig } from '../engine/model/config';
import type { ModelConfig } from '../engine/types';
import { findTensors } from '../engine/weights/find';
import { openWeights } from '../engine/weights/weight-files';
import type { FileMap, ModelFiles } from '../formats/files';
import type { StoredRows } from '../formats/tensor-store';
import type { HostTensor } from '../formats/tensors';
import { mergedRows } from './merge';

export interface ExportSource {
  readonly files: ModelFiles;
  readonly config: ModelConfig;
  readonly adapter: ReadAdapter | null;
  /** Tensors of `expectedTensors`, the adapter folded in; to be read before {@link ExportSource.close}. */
  readonly tensors: ReadonlyMap<string, StoredRows>;
  close(): Promise<void>;
}

/** @throws PolicyError when model or adapter cannot be read, or do not fit each other */
export async function openSource(files: ModelFiles, adapter: FileMap | null): Promise<ExportSource> {
  const config = await loadModelConfig(files);
  const read = adapter === null ? null : readAdapterFolder(adapter, config);
  const store = await openWeights(files);
  try {
    const tensors = new Map(await findTensors(store, config));
    if (read !== null) {
      const { lora, tensors: halves } = read;
      for (const module of loraModules(config, lora)) {
        const path = linearPath(module.layer, module.target);
        const half = (name: 'A' | 'B') => (halves.get(adapterName(config, path, name)) as HostTensor).data;
        const base = tensors.get(`${path}.weight`) as StoredRows;
        const low = { a: half('A'), b: half('B'), rank: module.r, scale: loraScale(lora, module) };
        tensors.set(`${path}.weight`, mergedRows(base, low));
      }
    }
    return { files, config, adapter: read, tensors, close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}
