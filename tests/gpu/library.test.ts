/** The public entry on a GPU: the built-in model, an environment of the test's own, two tiny steps. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  defineEnvironment,
  evaluate,
  exportAdapter,
  MemoryStore,
  openEngine,
  tool,
  train,
  z,
  type AskEvent,
  type Engine,
  type RunEvent,
  type Settings,
} from '../../src/index';
import { REPOSITORY } from '../../scripts/runtime/page';
import { folderFiles } from '../../src/engine/files/folder-node';
import type { ModelFiles } from '../../src/formats/files';
import { CLOCK_FIELDS } from '../../src/report/metrics';

const guess = defineEnvironment({
  id: 'guess',
  title: 'Guess',
  tasks: ({ split }) =>
    [1, 2, 3, 4].map((number) => ({ id: `${split}-${number}`, prompt: 'Guess.', info: { number } })),
  tools: (task) => ({
    guess: tool('Guesses.', z.object({ number: z.number() }), ({ number }, { finish }) =>
      finish({ answer: String(number), success: number === task.info.number }),
    ),
  }),
  rewards: { brief: ({ turns }) => -turns.reduce((sum, { text }) => sum + text.length, 0) / 100 },
});

const settings: Partial<Settings> = {
  ...{ maxSteps: 2, batchSize: 2, numGenerations: 4, maxTurns: 2, maxTokens: 24, maxSeqLength: 512 },
  ...{ trainDatasetSize: 4, evalDatasetSize: 2, evalSteps: 0, saveSteps: 0, runBaselineEval: false },
  ...{ minGroupStd: 0, learningRate: 0.01 },
};

let engine: Engine;
const loading: RunEvent[] = [];
beforeAll(async () => {
  engine = await openEngine({ onEvent: (event) => loading.push(event) });
});
afterAll(() => engine.dispose());

/** Metrics of a run without what depends on the clock. */
async function records(store: { read(path: string): Promise<Uint8Array | null> }): Promise<object[]> {
  const text = new TextDecoder().decode((await store.read('metrics.jsonl')) ?? new Uint8Array());
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      for (const field of CLOCK_FIELDS) delete record[field];
      return record;
    });
}

describe('the library', () => {
  it('opens the model of the package, and gives policies of its own', async () => {
    expect(loading.some((event) => event.kind === 'progress' && event.note.includes('weights'))).toBe(true);
    expect(engine).toMatchObject({ model: 'mailgym-tiny', baseWeights: 'f32' });
    const policy = engine.policy({ lora: { r: 2 }, seed: 1 });
    expect(policy.lora?.r).toBe(2);
    const tensors = await policy.readAdapter();
    expect(tensors.size).toBeGreaterThan(0);
    policy.dispose();
    expect(engine.config.layers).toBeGreaterThan(0);
    expect(engine.chat.encode('a b').length).toBeGreaterThan(0);
  });

  it('reads no more of the weights once the signal is given', async () => {
    const abort = new AbortController();
    const told: { readonly done: number; readonly total: number }[] = [];
    let close: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    const files = folderFiles(join(REPOSITORY, 'public', 'models', 'mailgym-tiny'));
    /** Tells when the file of weights is closed, which its reader does when it ends. */
    const watched: ModelFiles = {
      ...files,
      open: async (path) => {
        const file = await files.open(path);
        return {
          size: file.size,
          read: (start, end) => file.read(start, end),
          close: () => file.close().finally(close),
        };
      },
    };
    const opening = openEngine({
      signal: abort.signal,
      platform: { modelFiles: () => Promise.resolve(watched) },
      onEvent: (event) => {
        if (event.kind !== 'progress' || !event.note.startsWith('weights')) return;
        told.push(event);
        if (event.done > 0) abort.abort(new RangeError('enough'));
      },
    });
    await expect(opening).rejects.toThrow('enough');
    await closed;
    const { done = 0, total = 0 } = told.at(-1) ?? {};
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(total);
  });

  it('trains, evaluates and asks with one loaded model; a question during the run changes no number', async () => {
    const alone = await train({ engine, environment: guess, settings });
    expect(alone).toMatchObject({ reason: 'max-steps', step: 2, outputDir: null });
    expect(alone.adapter.path).toBe('final');
    expect([...alone.adapter.files.keys()].sort()).toEqual([
      ...['adapter_config.json', 'adapter_model.safetensors', 'metadata.json'],
    ]);

    const told: AskEvent[] = [];
    let asking: ReturnType<typeof ask> | null = null;
    const loads: string[] = [];
    const asked = await train({
      ...{ engine, environment: guess, settings },
      onEvent: (event) => {
        if (event.kind === 'progress' && event.note.startsWith('weights')) loads.push(event.note);
        if (event.kind === 'step' && event.metrics.step === 1) {
          asking = ask({ engine, environment: guess, task: 'test-1', onEvent: (tells) => told.push(tells) });
        }
      },
    });
    expect(await records(asked.store)).toEqual(await records(alone.store));
    expect(asked.adapter.files.get('adapter_model.safetensors')).toEqual(
      alone.adapter.files.get('adapter_model.safetensors'),
    );
    expect(told[0]).toEqual({ kind: 'waiting' });
    expect((await (asking as unknown as ReturnType<typeof ask>)).turns.length).toBeGreaterThan(0);
    expect(loads).toEqual([]);

    const report = await evaluate({
      ...{ engine, environment: guess, settings, split: 'test', adapter: exportAdapter(asked.adapter) },
    });
    expect(report).toMatchObject({ split: 'test', questions: 2 });
    const answer = await ask({
      ...{ engine, environment: guess, adapter: asked.adapter, settings: { maxTokens: 24, maxTurns: 2 } },
      task: { id: 'own', prompt: 'Guess.', answer: '7', info: { number: 7 } },
    });
    expect(answer).toMatchObject({ gold: '7', view: { questionId: 'own' } });
  });

  it('saves and ends by its signal, and goes on from there to the same numbers', async () => {
    const whole = await train({ engine, environment: guess, settings });
    const store = new MemoryStore();
    const abort = new AbortController();
    const ended = await train({
      ...{ engine, environment: guess, settings, store, signal: abort.signal },
      onEvent: (event) => {
        const { kind } = event;
        if (kind === 'progress' && event.phase === 'rollout' && event.note === 'step 2/2') abort.abort();
      },
    });
    expect(ended).toMatchObject({ reason: 'stopped', step: 1, adapter: { path: 'checkpoint-1' } });
    const rest = await train({
      ...{ engine, environment: guess, store, settings: { ...settings, resume: 'latest' } },
    });
    expect(rest).toMatchObject({ reason: 'max-steps', step: 2 });
    expect(await records(store)).toEqual(await records(whole.store));
  });

  it('gives sampling up by the signal, and the engine serves on', async () => {
    const abort = new AbortController();
    const asking = ask({
      ...{ engine, environment: guess, task: 'test-1', signal: abort.signal },
      onEvent: ({ kind }) => kind === 'token' && abort.abort(new RangeError('enough')),
    });
    await expect(asking).rejects.toThrow('enough');
    const evaluating = new AbortController();
    const report = evaluate({
      ...{ engine, environment: guess, settings, signal: evaluating.signal },
      onEvent: ({ kind }) => kind === 'progress' && evaluating.abort(new RangeError('enough')),
    });
    await expect(report).rejects.toThrow('enough');
    expect(
      (await ask({ engine, environment: guess, task: 'test-1', settings })).turns.length,
    ).toBeGreaterThan(0);
  });

  it('tells two environments of one id apart', async () => {
    const other = defineEnvironment({
      ...{ id: 'guess', title: 'Other', tasks: () => [{ id: 'only', prompt: 'Say a word.' }] },
    });
    const answer = await ask({ engine, environment: other, task: 'only', settings: { maxTokens: 8 } });
    expect(answer.view.questionId).toBe('only');
    await expect(ask({ engine, environment: other, task: 'test-1' })).rejects.toThrow('no task test-1');
  });

  it('leaves a device of yours open, and refuses calls on an engine that was disposed of', async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const device = (await adapter?.requestDevice()) as GPUDevice;
    const own = await openEngine({ device });
    const { turns } = await ask({ engine: own, environment: guess, task: 'test-1', settings });
    expect(turns.length).toBeGreaterThan(0);
    own.dispose();
    await expect(ask({ engine: own, environment: guess, task: 'test-1' })).rejects.toThrow('disposed of');
    let isLost = false;
    void device.lost.then(() => (isLost = true));
    await device.queue.onSubmittedWorkDone();
    expect(isLost).toBe(false);
    device.destroy();
    await device.lost;
  });
});
