/** A trained policy in the forms that other programs load. */
import { PolicyError } from '../errors/policy';
import type { FileMap, ModelFiles } from '../formats/files';
import { EXPORT_TYPES, type ExportFormat, type ExportType } from '../settings/choices';
import { modelCard } from './card';
import { exportGguf } from './gguf/model';
import { exportGgufAdapter } from './gguf/adapter';
import { exportOnnx } from './onnx/model';
import { exportSafetensors } from './safetensors';
import { type ExportSink, writeFile } from './sink';
import { type ExportSource, openSource } from './source';
import type { Report } from './types';

export interface ExportOptions {
  readonly format: ExportFormat;
  /** How numbers are kept; default: the first of the format's. */
  readonly type?: ExportType;
  /** Files of a PEFT folder, with its metadata.json where there is one; null: the model as it is. */
  readonly adapter: FileMap | null;
  /** What the adapter was trained on, as people call it. */
  readonly baseModel: string | null;
  /** Name of GGUF files, and of the model in them. */
  readonly name: string;
  /** Most bytes of a part where a model may lie in several files; default 5 GB for safetensors, one file for GGUF. */
  readonly maxBytes?: number;
  /** Write GGUF though llama.cpp cuts text otherwise than the model's tokenizer. */
  readonly anyTokenizer?: boolean;
  readonly report?: Partial<Report>;
}

const DEFAULT_SHARD = 5e9;
/** Copied from an adapter's folder. */
const PEFT_FILES = ['adapter_config.json', 'adapter_model.safetensors', 'metadata.json', 'metrics.jsonl'];

/**
 * Writes the files of one format, and a model card beside them. Weights go through memory a tensor at a time.
 * @param files of the model that the adapter was trained on
 * @throws PolicyError for what cannot be read, or has no form in that format; StorageError from the sink
 */
export async function exportModel(
  files: ModelFiles,
  sink: ExportSink,
  options: ExportOptions,
): Promise<void> {
  const { format, adapter, baseModel, name } = options;
  const type = exportType(format, options.type);
  const report = {
    total: () => undefined,
    tensor: () => undefined,
    notice: () => undefined,
    ...options.report,
  };
  if (adapter === null && (format === 'peft' || format === 'gguf-adapter')) {
    throw PolicyError.of('policy/export-no-adapter', { format });
  }
  const source = await openSource(files, adapter);
  try {
    for (const notice of source.adapter?.notices ?? []) report.notice(notice);
    await write(source, sink, { ...options, type }, report);
    const facts = { baseModel, format, type, lora: source.adapter?.lora ?? null };
    const card = modelCard({ ...facts, metadata: metadataOf(adapter) });
    await writeFile(sink, 'README.md', new TextEncoder().encode(card));
  } finally {
    await source.close();
  }

  async function write(
    from: ExportSource,
    to: ExportSink,
    { type: numbers, anyTokenizer = false, maxBytes }: ExportOptions & { readonly type: ExportType },
    telling: Report,
  ): Promise<void> {
    switch (format) {
      case 'peft':
        await copyAdapter(adapter as FileMap, to);
        return;
      case 'safetensors':
        await exportSafetensors(from, to, numbers as 'f16', maxBytes ?? DEFAULT_SHARD, telling);
        return;
      case 'gguf':
        await exportGguf(
          from,
          to,
          { type: numbers as 'f16', name, maxBytes: maxBytes ?? Infinity, anyTokenizer },
          telling,
        );
        return;
      case 'gguf-adapter':
        if (from.adapter === null) return;
        await exportGgufAdapter(
          from.config,
          from.adapter,
          to,
          { type: numbers as 'f16', name, baseModel },
          telling,
        );
        return;
      case 'onnx':
        await exportOnnx(from, to, numbers as 'fp16', telling);
    }
  }
}

/** The type asked for, or the format's first. @throws PolicyError for one that the format does not have */
export function exportType(format: ExportFormat, type: ExportType | undefined): ExportType {
  const types: readonly ExportType[] = EXPORT_TYPES[format];
  if (type === undefined) return types[0] as ExportType;
  if (types.includes(type)) return type;
  throw PolicyError.of('policy/export-type', { format, type, known: types });
}

/** The adapter as it is; where it lies in a folder, without that. */
async function copyAdapter(adapter: FileMap, sink: ExportSink): Promise<void> {
  for (const [path, bytes] of adapter) {
    const own = path.slice(path.lastIndexOf('/') + 1);
    if (PEFT_FILES.includes(own)) await writeFile(sink, own, bytes);
  }
}

function metadataOf(adapter: FileMap | null): Readonly<Record<string, unknown>> | null {
  const path = [...(adapter?.keys() ?? [])].find(
    (name) => name === 'metadata.json' || name.endsWith('/metadata.json'),
  );
  const bytes = path === undefined ? undefined : adapter?.get(path);
  if (bytes === undefined) return null;
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : null;
  } catch {
    // A card without results is better than none.
    return null;
  }
}
