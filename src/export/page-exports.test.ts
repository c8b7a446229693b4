/** What a page exports: how large it says it will be, and what then lies in the download or the folder. */
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomModel } from '../../tests/support/tiny-gguf';
import { memoryFiles } from '../engine/files/memory';
import { loadModelConfig } from '../engine/model/config';
import { adapterTensors } from '../engine/model/tensors';
import { adapterFolder } from '../engine/peft';
import type { LoraConfig } from '../engine/types';
import type { ModelFiles } from '../formats/files';
import { EXPORT_FORMATS, EXPORT_TYPES, type ExportFormat, type ExportType } from '../settings/choices';
import { exportModel } from './export';
import { type ExportSink, MemorySink } from './sink';
import { directorySink, downloadSink } from './sink-browser';
import { exportSize } from './size';
import { openSource } from './source';

const LORA: LoraConfig = { r: 4, alpha: 8, targets: ['q_proj', 'v_proj', 'down_proj'] };
let files: ModelFiles;
let adapter: Map<string, Uint8Array>;
beforeAll(async () => {
  files = memoryFiles(await randomModel(), 'random');
  const tensors = [...adapterTensors(await loadModelConfig(files), LORA)].map(
    ([name, shape], i) =>
      [
        name,
        {
          shape,
          data: Float32Array.from({ length: (shape[0] ?? 1) * (shape[1] ?? 1) }, (_, j) => Math.sin(i + j)),
        },
      ] as const,
  );
  adapter = adapterFolder(new Map(tensors), LORA, { baseModel: 'random' });
}, 60_000);

const FORMS = EXPORT_FORMATS.flatMap((format) => EXPORT_TYPES[format].map((type) => [format, type] as const));

async function write(format: ExportFormat, type: ExportType, sink: ExportSink): Promise<void> {
  const options = { adapter, baseModel: null, name: 'out', anyTokenizer: true };
  await exportModel(files, sink, { format, type, ...options });
}

async function expected(format: ExportFormat, type: ExportType): Promise<Map<string, Uint8Array>> {
  const sink = new MemorySink();
  await write(format, type, sink);
  return sink.files;
}

test.each(FORMS)('%s %s is about as large as was said', async (format, type) => {
  const source = await openSource(files, adapter);
  const said = await exportSize(source, format, type);
  await source.close();
  const found = [...(await expected(format, type)).values()].reduce((sum, { length }) => sum + length, 0);
  // Headers, the graph of ONNX and the card, which count for nothing in a real model.
  expect(found - said).toBeLessThan(200_000);
  expect(said).toBeLessThan(1.05 * found);
});

describe('a download', () => {
  test.each([
    ['safetensors', 'bf16'],
    ['onnx', 'q4'],
  ] as const)('%s is one zip archive of the same files, the same each time', async (format, type) => {
    const pack = async () => {
      const sink = downloadSink(null);
      await write(format, type, sink);
      return new Uint8Array(await sink.finish().arrayBuffer());
    };
    const zip = await pack();
    const found = unzipSync(zip);
    const wanted = await expected(format, type);
    expect(Object.keys(found).sort()).toEqual([...wanted.keys()].sort());
    for (const [path, bytes] of wanted)
      expect(Buffer.from(bytes).equals(found[path] ?? new Uint8Array(0)), path).toBe(true);
    expect(Buffer.from(await pack()).equals(zip)).toBe(true);
  });

  test('GGUF is that file alone', async () => {
    const sink = downloadSink('.gguf');
    await write('gguf', 'q8_0', sink);
    const found = Buffer.from(await sink.finish().arrayBuffer());
    expect(found.equals((await expected('gguf', 'q8_0')).get('out.gguf') as Uint8Array)).toBe(true);
  });

  test('larger than a piece comes together again', async () => {
    const sink = downloadSink('.gguf');
    const file = await sink.create('a.gguf');
    const bytes = Uint8Array.from({ length: 5_000_011 }, (_, i) => (i * 7) % 251);
    for (let i = 0; i < 7; i++) await file.write(bytes);
    await file.close();
    const found = Buffer.from(await sink.finish().arrayBuffer());
    expect(found.length).toBe(7 * bytes.length);
    for (let i = 0; i < 7; i++)
      expect(found.subarray(i * bytes.length, (i + 1) * bytes.length).equals(bytes)).toBe(true);
  });
});

/** A folder as browsers give it, as far as it is used here. */
class FakeFolder {
  readonly name = 'chosen';
  readonly files = new Map<string, number[]>();
  readonly folders = new Map<string, FakeFolder>();
  isFull = false;

  getDirectoryHandle(name: string) {
    const folder = this.folders.get(name) ?? new FakeFolder();
    this.folders.set(name, folder);
    return Promise.resolve(folder);
  }
  getFileHandle(name: string) {
    this.files.set(name, []);
    let written: number[] = [];
    return Promise.resolve({
      createWritable: () =>
        Promise.resolve({
          write: (bytes: Uint8Array) => {
            if (this.isFull) return Promise.reject(new DOMException('no space', 'QuotaExceededError'));
            written = [...written, ...bytes];
            return Promise.resolve();
          },
          // Only then a browser puts it in place.
          close: () => Promise.resolve(void this.files.set(name, written)),
          abort: () => Promise.resolve(),
        }),
    });
  }
  removeEntry(name: string) {
    return Promise.resolve(void this.files.delete(name));
  }
}

describe('a folder', () => {
  const sinkOf = (folder: FakeFolder) => directorySink(folder as unknown as FileSystemDirectoryHandle);

  test('gets the same files, in folders of their own', async () => {
    const folder = new FakeFolder();
    await write('gguf-adapter', 'f16', sinkOf(folder));
    const wanted = await expected('gguf-adapter', 'f16');
    expect([...folder.files.keys()].sort()).toEqual([...wanted.keys()].sort());
    expect(Uint8Array.from(folder.files.get('out.gguf') ?? [])).toEqual(wanted.get('out.gguf'));
    const file = await sinkOf(folder).create('onnx/a.onnx');
    await file.write(Uint8Array.of(1, 2));
    await file.close();
    expect(folder.folders.get('onnx')?.files.get('a.onnx')).toEqual([1, 2]);
  });

  test('a full disk is told by the file, of which nothing stays', async () => {
    const folder = new FakeFolder();
    folder.isFull = true;
    await expect(write('gguf-adapter', 'f16', sinkOf(folder))).rejects.toMatchObject({
      code: 'storage/export-folder',
      message: expect.stringMatching(/^out\.gguf cannot be written into the folder chosen \(no space\)/),
    });
    expect(folder.files.has('out.gguf')).toBe(false);
  });
});
