import { describe, expect, it, test } from 'vitest';
import { randomModel } from '../../tests/support/tiny-gguf';
import { modelOf } from '../engine/files/gguf/files';
import { memoryFiles } from '../engine/files/memory';
import { loadModelConfig } from '../engine/model/config';
import { adapterTensors } from '../engine/model/tensors';
import { adapterFolder } from '../engine/peft';
import type { LoraConfig } from '../engine/types';
import { openWeights } from '../engine/weights/weight-files';
import type { ModelFiles } from '../formats/files';
import { memoryFile } from '../formats/files';
import { readGgufHeader } from '../formats/gguf/header';
import { ggufRows } from '../formats/gguf/store';
import { parseSafetensors, toFloat32 } from '../formats/safetensors';
import type { StoredRows } from '../formats/tensor-store';
import { rowCount } from '../formats/tensor-store';
import { Random } from '../random/philox';
import { exportModel, type ExportOptions } from './export';
import { q8Bytes } from './gguf/quantize';
import { mergedRows } from './merge';
import { MemorySink } from './sink';

const files = memoryFiles(await randomModel(3), 'random');
const config = await loadModelConfig(files);
/** Two modules of other ranks and scales than each other. */
const LORA: LoraConfig = {
  ...{ r: 2, alpha: 3, targets: ['q_proj', 'down_proj'] },
  modules: [
    { layer: 0, target: 'q_proj', r: 2, alpha: 3 },
    { layer: 2, target: 'down_proj', r: 3, alpha: 5 },
  ],
};
const HALVES = new Map(
  [...adapterTensors(config, LORA)].map(([name, shape]) => {
    const random = new Random(5, name);
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.1 * random.normal());
    return [name, { shape, data }] as const;
  }),
);
const adapter = adapterFolder(HALVES, LORA, { baseModel: 'random' });

async function exported(
  options: Partial<ExportOptions> & Pick<ExportOptions, 'format'>,
): Promise<Map<string, Uint8Array>> {
  const sink = new MemorySink();
  const rest = { adapter, baseModel: 'owner/base', name: 'm', anyTokenizer: true };
  await exportModel(files, sink, { ...rest, ...options });
  return sink.files;
}

const all = async (rows: StoredRows | undefined): Promise<number[]> =>
  rows === undefined ? [] : [...(await rows.read(0, rowCount(rows.shape)))];

/** W + scale·B·A of the adapter, by its definition. */
async function merged(): Promise<Map<string, number[]>> {
  const store = await openWeights(files);
  const found = new Map<string, number[]>();
  for (const [name, rows] of store.tensors) found.set(name, await all(rows));
  for (const [path, rank, scale] of [
    ['model.layers.0.self_attn.q_proj', 2, 3 / 2],
    ['model.layers.2.mlp.down_proj', 3, 5 / 3],
  ] as const) {
    const [a, b] = ['lora_A', 'lora_B'].map(
      (half) => HALVES.get(`base_model.model.${path}.${half}.weight`)?.data ?? new Float32Array(),
    ) as [Float32Array, Float32Array];
    const inputs = a.length / rank;
    const weight = found.get(`${path}.weight`) ?? [];
    found.set(
      `${path}.weight`,
      weight.map((value, at) => {
        const [row, column] = [Math.floor(at / inputs), at % inputs];
        let sum = 0;
        for (let j = 0; j < rank; j++)
          sum += scale * (b[row * rank + j] ?? NaN) * (a[j * inputs + column] ?? NaN);
        return Math.fround(value + sum);
      }),
    );
  }
  return found;
}

const asModel = (bytes: Uint8Array | undefined): ModelFiles =>
  modelOf({ ...memoryFiles(new Map([['m.gguf', bytes ?? new Uint8Array()]]), 'out'), file: 'm.gguf' });

/** Largest distance of two models' tensors, by name; all must be there. */
async function gaps(found: ModelFiles, wanted: ReadonlyMap<string, number[]>): Promise<Map<string, number>> {
  const { tensors } = await openWeights(found);
  const result = new Map<string, number>();
  for (const [name, numbers] of wanted) {
    const own = await all(tensors.get(name));
    const gap = numbers.reduce((most, value, i) => Math.max(most, Math.abs(value - (own[i] ?? Infinity))), 0);
    result.set(name, own.length === numbers.length ? gap : Infinity);
  }
  return result;
}

test('W + scale·B·A, whole and in parts', async () => {
  const base: StoredRows = {
    ...{ shape: [2, 3], format: 'F32', bytes: 24 },
    read: (from, to) => Promise.resolve(Float32Array.of(1, 2, 3, 4, 5, 6).subarray(3 * from, 3 * to)),
  };
  const low = { a: Float32Array.of(1, 0, 2, 0, 1, 1), b: Float32Array.of(1, 2, 3, 4), rank: 2, scale: 0.5 };
  // Row 0: ½(1·[1,0,2] + 2·[0,1,1]); row 1: ½(3·[1,0,2] + 4·[0,1,1]).
  expect(await all(mergedRows(base, low))).toEqual([1.5, 3, 5, 5.5, 7, 11]);
  expect([...(await mergedRows(base, low).read(1, 2))]).toEqual([5.5, 7, 11]);
});

describe('GGUF', () => {
  test('f32: read again, the merged model number by number, and its configuration', async () => {
    const model = asModel((await exported({ format: 'gguf', type: 'f32' })).get('m.gguf'));
    expect(Math.max(...(await gaps(model, await merged())).values())).toBeLessThanOrEqual(1e-7);
    const { maxPositions, layers, heads, kvHeads, headDim, rmsNormEps, ropeTheta, tiedEmbeddings } = config;
    expect(await loadModelConfig(model)).toMatchObject({
      ...{ maxPositions, layers, heads, kvHeads, headDim, rmsNormEps, ropeTheta, tiedEmbeddings },
    });
  });

  test('q8_0: matrices within half a step, norms as they are', async () => {
    const wanted = await merged();
    const found = await gaps(asModel((await exported({ format: 'gguf' })).get('m.gguf')), wanted);
    for (const [name, gap] of found) {
      const largest = (wanted.get(name) ?? []).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      // Half a code, and the scale's rounding to 16 bits times 127 codes.
      const step = name.endsWith('norm.weight') ? 0 : (largest / 127) * (0.5 + 127 * 2 ** -11);
      expect(gap, name).toBeLessThanOrEqual(step);
    }
    expect(found.get('model.layers.0.self_attn.q_proj.weight')).toBeGreaterThan(0);
  });

  test('an 8-bit block as ggml makes it: halves away from zero, codes by the scale before it is rounded', () => {
    const numbers = Float32Array.from({ length: 32 }, (_, i) => [127, 0.5, -0.5, 2.5, -2.5, 1.4][i] ?? 0);
    const bytes = q8Bytes(numbers);
    expect(bytes).toHaveLength(34);
    expect([...bytes.subarray(0, 2)]).toEqual([0x00, 0x3c]);
    expect([...new Int8Array(bytes.buffer, 2, 7)]).toEqual([127, 1, -1, 3, -3, 1, 0]);
    expect([...q8Bytes(new Float32Array(32))]).toEqual(new Array(34).fill(0));
  });

  test('in parts, every tensor once', async () => {
    const parts = await exported({ format: 'gguf', type: 'f32', maxBytes: 1.5e6 });
    const names = [...parts.keys()].filter((name) => name.endsWith('.gguf')).sort();
    expect(names.length).toBeGreaterThan(2);
    expect(names[0]).toBe(`m-00001-of-0000${names.length}.gguf`);
    const held: string[] = [];
    for (const name of names) {
      const bytes = parts.get(name) as Uint8Array;
      const { metadata, tensors } = await readGgufHeader(memoryFile(bytes, 'o', name), name);
      held.push(...tensors.map((tensor) => tensor.name));
      expect(metadata.get('split.count')).toBe(names.length);
      expect(bytes.length).toBeLessThan(2.5e6);
    }
    expect(new Set(held).size).toBe(held.length);
    const { tensors } = await openWeights(files);
    expect(held).toHaveLength(tensors.size);
  });

  test('an adapter: one alpha, and B holds what another module scales by otherwise', async () => {
    const bytes = (await exported({ format: 'gguf-adapter', type: 'f32' })).get('m.gguf') as Uint8Array;
    const file = memoryFile(bytes, 'o', 'm.gguf');
    const { metadata, tensors } = await readGgufHeader(file, 'm');
    expect(metadata.get('general.type')).toBe('adapter');
    const alpha = metadata.get('adapter.lora.alpha') as number;
    expect(alpha).toBe(3);
    const rows = (name: string) => {
      const found = tensors.find((tensor) => tensor.name === name);
      return found === undefined ? undefined : ggufRows(file, found, 'm');
    };
    // llama.cpp: alpha over the rank of the pair, which is 3 here, and 5/3 is what it should be.
    const down = await all(rows('blk.2.ffn_down.weight.lora_b'));
    const own = HALVES.get('base_model.model.model.layers.2.mlp.down_proj.lora_B.weight')?.data ?? [];
    expect(down).toHaveLength(own.length);
    down.forEach((value, i) => expect((value * alpha) / 3).toBeCloseTo(((own[i] ?? NaN) * 5) / 3, 6));
    expect(await all(rows('blk.0.attn_q.weight.lora_a'))).toEqual([
      ...(HALVES.get('base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight')?.data ?? []),
    ]);
  });
});

describe('safetensors', () => {
  test('in parts with an index: every tensor where the index says', async () => {
    const made = await exported({ format: 'safetensors', type: 'f32', maxBytes: 1.5e6 });
    const index = JSON.parse(new TextDecoder().decode(made.get('model.safetensors.index.json'))) as {
      weight_map: Record<string, string>;
      metadata: { total_size: number };
    };
    const wanted = await merged();
    expect(Object.keys(index.weight_map).sort()).toEqual([...wanted.keys()].sort());
    expect(new Set(Object.values(index.weight_map)).size).toBeGreaterThan(2);
    expect(index.metadata.total_size).toBe(
      4 * [...wanted.values()].reduce((sum, { length }) => sum + length, 0),
    );
    const found = await gaps(memoryFiles(made, 'out'), wanted);
    expect(Math.max(...found.values())).toBeLessThanOrEqual(1e-7);
  });

  test('bf16 is what it says, and the configuration says it', async () => {
    const made = await exported({ format: 'safetensors', type: 'bf16' });
    const { tensors } = parseSafetensors(made.get('model.safetensors') as Uint8Array, 'out');
    const name = 'model.layers.1.mlp.up_proj.weight';
    const own = tensors.get(name);
    expect(own?.dtype).toBe('BF16');
    const wanted = (await merged()).get(name) ?? [];
    const found = own === undefined ? [] : [...toFloat32(own, name, 'out')];
    wanted.forEach((value, i) =>
      expect(Math.abs((found[i] ?? NaN) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -8),
    );
    const kept = JSON.parse(new TextDecoder().decode(made.get('config.json'))) as Record<string, unknown>;
    expect([kept['torch_dtype'] ?? kept['dtype'], kept['model_type']]).toEqual(['bfloat16', 'llama']);
  });
});

test('a PEFT folder is the adapter’s own files and a card', async () => {
  const made = await exported({ format: 'peft' });
  expect([...made.keys()].sort()).toEqual(['README.md', 'adapter_config.json', 'adapter_model.safetensors']);
  expect(made.get('adapter_model.safetensors')).toEqual(adapter.get('adapter_model.safetensors'));
  const card = new TextDecoder().decode(made.get('README.md'));
  expect(card).toContain('base_model: owner/base');
  expect(card).toContain('rank 2 and 3');
});

test.each<[string, Partial<ExportOptions> & Pick<ExportOptions, 'format'>, RegExp]>([
  ['an adapter’s form without an adapter', { format: 'peft', adapter: null }, /adapter/],
  ['a type of another form', { format: 'onnx', type: 'q8_0' }, /onnx has no type q8_0.*q4/],
  ['parts that hold nothing', { format: 'safetensors', maxBytes: 0 }, /0 bytes/],
])('%s is refused', async (_, options, message) => {
  await expect(exported(options)).rejects.toThrow(message);
});

it.each<[ExportOptions['format'], ExportOptions['type']]>([
  ['safetensors', 'f16'],
  ['gguf', 'q8_0'],
  ['gguf-adapter', 'f16'],
  ['onnx', 'fp32'],
  ['onnx', 'q4'],
])('%s %s tells how many tensors it will write, and then of each', async (format, type) => {
  const told: (string | number)[] = [];
  const report = {
    total: (tensors: number) => void told.push(tensors),
    tensor: (name: string) => void told.push(name),
  };
  await exported({ format, ...(type === undefined ? {} : { type }), report });
  const [total, ...names] = told;
  expect(total).toBeGreaterThan(0);
  expect(names).toHaveLength(total as number);
  expect(new Set(names).size).toBe(total);
  const stopped = exported({
    format,
    ...(type === undefined ? {} : { type }),
    report: {
      tensor: () => {
        throw new RangeError('stopped');
      },
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
});
