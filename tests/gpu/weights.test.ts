/** Weights that are streamed from an open file lie on the GPU as they should, in every form. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryFiles } from '../../src/engine/files/memory';
import { storageUnits } from '../../src/engine/model/units';
import type { ModelConfig } from '../../src/engine/types';
import { streamWeights } from '../../src/engine/weights/stream';
import { openWeights } from '../../src/engine/weights/weight-files';
import type { ModelWeights } from '../../src/engine/weights/weights-gpu';
import { writeSafetensors } from '../../src/formats/safetensors';
import type { StoredRows, TensorStore } from '../../src/formats/tensor-store';
import type { HostTensors } from '../../src/formats/tensors';
import { Gpu } from '../../src/kernels/gpu';
import { rowWords } from '../../src/kernels/weights/format';
import { packRows, unpackRows } from '../../src/kernels/weights/pack';
import { WEIGHT_FORMATS, type WeightFormat } from '../../src/settings/choices';
import { openGpu, TINY, tinyWeights } from '../fixtures/tiny-policy';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => {
  gpu.device.destroy();
});

const CONFIG: ModelConfig = { ...TINY, vocabSize: 101, tiedEmbeddings: false, qkvBias: true, qkNorm: true };

/** Whatever the GPU holds for a unit, its chunks one after the other. */
async function content(on: Gpu, weights: ModelWeights, key: string): Promise<Uint8Array> {
  const layer = weights.layers[Number(key.split('.')[0])];
  const name = key.split('.').at(-1) as string;
  const one = {
    finalNorm: weights.finalNorm,
    ...layer,
    ...layer?.linear,
    qNorm: layer?.qkNorm?.q,
    kNorm: layer?.qkNorm?.k,
  }[name];
  const unit = storageUnits(CONFIG).find((other) => other.key === key);
  const chunks =
    name === 'embedding' || name === 'head'
      ? weights[name]
      : [{ slice: one, rows: (unit?.elements ?? 0) / (unit?.parts[0]?.shape[1] ?? 1) }];
  const bytes: number[] = [];
  for (const { slice, rows } of chunks) {
    if (slice === undefined || slice === null || !('buffer' in slice)) throw new Error(`No unit ${key}.`);
    const stride = 4 * rowWords(slice.format ?? 'f32', unit?.parts[0]?.shape[1] ?? 1);
    bytes.push(...new Uint8Array(await on.readBytes(slice, rows * stride)));
  }
  return Uint8Array.from(bytes);
}

/** What a unit should be, made of whole tensors. */
function wanted(tensors: HostTensors, wantedFormat: WeightFormat): Map<string, Uint8Array> {
  return new Map(
    storageUnits(CONFIG).map(({ key, parts }) => {
      const data = Float32Array.from(parts.flatMap(({ name }) => [...(tensors.get(name)?.data ?? [])]));
      const width = parts[0]?.shape[1];
      const isVocabulary = key === 'embedding' || key === 'head';
      const format = isVocabulary && wantedFormat !== 'f32' ? 'f16' : wantedFormat;
      const words = width === undefined || format === 'f32' ? data : packRows(format, data, width);
      return [key, new Uint8Array(words.buffer)];
    }),
  );
}

describe.each(WEIGHT_FORMATS)('%s', (format) => {
  // All at once; some rows; a row at a time. On a device whose bindings cut the vocabulary, too.
  test.each([
    [2 ** 23, 2 ** 27],
    [100, 2 ** 27],
    [1, 12_288],
  ])('in pieces of %i numbers, bindings of %i bytes', async (pieceNumbers, maxBindingBytes) => {
    const own = new Gpu(gpu.device, { maxBindingBytes });
    const tensors = tinyWeights(CONFIG);
    const store = await openWeights(
      memoryFiles(new Map([['model.safetensors', writeSafetensors(tensors)]]), 'm'),
    );
    const progress: [number, number][] = [];
    const base = await streamWeights(own, CONFIG, store, format, {
      pieceNumbers,
      onProgress: (...values) => progress.push(values),
    });
    for (const [key, bytes] of wanted(tensors, format)) {
      expect(await content(own, base.weights, key), key).toEqual(bytes);
    }
    if (maxBindingBytes === 12_288 && format === 'f32') expect(base.weights.head.length).toBeGreaterThan(1);
    const total = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(progress.at(-1)).toEqual([total, total]);
    expect(progress.every(([loaded], i) => loaded >= (progress[i - 1]?.[0] ?? 0))).toBe(true);
    base.dispose();
  });
});

describe('blocks that a file has already', () => {
  const bits = { int8: 8, int4: 4 } as const;

  /** The first layer's `down` as blocks; its numbers must not be asked for. */
  function withBlocks(tensors: HostTensors, size: number) {
    const random = tensors.get('model.layers.0.mlp.down_proj.weight')?.data ?? new Float32Array();
    const rows = 32;
    const blocksOf = (from: number, to: number) => {
      // Rows are 48 numbers: a file's rows are whole blocks, so the case has 64.
      const scales = Float32Array.from({ length: (to - from) * 2 }, (_, i) => 0.01 * (1 + 2 * from + i));
      const half = 2 ** (size - 1);
      const codes = Int8Array.from({ length: scales.length * 32 }, (_, i) => {
        return (Math.floor(Math.abs(random[(from * 64 + i) % random.length] ?? 0) * 1e4) % (2 * half)) - half;
      });
      return { scales, codes };
    };
    const stored: StoredRows = {
      shape: [rows, 64],
      format: 'Q',
      bytes: 1,
      read: (from, to) => {
        const { scales, codes } = blocksOf(from, to);
        return Promise.resolve(Float32Array.from(codes, (code, i) => code * (scales[i >> 5] as number)));
      },
      blocks: { size: 32, bits: size, read: (from, to) => Promise.resolve(blocksOf(from, to)) },
    };
    const { scales, codes } = blocksOf(0, rows);
    return { stored, values: Float32Array.from(codes, (code, i) => code * (scales[i >> 5] as number)) };
  }

  test.each([
    ['int8', 8],
    ['int8', 4],
    ['int4', 4],
    ['int4', 8],
    ['f16', 8],
  ] as const)('%s from codes of %i bits', async (format, size) => {
    const config = { ...CONFIG, intermediateSize: 64 };
    const tensors = tinyWeights(config);
    const { stored, values } = withBlocks(tensors, size);
    const open = await openWeights(
      memoryFiles(new Map([['model.safetensors', writeSafetensors(tensors)]]), 'm'),
    );
    const name = 'model.layers.0.mlp.down_proj.weight';
    const store: TensorStore = { ...open, tensors: new Map([...open.tensors, [name, stored]]) };
    const { weights, dispose } = await streamed(config, store, format);
    const slice = weights.layers[0]?.linear.down;
    if (slice === undefined) throw new Error('no down');
    const words = new Uint32Array(await gpu.readBytes(slice, 32 * 4 * rowWords(format, 64)));
    const isExact = format !== 'f16' && size <= bits[format];
    const found = unpackRows(format, words, 64);
    if (isExact) expect(found).toEqual(values);
    else expect(found).toEqual(unpackRows(format, packRows(format, values, 64), 64));
    dispose();
  });

  async function streamed(config: ModelConfig, store: TensorStore, format: WeightFormat) {
    const base = await streamWeights(gpu, config, store, format, { pieceNumbers: 320 });
    return { weights: base.weights, dispose: () => base.dispose() };
  }
});

describe('what is refused, and leaves nothing on the GPU', () => {
  test('a weight that is no number', async () => {
    const tensors = tinyWeights(CONFIG);
    const spoilt = tensors.get('model.layers.1.mlp.up_proj.weight')?.data;
    if (spoilt !== undefined) spoilt[70] = Infinity;
    const store = await openWeights(
      memoryFiles(new Map([['model.safetensors', writeSafetensors(tensors)]]), 'm'),
    );
    const own = new Gpu(gpu.device);
    const load = () => streamWeights(own, CONFIG, store, 'int4', { pieceNumbers: 64 });
    const message = /^m: tensor "model\.layers\.1\.mlp\.up_proj\.weight" holds Infinity at position 70/;
    await expect(load()).rejects.toThrow(message);
    const { bytes } = own.memory;
    await expect(load()).rejects.toThrow(message);
    expect(own.memory.bytes).toBe(bytes);
  });
});
