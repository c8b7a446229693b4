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
import { type ExportSink, MemorySink, writeFile } from './sink';
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

/**
 * Parts of what is written that may be left out: headers, the vocabulary of GGUF, the card. They were
 * measured with a model of a million parameters, and are less of any real one.
 */
const LEFT_OUT: Readonly<Record<string, number>> = {
  ...{ 'peft f32': 0.065, 'gguf-adapter f16': 0.075, 'gguf-adapter f32': 0.04 },
  ...{ 'safetensors f16': 0.003, 'safetensors bf16': 0.003, 'safetensors f32': 0.002 },
  ...{ 'gguf q8_0': 0.035, 'gguf f16': 0.019, 'gguf bf16': 0.019, 'gguf f32': 0.01 },
  ...{ 'onnx q4': 0.005, 'onnx fp16': 0.002, 'onnx fp32': 0.001 },
};

test.each(FORMS)('%s %s is about as large as was said', async (format, type) => {
  const source = await openSource(files, adapter);
  const said = await exportSize(source, format, type);
  await source.close();
  const found = [...(await expected(format, type)).values()].reduce((sum, { length }) => sum + length, 0);
  expect(said).toBeLessThanOrEqual(found);
  expect((found - said) / found).toBeLessThan(LEFT_OUT[`${format} ${type}`] ?? 0);
});

test('a tokenizer beside the model counts where it is copied, and not for the one file of GGUF', async () => {
  const with2MB = new Map(await randomModel()).set('tokenizer.model', new Uint8Array(2_000_000));
  const sizeOf = async (from: ModelFiles, format: ExportFormat, type: ExportType) => {
    const source = await openSource(from, adapter);
    const size = await exportSize(source, format, type);
    await source.close();
    return size;
  };
  for (const [format, type, more] of [
    ['gguf', 'q8_0', 0],
    ['safetensors', 'f16', 2_000_000],
    ['onnx', 'q4', 2_000_000],
  ] as const) {
    const plain = await sizeOf(files, format, type);
    expect((await sizeOf(memoryFiles(with2MB, 'random'), format, type)) - plain).toBe(more);
  }
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
  isLocked = false;

  getDirectoryHandle(name: string) {
    const folder = this.folders.get(name) ?? new FakeFolder();
    this.folders.set(name, folder);
    return Promise.resolve(folder);
  }
  getFileHandle(name: string, { create = false } = {}) {
    if (!this.files.has(name)) {
      if (!create) return Promise.reject(new DOMException('no such file', 'NotFoundError'));
      this.files.set(name, []);
    }
    let written: number[] = [];
    return Promise.resolve({
      createWritable: () => {
        if (this.isLocked) {
          return Promise.reject(new DOMException('in use', 'NoModificationAllowedError'));
        }
        return Promise.resolve({
          write: (bytes: Uint8Array) => {
            if (this.isFull) return Promise.reject(new DOMException('no space', 'QuotaExceededError'));
            written = [...written, ...bytes];
            return Promise.resolve();
          },
          // Only then a browser puts it in place.
          close: () => Promise.resolve(void this.files.set(name, written)),
          abort: () => Promise.resolve(),
        });
      },
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

  test('a file of an earlier export outlives one that is given up', async () => {
    const folder = new FakeFolder();
    folder.files.set('a.gguf', [1, 2, 3]);
    const file = await sinkOf(folder).create('a.gguf');
    await file.write(Uint8Array.of(4));
    await file.abort();
    folder.isFull = true;
    await expect(writeFile(sinkOf(folder), 'a.gguf', Uint8Array.of(4))).rejects.toThrow(/no space/);
    folder.isLocked = true;
    await expect(sinkOf(folder).create('a.gguf')).rejects.toThrow(/in use/);
    expect(folder.files.get('a.gguf')).toEqual([1, 2, 3]);
  });

  test('of a file that cannot be begun nothing stays', async () => {
    const folder = new FakeFolder();
    folder.isLocked = true;
    await expect(sinkOf(folder).create('a.gguf')).rejects.toMatchObject({ code: 'storage/export-folder' });
    expect([...folder.files.keys()]).toEqual([]);
  });
});
