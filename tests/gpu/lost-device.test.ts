/** A device that is destroyed in the middle of a run, on Dawn: the run opens another one and ends as if nothing had been. */
import { expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { nodePlatform } from '../../scripts/runtime/node-platform';
import { presetSettings } from '../../src/env/settings';
import type { RunEvent } from '../../src/grpo/types';
import { CLOCK_FIELDS } from '../../src/report/metrics';
import { Session } from '../../src/run/session';
import { RunControl } from '../../src/run/train/control';
import { trainRun } from '../../src/run/train-run';
import { MemoryStore } from '../../src/run/stores/memory-store';
import type { Settings } from '../../src/settings/settings';

const settings = { ...presetSettings('smoke'), maxSteps: 4, saveSteps: 2, outputDir: 'memory' } as Settings;

/** Destroys the newest device after so many submissions to it, for each number in turn. */
async function trained(submissions: readonly number[]) {
  const left = [...submissions];
  const gpu = await createDawnGpu();
  const breaking = new Proxy(gpu, {
    get: (target, name) => {
      if (name !== 'requestAdapter') {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      return async (...of: Parameters<GPU['requestAdapter']>) => {
        const adapter = await target.requestAdapter(...of);
        if (adapter === null) return null;
        const open = adapter.requestDevice.bind(adapter);
        adapter.requestDevice = async (descriptor) => {
          const device = await open(descriptor);
          let most = left.shift() ?? Infinity;
          const submit = device.queue.submit.bind(device.queue);
          device.queue.submit = (commands) => {
            submit(commands);
            if (--most === 0) device.destroy();
          };
          return device;
        };
        return adapter;
      };
    },
  });
  const platform = { ...(await nodePlatform(() => undefined)), webgpu: breaking };
  const session = new Session(platform);
  const store = new MemoryStore();
  const events: RunEvent[] = [];
  try {
    const result = trainRun(session, settings, store, (event) => events.push(event), new RunControl());
    await result.catch(() => undefined);
    return { result, store, events };
  } finally {
    session.dispose();
  }
}

const text = async (store: MemoryStore, path: string) =>
  new TextDecoder('latin1').decode((await store.read(path)) ?? new Uint8Array());

async function records(store: MemoryStore) {
  const lines = (await text(store, 'metrics.jsonl')).trimEnd().split('\n');
  return lines.map((line) => {
    const record = JSON.parse(line) as Record<string, unknown>;
    for (const field of CLOCK_FIELDS) delete record[field];
    return record;
  });
}

test(
  'metrics and adapter are those of a run whose device stayed, and three losses without a save end it',
  { timeout: 300_000 },
  async () => {
    const whole = await trained([]);
    const submissions = 40;
    const broken = await trained([submissions, submissions]);
    await expect(broken.result).resolves.toMatchObject({ reason: 'max-steps', step: 4 });
    const losses = broken.events.filter(
      (event) => event.kind === 'warning' && event.message.startsWith('The GPU was lost'),
    );
    expect(losses).toHaveLength(2);
    expect(await records(broken.store)).toEqual(await records(whole.store));
    const adapter = 'final/adapter_model.safetensors';
    expect(await text(broken.store, adapter)).toBe(await text(whole.store, adapter));
    const dead = await trained([5, 5, 5]);
    await expect(dead.result).rejects.toMatchObject({ code: 'training/device-lost-again' });
  },
);
