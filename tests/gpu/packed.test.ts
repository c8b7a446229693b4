/**
 * Packed base weights. What is computed must be what f32 weights of the same, already rounded values give, so the
 * tolerances are those of float32; how well rounded weights stand for the originals is no question of these tests.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { openDevice } from '../../src/kernels/device';
import { embed } from '../../src/kernels/embedding/embedding';
import { Gpu, type Slice } from '../../src/kernels/gpu';
import { matmul } from '../../src/kernels/matmul/matmul';
import { vocabularyGradient, vocabularyLogProbs } from '../../src/kernels/vocabulary/vocabulary';
import { type PackedFormat, rowWords } from '../../src/kernels/weights/format';
import { packRows, unpackRows } from '../../src/kernels/weights/pack';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import {
  type LoraConfig,
  type LossResult,
  type ModelConfig,
  type SequenceRequest,
} from '../../src/engine/types';
import { type HostTensors } from '../../src/formats/tensors';
import { TOKEN_SOURCE } from '../../src/tokens/types';
import { storageUnits } from '../../src/engine/model/units';
import { unitFormat } from '../../src/engine/weights/storage';
import { Random } from '../../src/random/philox';
import {
  batchOf,
  GEMMA3,
  LORA,
  LOSS,
  randomAdapter,
  randomBatch,
  SAMPLE,
  SMOLLM3,
  TINY,
  tinyWeights,
} from '../fixtures/tiny-policy';

const FORMATS = ['f16', 'int8', 'int4'] as const;

/** Lanes share loads; they do not; a device with the smallest limits. */
const MACHINES = ['shared loads', 'no shared loads', 'smallest limits'] as const;
type Machine = (typeof MACHINES)[number];

/** Opened once each, because most of the time goes into compiling. */
const opened = new Map<Machine, Promise<Gpu>>();
afterAll(async () => {
  for (const gpu of opened.values()) (await gpu).device.destroy();
});

function open(machine: Machine = 'shared loads'): Promise<Gpu> {
  let gpu = opened.get(machine);
  if (gpu === undefined) opened.set(machine, (gpu = openNew(machine)));
  return gpu;
}

async function openNew(machine: Machine): Promise<Gpu> {
  const limits = machine === 'smallest limits' ? 'minimum' : 'adapter';
  const { gpu } = await openDevice(await createDawnGpu(), { limits });
  if (machine === 'no shared loads') Object.defineProperty(gpu, 'sharedLanes', { value: 0 });
  return gpu;
}

/** Normal numbers whose sizes differ from row to row and, sixteen by sixteen, within rows. */
function matrix(label: string, rows: number, width: number): Float32Array {
  const random = new Random(4, label);
  return Float32Array.from({ length: rows * width }, (_, i) => {
    const size = 0.1 * (1 + (Math.floor(i / width) % 3)) * (1 + (Math.floor((i % width) / 16) % 4));
    return size * random.normal();
  });
}

/** Packed on the GPU, and the float32 values that it stands for. */
function packed(gpu: Gpu, format: PackedFormat, data: Float32Array, width: number) {
  const words = packRows(format, data, width);
  const slice: Slice = { ...gpu.upload(words), format };
  return { slice, values: unpackRows(format, words, width) };
}

function expectClose(found: Float32Array, wanted: Float64Array, tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  const largest = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  const gap = found.reduce((most, x, i) => Math.max(most, Math.abs(x - (wanted[i] as number))), 0);
  expect(found.every(Number.isFinite)).toBe(true);
  expect(gap / largest).toBeLessThan(tolerance);
}

describe.each(FORMATS)('kernels on %s weights equal float64', (format) => {
  test.each(MACHINES)('matrix products, %s', async (machine) => {
    const gpu = await open(machine);
    // Even widths of vec4, a block and a part, odd ones, fewer than four; from one row to two tiles.
    for (const [rows, inputs, outputs] of [
      [1, 64, 12],
      [3, 36, 20],
      [19, 72, 40],
      [5, 45, 33],
      [1, 3, 2],
    ] as const) {
      const x = matrix('x', rows, inputs);
      const dy = matrix('dy', rows, outputs);
      const { slice: w, values } = packed(gpu, format, matrix('w', outputs, inputs), inputs);
      const slices = [
        gpu.upload(x),
        gpu.upload(dy),
        gpu.alloc(rows * outputs),
        gpu.alloc(rows * inputs),
      ] as const;
      const [xSlice, dySlice, y, dx] = slices;
      // The first output row of a module need not be 0, as in windows of the vocabulary.
      const split = Math.floor(outputs / 8) * 4;
      const forward = {
        layout: 'nt',
        a: xSlice,
        b: w,
        out: y,
        lda: inputs,
        ldb: inputs,
        ldo: outputs,
      } as const;
      matmul(gpu, {
        ...forward,
        modules: [
          { width: split, height: rows, inner: inputs },
          { width: outputs - split, height: rows, inner: inputs, b0: split, o0: split },
        ].filter(({ width }) => width > 0),
      });
      const backward = {
        layout: 'nn',
        a: dySlice,
        b: w,
        out: dx,
        lda: outputs,
        ldb: inputs,
        ldo: inputs,
      } as const;
      matmul(gpu, { ...backward, modules: [{ width: inputs, height: rows, inner: split }] });
      matmul(gpu, {
        ...backward,
        accumulate: true,
        modules: [{ width: inputs, height: rows, inner: outputs - split, a0: split, bRow0: split }],
      });
      const wantedY = new Float64Array(rows * outputs);
      const wantedDx = new Float64Array(rows * inputs);
      for (let r = 0; r < rows; r++) {
        for (let o = 0; o < outputs; o++) {
          for (let i = 0; i < inputs; i++) {
            const weight = values[o * inputs + i] as number;
            wantedY[r * outputs + o]! += (x[r * inputs + i] as number) * weight;
            wantedDx[r * inputs + i]! += (dy[r * outputs + o] as number) * weight;
          }
        }
      }
      expectClose(await gpu.read(y), wantedY, 2e-6);
      expectClose(await gpu.read(dx), wantedDx, 2e-6);
      gpu.free(w, ...slices);
    }
  });

  test('embedding and vocabulary, cut by rows', async () => {
    const gpu = await open();
    for (const width of [40, 30]) {
      const vocabulary = 101;
      const table = matrix('table', vocabulary, width);
      const parts = [
        [0, 56],
        [56, 45],
      ].map(([firstRow = 0, rows = 0]) => ({
        firstRow,
        rows,
        ...packed(gpu, format, table.subarray(firstRow * width, (firstRow + rows) * width), width),
      }));
      const values = Float64Array.from(parts.flatMap((part) => [...part.values]));
      const ids = [3, 100, 56, 55, 0, 77, 3];
      const count = ids.length;
      const idSlice = gpu.upload(Int32Array.from(ids));
      const out = gpu.alloc(count * width);
      embed(gpu, idSlice, parts, out, count, width);
      const rowsOf = (list: readonly number[]) =>
        Float64Array.from(list.flatMap((id) => [...values.subarray(id * width, (id + 1) * width)]));
      expectClose(await gpu.read(out), rowsOf(ids), 1e-7);

      const hidden = matrix('hidden', count, width);
      const [logp, entropy, lse] = [gpu.alloc(count), gpu.alloc(count), gpu.alloc(count)] as const;
      const dhidden = gpu.alloc(count * width);
      const shape = { rows: count, width, vocabulary, temperature: 0.7 };
      const io = { hidden: gpu.upload(hidden), head: parts, target: idSlice };
      vocabularyLogProbs(gpu, { ...io, logp, entropy, lse }, shape);
      const dlogp = Float32Array.from(ids, (_, r) => 1 + r / 3);
      const dentropy = gpu.upload(new Float32Array(count));
      vocabularyGradient(gpu, { ...io, lse, entropy, dlogp: gpu.upload(dlogp), dentropy, dhidden }, shape);
      const wantedLogp = new Float64Array(count);
      const wantedD = new Float64Array(count * width);
      ids.forEach((id, r) => {
        const logits = Array.from({ length: vocabulary }, (_, v) => {
          let sum = 0;
          for (let c = 0; c < width; c++)
            sum += (hidden[r * width + c] as number) * (values[v * width + c] as number);
          return sum / shape.temperature;
        });
        const total = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
        wantedLogp[r] = (logits[id] as number) - total;
        logits.forEach((z, v) => {
          const d = ((dlogp[r] as number) * ((v === id ? 1 : 0) - Math.exp(z - total))) / shape.temperature;
          for (let c = 0; c < width; c++) wantedD[r * width + c]! += d * (values[v * width + c] as number);
        });
      });
      expectClose(await gpu.read(logp), wantedLogp, 5e-6);
      expectClose(await gpu.read(dhidden), wantedD, 5e-6);
    }
  });
});

/** No width is a multiple of 32, most are none of four; three query heads share one key head. */
const ODD: ModelConfig = {
  ...TINY,
  vocabSize: 101,
  hiddenSize: 30,
  heads: 3,
  kvHeads: 1,
  headDim: 10,
  intermediateSize: 45,
};
/** Multiples of four, not of 32. */
const FOURS: ModelConfig = { ...TINY, vocabSize: 100, hiddenSize: 36, headDim: 12, intermediateSize: 52 };
const TWO_TARGETS: LoraConfig = { r: 3, alpha: 6, targets: ['v_proj', 'down_proj'] };

const MODELS: readonly (readonly [string, ModelConfig, LoraConfig, Machine])[] = [
  ['Llama', FOURS, LORA, 'shared loads'],
  ['Qwen2 with biases', { ...FOURS, family: 'qwen2', qkvBias: true }, LORA, 'shared loads'],
  ['Qwen3, untied', { ...TINY, family: 'qwen3', qkNorm: true, tiedEmbeddings: false }, LORA, 'shared loads'],
  ['odd sizes at the smallest limits', ODD, LORA, 'smallest limits'],
  [
    'odd Qwen2, two targets',
    { ...ODD, family: 'qwen2', qkvBias: true, tiedEmbeddings: false },
    TWO_TARGETS,
    'smallest limits',
  ],
  ['Gemma 3', GEMMA3, LORA, 'smallest limits'],
  ['SmolLM3, two targets', SMOLLM3, TWO_TARGETS, 'shared loads'],
];

/** The tensors with every packed one replaced by what it is read as. */
function rounded(config: ModelConfig, tensors: HostTensors, format: PackedFormat): HostTensors {
  const result = new Map(tensors);
  for (const unit of storageUnits(config)) {
    const kept = unitFormat(unit, format);
    for (const { name, shape } of unit.parts) {
      const [, width] = shape;
      if (kept === 'f32' || width === undefined) continue;
      const { data } = tensors.get(name) as { data: Float32Array };
      result.set(name, { shape, data: unpackRows(kept, packRows(kept, data, width), width) });
    }
  }
  return result;
}

function requests(vocabulary: number): SequenceRequest[] {
  const random = new Random(9, 'packed');
  const ids = (n: number) => Array.from({ length: n }, () => 1 + random.integer(vocabulary - 1));
  const prompts = [ids(11), ids(6), ids(1)];
  return Array.from({ length: 10 }, (_, i) => ({
    key: { step: 2, group: i % 3, rollout: i },
    promptIds: prompts[i % 3] as number[],
  }));
}

/** Largest ‖a − b‖ / ‖b‖ over tensors. */
function gradientGap(a: HostTensors, b: HostTensors): number {
  const norm = (data: Float32Array) => Math.hypot(...data);
  return Math.max(
    ...[...b].map(([name, { data }]) => {
      const other = a.get(name)?.data as Float32Array;
      return norm(data.map((x, i) => x - (other[i] as number))) / norm(data);
    }),
  );
}

const largestGap = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] as number))), 0);

type Measured = LossResult & { readonly gradients: HostTensors };

describe.each(MODELS)('%s', (_, config, lora, machine) => {
  test.each(FORMATS)(
    '%s weights are the rounded model',
    async (format) => {
      const gpu = await open(machine);
      const tensors = tinyWeights(config);
      const training = { kind: 'adapter', lora, seed: 3 } as const;
      const own = new GpuPolicy(gpu, config, tensors, training, { baseWeights: format });
      const twin = new GpuPolicy(gpu, config, rounded(config, tensors, format), training);
      const plain = new GpuPolicy(gpu, config, tensors, training);
      const adapter = await randomAdapter(own);
      for (const policy of [own, twin, plain]) policy.loadAdapter(adapter);

      // Scores and gradients, with the reference's forward pass.
      const { forest, rows } = batchOf(randomBatch(1, 4, config.vocabSize));
      const results: Measured[] = [];
      for (const policy of [own, twin, plain]) {
        const result = await policy.accumulate(forest, rows, LOSS);
        results.push({ ...result, gradients: await policy.readGradients() });
      }
      const [found, wanted, unrounded] = results as [Measured, Measured, Measured];
      expect(largestGap(found.logprobs, wanted.logprobs)).toBeLessThan(2e-5);
      expect(largestGap(found.refLogprobs, wanted.refLogprobs)).toBeLessThan(2e-5);
      expect(gradientGap(found.gradients, wanted.gradients)).toBeLessThan(1e-4);
      // The bound means something: rounding itself moves log-probs by far more.
      expect(largestGap(found.logprobs, unrounded.logprobs)).toBeGreaterThan(2e-4);

      // Sampling: every drawn token's log-prob against the training forward of both.
      const live = gpu.pool.live;
      for (const withAdapter of [true, false]) {
        own.adapterEnabled = withAdapter;
        const asked = requests(config.vocabSize).slice(0, withAdapter ? 10 : 1);
        const sampled = await own.sample(asked, {
          ...SAMPLE,
          stepsPerRead: 3,
          maxTurnTokens: 6,
          stopIds: [],
        });
        expect(gpu.pool.live).toBe(live);
        const batch = batchOf(
          sampled.map(({ ids, source }) => ({
            ids,
            mask: Array.from(source, (s) => (s === TOKEN_SOURCE.sampled ? 1 : 0)),
            advantages: ids.map(() => 1),
            old: ids.map(() => NaN),
            weight: 1,
          })),
        );
        for (const policy of [own, twin]) {
          const scores = await policy.score(batch.forest, batch.rows, {
            adapter: withAdapter,
            temperature: 1,
          });
          let checked = 0;
          sampled.forEach(({ ids, source, logprobs }, s) => {
            ids.forEach((_, t) => {
              if (source[t] !== TOKEN_SOURCE.sampled) return;
              const score = scores[batch.rowOf[s]?.[t] as number] as number;
              expect(Math.abs(score - (logprobs[t] as number))).toBeLessThan(2e-5);
              checked++;
            });
          });
          expect(checked).toBe(6 * asked.length);
        }
      }
      for (const policy of [own, twin, plain]) policy.dispose();
    },
    // The first one compiles nearly everything.
    900_000,
  );
});

describe('memory', () => {
  const WIDE: ModelConfig = { ...TINY, vocabSize: 512, hiddenSize: 64, headDim: 16, intermediateSize: 160 };

  test.each([
    // Bytes of 32 weights: in the layers' matrices, in the embedding.
    ['f16', 64, 64],
    ['int8', 36, 64],
    ['int4', 20, 64],
  ] as const)('%s holds fewer bytes by what the format says', async (baseWeights, linear, embedding) => {
    const gpu = await open();
    const bytes = (format: PackedFormat | 'f32') => {
      const before = gpu.memory.bytes;
      const policy = new GpuPolicy(gpu, WIDE, tinyWeights(WIDE), { kind: 'none' }, { baseWeights: format });
      const held = gpu.memory.bytes - before;
      policy.dispose();
      return held;
    };
    // q, k, v: 4 heads and twice 2 of 16; o; gate, up and down.
    const perLayer = 64 * (8 * 16) + 64 * 64 + 3 * 64 * 160;
    const saved = (WIDE.layers * perLayer * (128 - linear) + 512 * 64 * (128 - embedding)) / 32;
    // The first policy leaves a buffer to the pool.
    bytes('f32');
    expect(bytes('f32') - bytes(baseWeights)).toBe(saved);
  });

  test('bindings that f32 weights exceed hold packed ones, the vocabulary cut by rows', async () => {
    const { device } = await open();
    const tensors = tinyWeights(WIDE);
    const own = new Gpu(device, { maxBindingBytes: 32_768 });
    const adapter = { kind: 'adapter', lora: LORA, seed: 3 } as const;
    expect(() => new GpuPolicy(own, WIDE, tensors, adapter)).toThrow(
      /0.gateUp takes 81920 bytes.*baseWeights=int4/,
    );
    const narrow = new GpuPolicy(own, WIDE, tensors, adapter, { baseWeights: 'int8' });
    const wide = new GpuPolicy(new Gpu(device), WIDE, tensors, adapter, { baseWeights: 'int8' });
    const { forest, rows } = batchOf(randomBatch(1, 2, WIDE.vocabSize));
    const score = (policy: GpuPolicy) => policy.score(forest, rows, { adapter: true, temperature: 1 });
    expect(largestGap(await score(narrow), await score(wide))).toBeLessThan(2e-5);
    const sample = (policy: GpuPolicy) => policy.sample(requests(WIDE.vocabSize).slice(0, 2), SAMPLE);
    expect((await sample(narrow)).map(({ ids }) => ids)).toEqual((await sample(wide)).map(({ ids }) => ids));
  });
});

describe('what is refused', () => {
  test('full-parameter training on packed weights', async () => {
    const gpu = await open();
    for (const baseWeights of FORMATS) {
      expect(() => new GpuPolicy(gpu, TINY, tinyWeights(TINY), { kind: 'full' }, { baseWeights })).toThrow(
        /Full-parameter training .* set baseWeights to f32, or train an adapter/,
      );
    }
  });

  test('packed words where a kernel reads plain ones, and the other way round', async () => {
    const gpu = await open();
    const plain = gpu.upload(new Float32Array(64));
    const words: Slice = { ...gpu.upload(new Uint32Array(rowWords('int8', 8) * 8)), format: 'int8' };
    const args = { b: plain, out: gpu.alloc(64), lda: 8, ldb: 8, ldo: 8 };
    const modules = [{ width: 8, height: 8, inner: 8 }];
    expect(() => matmul(gpu, { ...args, layout: 'nt', a: words, modules })).toThrow(
      /reads a as plain words, int8/,
    );
    expect(() => matmul(gpu, { ...args, layout: 'tn', a: plain, b: words, modules })).toThrow(
      /Only matmul nt and nn .* take packed weights/,
    );
  });
});
