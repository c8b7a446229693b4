/** The adapter of a stored run, in the forms that other programs load. */
import { StorageError } from '../errors/storage';
import { exportModel, exportType } from '../export/export';
import type { ExportSink } from '../export/sink';
import { exportSize } from '../export/size';
import { openSource } from '../export/source';
import type { FileMap, ModelFiles } from '../formats/files';
import { CONFIG_FILE } from '../report/run-files';
import { CORE_TABLE } from '../settings/table';
import { downloadsOf, type ModelSettings, type RunPlatform } from './session';
import { storedAdapter } from './stored-adapter';
import type { RunStore } from './stores/run-store';
import { subStore } from './sub-store';
import type { ExportRequest } from './types';

export interface ExportRunOptions {
  /** Tensors written, and how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly onNotice?: (message: string) => void;
  /** Ends the export before its next tensor; what it wrote of a file goes away. */
  readonly signal?: AbortSignal;
}

/**
 * About how many bytes {@link exportRun} will write. A model that is not kept here is downloaded for it.
 * @param signal ends the download, of which what came is kept
 * @throws StorageError, PolicyError; the signal's reason
 */
export async function exportRunSize(
  platform: Pick<RunPlatform, 'modelFiles'>,
  runs: RunStore,
  request: ExportRequest,
  signal?: AbortSignal,
): Promise<number> {
  const { files, adapter } = await open(platform, runs, request, signal);
  const source = await openSource(files, adapter);
  try {
    return await exportSize(source, request.format, exportType(request.format, request.type));
  } finally {
    await source.close();
  }
}

/** @throws StorageError, PolicyError; the signal's reason */
export async function exportRun(
  platform: Pick<RunPlatform, 'modelFiles'>,
  runs: RunStore,
  request: ExportRequest,
  sink: ExportSink,
  { onProgress, onNotice, signal }: ExportRunOptions = {},
): Promise<void> {
  const { files, adapter, model } = await open(platform, runs, request, signal);
  let total = 0;
  let done = 0;
  await exportModel(files, sink, {
    format: request.format,
    ...(request.type === undefined ? {} : { type: request.type }),
    adapter,
    baseModel: model.replace(/^hub:/, ''),
    name: exportName(request),
    anyTokenizer: request.anyTokenizer ?? false,
    report: {
      total: (tensors) => (total = tensors),
      tensor: () => {
        signal?.throwIfAborted();
        onProgress?.(done++, total);
      },
      notice: (message) => onNotice?.(message),
    },
  });
}

/** `masked-final`: the run's folder and the adapter. */
export function exportName({ outputDir, which }: ExportRequest): string {
  return `${outputDir.split('/').at(-1) ?? 'mailgym'}-${which}`;
}

async function open(
  platform: Pick<RunPlatform, 'modelFiles'>,
  runs: RunStore,
  { outputDir, which }: ExportRequest,
  signal?: AbortSignal,
): Promise<{ files: ModelFiles; adapter: FileMap; model: string }> {
  const folder = subStore(runs, outputDir);
  const adapter = await storedAdapter(folder, which, outputDir);
  const settings = await settingsOf(folder, outputDir);
  const downloads = { ...downloadsOf(settings), ...(signal === undefined ? {} : { signal }) };
  return { files: await platform.modelFiles(settings.model, downloads), adapter, model: settings.model };
}

async function settingsOf(folder: RunStore, outputDir: string): Promise<ModelSettings> {
  const bytes = await folder.read(CONFIG_FILE);
  try {
    const settings = JSON.parse(new TextDecoder().decode(bytes ?? undefined)) as Partial<ModelSettings>;
    // Runs of the first versions knew no other model.
    const { model = CORE_TABLE.model.default, baseWeights = 'auto', ...rest } = settings;
    return { ...rest, model, baseWeights };
  } catch (cause) {
    throw StorageError.of('storage/no-run', { folder: outputDir }, { cause });
  }
}
