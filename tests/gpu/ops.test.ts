/**
 * Our ops on tfjs's WebGPU backend against their CPU references: values and gradients through tfjs's own tape. Each
 * case comes in a shape that moves as vec4 and in an odd one.
 */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { type OpenedDevice, openDevice, type OpenOptions, useWithTfjs } from '../../src/kernels/device';
import {
  adamW,
  embedding,
  forestAttention,
  grpoLoss,
  linear,
  lossTerms,
  muon,
  rmsNorm,
  rotary,
  sampleTokens,
  swiglu,
  vocabularyLogProbs,
} from '../../src/kernels/ops';
import { int32, largestGap, normals, normalTensor, tensor } from '../support/ops';
import { rotaryTable } from '../../src/kernels/rotary/rotary';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import { readGolden } from '../fixtures/golden';
import { clipAt } from '../support/loss-term';
import { OBJECTIVE_NAMES, OBJECTIVES } from '../../src/grpo/objectives/registry';

/** Sums of up to a few hundred float32 products, relative to the largest value. */
const SUMS = 1e-5;
/** Through exp and log, which drivers may round to a few units in the last place. */
const EXPONENTIALS = 5e-5;

const SETTINGS_OF_TERMS = {
  epsilonLow: 0.2,
  epsilonHigh: 1.3,
  delta: 2.5,
  sapoTemperaturePos: 1,
  sapoTemperatureNeg: 1.5,
  importanceSamplingLevel: 'token',
  topEntropyQuantile: 1,
} as const;

/** Named results, computed on whatever backend is current. */
type Case = () => Readonly<Record<string, tf.Tensor>>;

async function valuesOf(run: Case): Promise<Record<string, ArrayLike<number>>> {
  const results = tf.tidy(() => run() as Record<string, tf.Tensor>);
  const values = await Promise.all(
    Object.entries(results).map(async ([name, result]) => [name, await result.data()] as const),
  );
  tf.dispose(results);
  return Object.fromEntries(values);
}

async function onWebGpuAsOnCpu(run: Case, tolerance: number): Promise<void> {
  await tf.setBackend('webgpu');
  const found = await valuesOf(run);
  await tf.setBackend('cpu');
  const wanted = await valuesOf(run);
  await tf.setBackend('webgpu');
  expect(Object.keys(found)).toEqual(Object.keys(wanted));
  for (const [name, values] of Object.entries(wanted)) {
    expect(largestGap(found[name] as ArrayLike<number>, values), name).toBeLessThan(tolerance);
  }
}

/** The value of f and its gradients by every input. Both outputs of f, where it has two, get a gradient. */
function withGradients(f: (...inputs: tf.Tensor[]) => readonly tf.Tensor[], inputs: readonly tf.Tensor[]) {
  const total = (...at: tf.Tensor[]) =>
    f(...at)
      .map((y, i) => y.mul(normalTensor(`dy ${i}`, y.shape)).sum())
      .reduce((a, b) => a.add(b));
  const named = (name: string, tensors: readonly tf.Tensor[]) =>
    Object.fromEntries(tensors.map((result, i) => [`${name} ${i}`, result]));
  return { ...named('value', f(...inputs)), ...named('gradient', tf.grads(total)([...inputs])) };
}

/** Two trees, the second node of the first with two children. */
function forestOf(rows: number) {
  const cut = Math.ceil(rows / 2);
  const parent = Int32Array.from({ length: rows }, (_, i) =>
    i === 0 || i === rows - 2 ? -1 : i === cut ? 1 : i - 1,
  );
  const end = Int32Array.from({ length: rows }, (_, i) =>
    i >= rows - 2 ? rows : i < 2 || i >= cut ? rows - 2 : cut,
  );
  return { parent, end };
}

/** Blocks of 4, 2 and 3 units, of which the first and the last are adapted, each with a scale of its own. */
function loraCase(of: { rows: number; inputs: number; unit: number; rank: number }) {
  const { rows, inputs, unit, rank } = of;
  const targets = [
    { firstRow: 0, rows: unit * 4 },
    { firstRow: unit * 6, rows: unit * 3, scale: 0.8 },
  ];
  return withGradients(
    (x, weight, bias, a, b) => [
      linear(x as tf.Tensor, weight as tf.Tensor, {
        bias: bias as tf.Tensor,
        lora: { a: a as tf.Tensor, b: b as tf.Tensor, scale: 0.5, targets },
      }),
    ],
    [
      normalTensor('x', [rows, inputs]),
      normalTensor('weight', [unit * 9, inputs]),
      normalTensor('bias', [unit * 9]),
      normalTensor('a', [2 * rank, inputs]),
      normalTensor('b', [unit * 7, rank]),
    ],
  );
}

const CASES: readonly [name: string, tolerance: number, run: Case][] = [
  ...[4, 3].flatMap((width): [string, number, Case][] => [
    [
      `embedding of width ${width}, ids repeated and outside`,
      SUMS,
      () =>
        withGradients(
          (table) => [embedding(int32([2, 8, 2, 0, -1, 9, 2]), table as tf.Tensor)],
          [normalTensor('table', [9, width])],
        ),
    ],
    [
      `embedding of width ${width}, scaled`,
      SUMS,
      () =>
        withGradients(
          (table) => [embedding(int32([2, 8, 2]), table as tf.Tensor, 2.5)],
          [normalTensor('table', [9, width])],
        ),
    ],
    [
      `rmsNorm of width ${width * 5}, a row of zeros`,
      SUMS,
      () => {
        const x = tf.concat([normalTensor('x', [17, width * 5]), tf.zeros([1, width * 5])]);
        return withGradients(
          (x, weight) => [rmsNorm(x as tf.Tensor, weight as tf.Tensor, 1e-5)],
          [x, normalTensor('weight', [width * 5])],
        );
      },
    ],
    [
      `rmsNorm of width ${width * 5} with residual`,
      SUMS,
      () =>
        withGradients(
          (x, weight, residual) => [
            rmsNorm(x as tf.Tensor, weight as tf.Tensor, 1e-5, residual as tf.Tensor),
          ],
          [
            normalTensor('x', [17, width * 5]),
            normalTensor('weight', [width * 5]),
            normalTensor('residual', [17, width * 5]),
          ],
        ),
    ],
    [
      `swiglu of width ${width}`,
      EXPONENTIALS,
      () => withGradients((x) => [swiglu(x as tf.Tensor)], [normalTensor('gateUp', [5, 2 * width]).mul(4)]),
    ],
    [
      `swiglu of width ${width} with GELU`,
      EXPONENTIALS,
      () =>
        withGradients(
          (x) => [swiglu(x as tf.Tensor, 'gelu_tanh')],
          [normalTensor('gateUp', [5, 2 * width]).mul(4)],
        ),
    ],
    [
      `linear with residual, ${width} outputs of ${width}`,
      SUMS,
      () =>
        withGradients(
          (x, weight, residual) => [
            linear(x as tf.Tensor, weight as tf.Tensor, { residual: residual as tf.Tensor }),
          ],
          [
            normalTensor('x', [5, width]),
            normalTensor('weight', [width, width]),
            normalTensor('residual', [5, width]),
          ],
        ),
    ],
    [
      `linear with bias and LoRA of rank ${width} on two of three blocks`,
      SUMS,
      () => loraCase({ rows: 19, inputs: width * 4, unit: width, rank: width }),
    ],
    [
      `linear with bias and LoRA of rank ${5 * width}, several tiles each way`,
      SUMS,
      () => loraCase({ rows: 39, inputs: width * 10, unit: 6 * width, rank: 5 * width }),
    ],
    [
      `rotary with ${width} heads on one, q/k norm ${width === 3}`,
      EXPONENTIALS,
      () => {
        const headDim = 2 * width;
        const table = tensor(rotaryTable(16, headDim, 100), [16, width, 2]);
        const position = int32([0, 1, 2, 2, 15]);
        const shape = { heads: width, kvHeads: 1, headDim };
        const qkv = normalTensor('qkv', [5, (width + 2) * headDim]);
        const both = ({ q, cache }: { q: tf.Tensor; cache: tf.Tensor }) => [q, cache];
        if (width !== 3)
          return withGradients((x) => both(rotary(x as tf.Tensor, position, table, shape)), [qkv]);
        return withGradients(
          (x, q, k) =>
            both(
              rotary(x as tf.Tensor, position, table, {
                ...shape,
                norm: { q: q as tf.Tensor, k: k as tf.Tensor, eps: 1e-5 },
              }),
            ),
          [qkv, normalTensor('q', [headDim]), normalTensor('k', [headDim])],
        );
      },
    ],
    [
      `forestAttention, ${width} heads of ${width} on one`,
      EXPONENTIALS,
      () =>
        withGradients(
          (q, cache) => [forestAttention(q as tf.Tensor, cache as tf.Tensor, forestOf(21))],
          [normalTensor('q', [21, width, width]), normalTensor('cache', [21, 2, 1, width])],
        ),
    ],
    [
      `forestAttention in a window, ${width} heads of ${width} on one`,
      EXPONENTIALS,
      () =>
        withGradients(
          (q, cache) => [
            forestAttention(q as tf.Tensor, cache as tf.Tensor, forestOf(21), { window: 4, scale: 0.3 }),
          ],
          [normalTensor('q', [21, width, width]), normalTensor('cache', [21, 2, 1, width])],
        ),
    ],
    [
      `vocabularyLogProbs and grpoLoss, ${width * 31} tokens of width ${width * 4}`,
      EXPONENTIALS,
      () => {
        const rows = 6;
        const vocabulary = width * 31;
        const target = int32([0, vocabulary - 1, 5, 5, 1, 2]);
        const terms = lossTerms({
          old: [-4, NaN, -5, -3, -4.5, -5],
          pos: [0.5, 0.2, 0, 0, 0.1, 0],
          neg: [0, 0, -0.4, -0.3, -0.2, 0],
          weight: [0.2, 0.2, 0.2, 0.1, 0.3, 0],
        });
        const reference = normalTensor('reference', [rows]).sub(4);
        const config = { term: clipAt(0.2, 0.3), beta: 0.1, entropyCoef: 0.05 };
        return withGradients(
          (hidden, head) => {
            const { logp, entropy } = vocabularyLogProbs(hidden as tf.Tensor, head as tf.Tensor, target, 0.9);
            return [logp, entropy, grpoLoss({ logp, entropy, reference, terms }, config)];
          },
          [normalTensor('hidden', [rows, width * 4]), normalTensor('head', [vocabulary, width * 4]).mul(0.3)],
        );
      },
    ],
  ]),
  // Vectors that lie in arrays, of vec4 and of numbers.
  ...[132, 34].flatMap((headDim) =>
    [undefined, 3].map((window): [string, number, Case] => [
      `forestAttention, heads of ${headDim}, window ${String(window)}`,
      EXPONENTIALS,
      () =>
        withGradients(
          (q, cache) => [
            forestAttention(
              q as tf.Tensor,
              cache as tf.Tensor,
              forestOf(11),
              window === undefined ? {} : { window },
            ),
          ],
          [normalTensor('q', [11, 2, headDim]), normalTensor('cache', [11, 2, 1, headDim])],
        ),
    ]),
  ),
  ...OBJECTIVE_NAMES.flatMap((name): [string, number, Case][] =>
    [false, true].map((far): [string, number, Case] => [
      `grpoLoss with the term of ${name}${far ? ', exponents beyond the bound' : ''}`,
      EXPONENTIALS,
      () => {
        const terms = lossTerms({
          old: far ? [-120, -120, NaN, -3] : [-2.3, NaN, -3.1, -3],
          pos: [0.5, 0, 0.1, 0.2],
          neg: [0, -0.4, -0.2, 0],
          weight: [0.2, 0.2, 0.3, 0],
        });
        const reference = tf.tensor1d(far ? [-2, -2, 100, -2] : [-2, -3.5, -1.5, -2]);
        const term = OBJECTIVES[name].term({ ...SETTINGS_OF_TERMS, lossType: 'dapo' });
        const config = { term, beta: 0.1, entropyCoef: 0.05 };
        return withGradients(
          (logp, entropy) => [
            grpoLoss({ logp: logp as tf.Tensor, entropy: entropy as tf.Tensor, reference, terms }, config),
          ],
          [tf.tensor1d([-2, -3, -2.5, -2.9]), tf.tensor1d([1, 2, 3, 0.5])],
        );
      },
    ]),
  ),
  [
    'adamW, two steps with the second clipped',
    SUMS,
    () => {
      const length = 2051;
      const variables = {
        parameters: tf.variable(normalTensor('parameters', [length])),
        m: tf.variable(tf.zeros([length])),
        v: tf.variable(tf.zeros([length])),
      };
      const step = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1 };
      const first = adamW(variables, normalTensor('g 1', [length]), {
        ...step,
        maxGradNorm: Infinity,
        step: 1,
      });
      const second = adamW(variables, normalTensor('g 2', [length]), { ...step, maxGradNorm: 1, step: 2 });
      const { parameters, m, v } = variables;
      const results = { first, second, parameters: parameters.clone(), m: m.clone(), v: v.clone() };
      tf.dispose([parameters, m, v]);
      return results;
    },
  ],
  ...([4, 3] as const).flatMap((columns): [string, number, Case][] =>
    (
      [
        [5, 8, 8 * columns],
        [2, 8 * columns, 8],
        [1, columns, columns],
      ] as const
    ).map((shape) => [
      `muon, two steps, ${shape.join(' × ')}`,
      // Five iterations grow rounding with the small singular values: up to 3.4445⁵ times.
      2e-3,
      () => {
        const variables = {
          parameters: tf.variable(normalTensor('parameters', shape)),
          momentum: tf.variable(tf.zeros([...shape])),
        };
        const step = { learningRate: 0.1, momentum: 0.95, weightDecay: 0.1 };
        muon(variables, normalTensor('g 1', shape), step);
        muon(variables, normalTensor('g 2', shape), step);
        const { parameters, momentum } = variables;
        const results = { parameters: parameters.clone(), momentum: momentum.clone() };
        tf.dispose([parameters, momentum]);
        return results;
      },
    ]),
  ),
  [
    'sampleTokens under top-k, top-p and min-p',
    EXPONENTIALS,
    () => {
      const logits = normalTensor('logits', [7, 101]).mul(2);
      const keys = int32([...Array(28).keys()], [7, 4]);
      const params = { temperature: 0.8, topK: 20, topP: 0.9, minP: 0.01, seed: 5, stream: 7 };
      return {
        drawn: sampleTokens(logits, keys, params),
        greedy: sampleTokens(logits, keys, { ...params, temperature: 0 }),
      };
    },
  ],
];

const DEVICES: readonly (readonly [string, OpenOptions])[] = [
  ['with what the adapter offers', {}],
  ['with the limits that WebGPU guarantees', { limits: 'minimum' }],
];

/** Fills the buffers that tfjs will hand out again, so that ops which rely on zeros show. */
function soilFreeBuffers(backend: WebGPUBackend): void {
  const { freeBuffers } = backend.bufferManager as unknown as {
    readonly freeBuffers: ReadonlyMap<string, readonly GPUBuffer[]>;
  };
  for (const buffer of [...freeBuffers.values()].flat()) {
    if ((buffer.usage & GPUBufferUsage.STORAGE) === 0) continue;
    backend.queue.writeBuffer(buffer, 0, new Float32Array(buffer.size / 4).fill(7));
  }
}

describe.each(DEVICES)('%s', (_, options) => {
  let opened: OpenedDevice;
  beforeAll(async () => {
    opened = await openDevice(await createDawnGpu(), options);
    await useWithTfjs(opened.backend);
  });
  afterAll(() => opened.gpu.device.destroy());

  test.each(CASES)('%s', (_, tolerance, run) => onWebGpuAsOnCpu(run, tolerance));

  test('tensors without elements never reach the device', () =>
    onWebGpuAsOnCpu(() => {
      const [x, weight] = [tf.zeros([0, 4]), normalTensor('weight', [4, 4])];
      const [dx, dweight] = tf.grads((a, b) => linear(a as tf.Tensor, b as tf.Tensor))(
        [x, weight],
        tf.zeros([0, 4]),
      );
      return { y: linear(x, weight), dx: dx as tf.Tensor, dweight: dweight as tf.Tensor };
    }, SUMS));

  test('stock ops before and after see the same memory', async () => {
    const x = normals('x', 32);
    const found = await valuesOf(() => {
      const doubled = tensor(x, [4, 8]).mul(2).add(1);
      return { y: swiglu(doubled).mul(3) };
    });
    const silu = (g: number) => g / (1 + Math.exp(-g));
    const wanted = Array.from({ length: 16 }, (_, i) => {
      const at = Math.floor(i / 4) * 8 + (i % 4);
      return 3 * silu(2 * (x[at] as number) + 1) * (2 * (x[at + 4] as number) + 1);
    });
    expect(largestGap(found.y as ArrayLike<number>, wanted)).toBeLessThan(EXPONENTIALS);
  });

  test('again in used buffers: the same numbers, and no tensor, tfjs buffer or buffer of ours more', async () => {
    const { gpu, backend } = opened;
    const state = () => {
      const { numTensors, numBytes, numDataBuffers } = tf.memory();
      const { numBytesInGPU } = backend.memory();
      return {
        numTensors,
        numBytes,
        numDataBuffers,
        numBytesInGPU,
        live: gpu.pool.live,
        pool: gpu.pool.memory,
      };
    };
    await tf.setBackend('webgpu');
    const all = async () => {
      const results: Record<string, ArrayLike<number>>[] = [];
      for (const [, , run] of CASES) results.push(await valuesOf(run));
      return results;
    };
    const first = await all();
    const before = state();
    soilFreeBuffers(backend);
    expect(await all()).toEqual(first);
    expect(state()).toEqual(before);
    expect(before.live).toBe(0);
    gpu.check();
  });
});

describe('weights and optimiser state', () => {
  let opened: OpenedDevice;
  beforeAll(async () => {
    opened = await openDevice(await createDawnGpu());
    await useWithTfjs(opened.backend);
  });
  afterAll(() => opened.gpu.device.destroy());

  test('are tensors that stock ops can read', async () => {
    const { gpu, tensors } = opened;
    const slice = gpu.holdData(Float32Array.of(1, 2, 3));
    gpu.flush();
    const sum = tensors.tensorOf(slice)?.sum();
    expect([...((await sum?.data()) ?? [])]).toEqual([6]);
    sum?.dispose();
    gpu.free(slice);
    expect(tensors.tensorOf(slice)).toBeNull();
  });

  test('of a policy are counted by tf.memory() and go with it', async () => {
    const { gpu } = opened;
    const { config, weights, lora } = await readGolden('llama-grpo');
    const before = tf.memory();
    const held = gpu.memory.bytes;
    const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 });
    const state = await policy.readOptimizer();
    const base = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    const during = tf.memory();
    expect(during.numBytes - before.numBytes).toBe(base + 4 * state.parameters.byteLength);
    expect(policy.memory.bytes).toBeGreaterThanOrEqual(held + base);
    policy.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  test('go with the recorder', () => {
    const { gpu } = opened;
    const before = tf.memory().numTensors;
    gpu.hold(4);
    expect(tf.memory().numTensors).toBe(before + 1);
    gpu.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('an op on a backend that tfjs opened by itself says what is wrong', async () => {
  const { backend, gpu } = await openDevice(await createDawnGpu());
  const stranger = new (backend.constructor as new (device: GPUDevice) => typeof backend)(gpu.device);
  await useWithTfjs(stranger);
  expect(() => swiglu(normalTensor('x', [2, 4]))).toThrow('needs the WebGPU backend that openDevice makes');
  await tf.setBackend('cpu');
  gpu.device.destroy();
});
