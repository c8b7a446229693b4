/** What is looked at beside training, on a GPU: logits are those of the log-probs, and watching changes no bit of a run. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { nodePlatform } from '../../scripts/runtime/node-platform';
import { schemaOf } from '../../src/env/settings';
import type { RunEvent, Watching } from '../../src/grpo/types';
import { CLOCK_FIELDS } from '../../src/report/metrics';
import { openRun } from '../../src/run/open-run';
import { Session, type RunPlatform } from '../../src/run/session';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { RunControl } from '../../src/run/train/control';
import { runTraining } from '../../src/run/train/trainer';
import { resolveSettings } from '../../src/settings/resolve';
import { batchOf, openGpu, randomBatch, tinyPolicy } from '../fixtures/tiny-policy';

test('logits of a place are those that its log-probs are of, and other batches change none', async () => {
  const gpu = await openGpu();
  const policy = await tinyPolicy(gpu);
  const { forest, rows } = batchOf(randomBatch(7));
  // Tables of positions stay from the first pass on, and buffers that are free for the next one.
  await policy.logits(forest, [...rows.predictor]);
  const held = policy.memory.bytes;
  const logits = await policy.logits(forest, [...rows.predictor]);
  expect(policy.memory.bytes).toBe(held);
  const { vocabSize } = policy.config;
  expect(logits.length).toBe(rows.count * vocabSize);
  const scores = await policy.score(forest, rows, { adapter: true, temperature: 1 });
  const logprob = (row: number): number => {
    const own = logits.subarray(row * vocabSize, (row + 1) * vocabSize);
    const most = Math.max(...own);
    const sum = own.reduce((total, z) => total + Math.exp(z - most), 0);
    return (own[rows.target[row] as number] as number) - most - Math.log(sum);
  };
  scores.forEach((score, row) => expect(logprob(row)).toBeCloseTo(score, 4));
  expect(await policy.logits(forest, [])).toHaveLength(0);
  gpu.device.destroy();
});

describe('a run that is watched', () => {
  let platform: RunPlatform;
  beforeAll(async () => {
    await createDawnGpu();
    platform = await nodePlatform(() => undefined);
  });
  const sessions: Session[] = [];
  afterAll(() => sessions.forEach((session) => session.dispose()));

  async function train(watching?: Watching) {
    const { settings } = resolveSettings(
      {
        preset: 'quick',
        flags: {
          ...{ maxSteps: '3', batchSize: '2', numGenerations: '4', numIterations: '2' },
          ...{ evalDatasetSize: '2', evalSteps: '3', saveSteps: '3', minGroupStd: '0' },
        },
      },
      schemaOf('mail'),
    );
    const session = new Session(platform);
    sessions.push(session);
    const store = new MemoryStore();
    const options = watching === undefined ? {} : { watching: () => watching };
    const run = await openRun(session, settings, store, () => undefined, { ready: 'nothing', ...options });
    const events: RunEvent[] = [];
    try {
      await runTraining(run.deps, run.settings, (event) => events.push(event), new RunControl());
    } finally {
      run.dispose();
    }
    const read = async (path: string) => (await store.read(path)) ?? new Uint8Array();
    const lines = new TextDecoder()
      .decode(await read('metrics.jsonl'))
      .trimEnd()
      .split('\n');
    const metrics = lines.map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      // A watched step holds a little more on the GPU while it measures.
      for (const field of [...CLOCK_FIELDS, 'gpuBytes']) delete record[field];
      return record;
    });
    const adapter = await read('final/adapter_model.safetensors');
    const optimizer = await read('checkpoint-3/optimizer.safetensors');
    return { events, metrics, adapter, optimizer };
  }

  test('ends with the same adapter and the same optimiser, byte for byte', async () => {
    const plain = await train();
    const watched = await train({ moves: 8, logits: 4, follow: { taskId: null, every: 2 } });
    expect(plain.adapter.length).toBeGreaterThan(1000);
    expect(watched.adapter).toEqual(plain.adapter);
    expect(watched.optimizer).toEqual(plain.optimizer);
    expect(watched.metrics).toEqual(plain.metrics);

    const followed = watched.events.flatMap((event) => (event.kind === 'followed' ? [event.step] : []));
    expect(followed).toEqual([0, 2, 3]);
    const items = watched.events.flatMap((event) => (event.kind === 'trajectories' ? event.items : []));
    const updates = items.flatMap(({ update }) => update ?? []);
    expect(updates.length).toBeGreaterThan(0);
    expect(updates.flatMap(({ moves }) => moves).length).toBeGreaterThan(0);
    for (const { after, now, moves } of updates) {
      expect([...(after ?? []), ...now].every((value) => Number.isFinite(value) && value <= 1e-4)).toBe(true);
      for (const { ids, before, logSum, temperature, token } of moves) {
        const [z = 0] = before;
        expect(ids.length).toBe(6);
        // The likeliest have most of the mass, and no log-prob is above 0.
        expect(z / temperature - logSum[0]).toBeLessThan(1e-4);
        expect(token).toBeGreaterThan(0);
      }
    }
  });
});
