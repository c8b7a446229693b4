/**
 * An adapter as GGUF, which llama.cpp (`--lora`) and Ollama (`ADAPTER`) add to the model it was trained on. Keys and
 * names: llama.cpp's `llama-adapter.cpp`.
 */
import { adapterName, linearPath } from '../../engine/model/tensors';
import { loraModules, loraScale } from '../../engine/model/lora-config';
import type { ReadAdapter } from '../../engine/peft';
import type { ModelConfig } from '../../engine/types';
import { rowWidth, type StoredRows } from '../../formats/tensor-store';
import type { HostTensor } from '../../formats/tensors';
import { mapped } from '../rows';
import type { ExportSink } from '../sink';
import type { Report } from '../types';
import { ARCHITECTURES, isPermuted, linearName, permuted } from './names';
import { type GgufTensor, type GgufValue, writeGguf } from './writer';

/**
 * The file has one alpha, and llama.cpp scales by alpha over the rank of each pair. It is chosen so that the first
 * module's scale comes out; where others differ, as with `alpha_pattern` or rank-stabilised adapters of several ranks,
 * their B holds the rest of the factor.
 * @returns the names of the files
 */
export async function exportGgufAdapter(
  config: ModelConfig,
  { lora, tensors }: ReadAdapter,
  sink: ExportSink,
  { type, name, baseModel }: { type: 'f16' | 'f32'; name: string; baseModel: string | null },
  report: Report,
): Promise<string[]> {
  const modules = loraModules(config, lora);
  const first = modules[0] as (typeof modules)[number];
  // Zero would mean a scale of 1 to llama.cpp.
  const alpha = loraScale(lora, first) * first.r || 1;
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', { type: 'text', value: ARCHITECTURES[config.family] }],
    ['general.type', { type: 'text', value: 'adapter' }],
    ['general.name', { type: 'text', value: name }],
    ['general.file_type', { type: 'u32', value: type === 'f32' ? 0 : 1 }],
    ...(baseModel === null
      ? []
      : ([
          ['general.base_model.count', { type: 'u32', value: 1 }],
          ['general.base_model.0.name', { type: 'text', value: baseModel }],
        ] as const)),
    ['adapter.type', { type: 'text', value: 'lora' }],
    ['adapter.lora.alpha', { type: 'f32', value: alpha }],
  ]);
  const list = modules.flatMap((module): GgufTensor[] => {
    const { layer, target, r } = module;
    const half = (which: 'A' | 'B') =>
      rowsOf(tensors.get(adapterName(config, linearPath(layer, target), which)) as HostTensor);
    const factor = (loraScale(lora, module) * r) / alpha;
    const b = factor === 1 ? half('B') : mapped(half('B'), (value) => value * factor);
    const own = `${linearName(layer, target)}.weight`;
    return [
      { name: `${own}.lora_a`, tensor: half('A'), type },
      { name: `${own}.lora_b`, tensor: isPermuted(config, target) ? permuted(b, config.headDim) : b, type },
    ];
  });
  return await writeGguf(sink, name, metadata, list, Infinity, report);
}

function rowsOf({ shape, data }: HostTensor): StoredRows {
  const width = rowWidth(shape);
  return {
    shape,
    format: 'F32',
    bytes: data.byteLength,
    read: (from, to) => Promise.resolve(data.subarray(from * width, to * width)),
  };
}
