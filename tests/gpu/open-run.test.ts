/** What is known before weights are read is told before weights are read. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { nodePlatform } from '../../scripts/runtime/node-platform';
import { schemaOf } from '../../src/env/settings';
import { Gpu } from '../../src/kernels/gpu';
import type { RunEvent } from '../../src/grpo/types';
import { openRun } from '../../src/run/open-run';
import { Session, type RunPlatform } from '../../src/run/session';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { resolveSettings } from '../../src/settings/resolve';

let platform: RunPlatform;
let opened: string[];
let session: Session | null = null;
beforeAll(async () => {
  await createDawnGpu();
  const node = await nodePlatform(() => undefined);
  platform = {
    ...node,
    modelFiles: async (model, downloads) => {
      const files = await node.modelFiles(model, downloads);
      return {
        ...files,
        read: (path, onProgress) => (opened.push(path), files.read(path, onProgress)),
        open: (path, onProgress) => (opened.push(path), files.open(path, onProgress)),
      };
    },
  };
});
afterEach(() => session?.dispose());

function open(flags: Record<string, string>, onEvent: (event: RunEvent) => void = () => undefined) {
  opened = [];
  session = new Session(platform);
  const { settings } = resolveSettings({ preset: 'smoke', flags }, schemaOf('mail'));
  return openRun(session, settings, new MemoryStore(), onEvent);
}

const weightsRead = () => opened.some((path) => path.includes('safetensors'));

test('a context that the longest prompt does not fit in', async () => {
  await expect(open({ maxSeqLength: '16', maxTokens: '8' })).rejects.toMatchObject({
    code: 'training/prompt-too-long',
  });
  expect(opened).toContain('tokenizer.json');
  expect(weightsRead()).toBe(false);
});

test('a run that does not fit, with settings that would', async () => {
  // Room for 60 MB.
  const { canHold } = Gpu.prototype;
  Gpu.prototype.canHold = (bytes) => Promise.resolve(bytes <= 60e6);
  try {
    const failed = open({ microBatchTokens: '16384' });
    await expect(failed).rejects.toThrow(
      /more than this device gives\. What would fit: .*microBatchTokens=\d+/,
    );
    expect(weightsRead()).toBe(false);
    const error = (await failed.catch((caught: unknown) => caught)) as {
      params: { proposals: { changes: { microBatchTokens?: number } }[] };
    };
    const proposal = error.params.proposals.find(({ changes }) => changes.microBatchTokens !== undefined);
    session?.dispose();
    // What is proposed is what then goes through.
    const run = await open({ microBatchTokens: String(proposal?.changes.microBatchTokens) });
    run.dispose();
    expect(weightsRead()).toBe(true);
  } finally {
    Gpu.prototype.canHold = canHold;
  }
});

test('auto is f32 for a small model, and the run is told which; another form needs another engine', async () => {
  const lines: string[] = [];
  const run = await open({}, (event) => event.kind === 'log' && void lines.push(event.line));
  expect(run.settings.baseWeights).toBe('f32');
  expect(lines.join('\n')).toMatch(
    /needs about \d+ MB of GPU memory \(weights \d+ \(f32\), adapter .* keys and values .* activations/,
  );
  run.dispose();
  const held = session as Session;
  expect(held.holds(run.settings)).toBe(true);
  expect(held.holds({ ...run.settings, baseWeights: 'auto' })).toBe(true);
  expect(held.holds({ ...run.settings, baseWeights: 'int8' })).toBe(false);
});
