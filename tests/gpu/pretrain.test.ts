/** The warm start on the real engine: all weights learn, and a resumed run is the same run. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCheckpoint } from '../../scripts/pretrain/checkpoint';
import { pretrain, type LogLine, type PretrainRun } from '../../scripts/pretrain/loop';
import { readPretrainOptions, runOptions } from '../../scripts/pretrain/options';
import { copyingSequence } from '../../scripts/pretrain/sequences';
import { MUON, STAGES, type Stage } from '../../scripts/pretrain/stages';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { openDevice } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import type { ModelConfig } from '../../src/engine/types';
import { initWeights } from '../../src/engine/weights/weights';
import { Random } from '../../src/random/philox';
import { LLAMA_FEATURES } from '../../src/engine/model/features';

const CONFIG: ModelConfig = {
  family: 'llama',
  vocabSize: 8,
  hiddenSize: 32,
  layers: 1,
  heads: 2,
  kvHeads: 2,
  headDim: 16,
  intermediateSize: 32,
  ropeTheta: 10_000,
  ropeScaling: null,
  rmsNormEps: 1e-5,
  tiedEmbeddings: false,
  ...LLAMA_FEATURES,
  maxPositions: 64,
  bosTokenId: null,
  eosTokenIds: [0],
};
const STAGE: Stage = {
  ...(STAGES[0] as Stage),
  steps: 60,
  scheduleSteps: 60,
  warmupSteps: 5,
  learningRate: 0.1,
  decayFrom: 0.5,
};

let gpu: Gpu;
beforeAll(async () => {
  ({ gpu } = await openDevice(await createDawnGpu()));
});
afterAll(() => gpu.device.destroy());

/** One chunk of three tokens, over and over: each token is the one three places back. */
const batches = (step: number) => {
  const random = new Random(1, 'gpu-test', step);
  const options = { vocabSize: CONFIG.vocabSize, length: 18, chunks: [1, 1], chunkLength: [3, 3] } as const;
  return Array.from({ length: 28 }, () => copyingSequence(options, random));
};

async function train(store: MemoryStore, stopAfter: number) {
  const policy = new GpuPolicy(gpu, CONFIG, initWeights(CONFIG, 1), { kind: 'full', muon: MUON });
  const lines: LogLine[] = [];
  let steps = 0;
  const run: PretrainRun = {
    policy: {
      score: (...args) => policy.score(...args),
      accumulate: (...args) => policy.accumulate(...args),
      readOptimizer: () => policy.readOptimizer(),
      loadOptimizer: (state) => policy.loadOptimizer(state),
      update: (params) => {
        steps++;
        return policy.update(params);
      },
    },
    options: runOptions(readPretrainOptions([])),
    stages: [STAGE],
    store,
    rhythm: { log: 10, evaluate: 30, save: 20 },
    // Two passes a step, so that gradients of several passes add up.
    passTokens: 300,
    batches: () => Promise.resolve(batches),
    heldOut: () => Promise.resolve(batches(0)),
    onStageEnd: () => Promise.resolve({}),
    say: (line) => lines.push(line),
    now: () => 0,
    stopRequested: () => steps >= stopAfter,
  };
  try {
    const end = await pretrain(run, await loadCheckpoint(store));
    return { end, lines, state: await policy.readOptimizer() };
  } finally {
    policy.dispose();
  }
}

test('a tiny model learns to copy; stopped in the middle and resumed, bit for bit the same', async () => {
  const whole = await train(new MemoryStore(), Infinity);
  const heldOut = whole.lines.filter((line) => 'nll' in line).map((line) => line['tokenAccuracy'] as number);
  expect(heldOut.at(-1)).toBeGreaterThan(0.9);

  const store = new MemoryStore();
  expect((await train(store, 33)).end).toBe('stopped');
  const resumed = await train(store, Infinity);
  expect(resumed.end).toBe('finished');
  expect(
    Buffer.from(resumed.state.parameters.buffer).equals(Buffer.from(whole.state.parameters.buffer)),
  ).toBe(true);
  for (const name of ['m', 'v'] as const) {
    expect(Buffer.from(resumed.state[name].buffer).equals(Buffer.from(whole.state[name].buffer))).toBe(true);
  }
  expect(resumed.lines.at(-1)).toEqual(whole.lines.at(-1));
});
