import { expect, test } from 'vitest';
import { DeviceLostError, GpuError } from '../../kernels/errors';
import type { RunEvent } from '../../grpo/types';
import type { Settings } from '../../settings/settings';
import { defaultTestSettings } from '../../../tests/support/settings';
import { MemoryStore } from '../../../tests/support/toy-run';
import { pick, records, train } from '../../../tests/support/train-toy';
import { trainThroughLosses, type Attempts } from './through-losses';

const SETTINGS: Partial<Settings> = { maxSteps: 8, saveSteps: 2, evalSteps: 4, batchSize: 4, seed: 5 };

/**
 * A run of the toy policy whose GPU goes away in each step named, once for each time it is named; every attempt has a policy
 * of its own, as one on a new device has.
 */
async function disturbed(lostAfter: readonly number[], more: Partial<Attempts> = {}) {
  const store = new MemoryStore();
  const left = [...lostAfter];
  const events: RunEvent[] = [];
  const pauses: number[] = [];
  let forgotten = 0;
  const run = trainThroughLosses(defaultTestSettings(SETTINGS), (event) => events.push(event), {
    train: async ({ resume }, follow) =>
      (
        await train({ ...SETTINGS, resume }, store, (event) => {
          follow(event);
          if (event.kind !== 'step' || event.metrics.step !== left[0]) return;
          left.shift();
          throw new DeviceLostError('taken');
        })
      ).result,
    deviceLost: () => null,
    forget: () => void forgotten++,
    endsAnyway: () => false,
    pause: (ms) => Promise.resolve(void pauses.push(ms)),
    ...more,
  });
  return { run, store, events, pauses, forgotten: () => forgotten };
}

const adapter = (store: MemoryStore) => store.text('final/adapter_model.safetensors');

test('losses before and after saves leave the numbers of an undisturbed run', async () => {
  const whole = new MemoryStore();
  await train(SETTINGS, whole);
  const { run, store, events, forgotten } = await disturbed([1, 1, 3, 3, 5, 8]);
  expect(await run).toMatchObject({ reason: 'max-steps', step: 8 });
  expect(records(store)).toEqual(records(whole));
  expect(adapter(store)).toBe(adapter(whole));
  expect(forgotten()).toBe(6);
  const told = pick(events, 'warning').map(({ message }) => message);
  expect(told.filter((message) => message.startsWith('The GPU was lost (taken)'))).toHaveLength(6);
  expect(told[0]).toMatch(/begins again: nothing was saved yet \(1 of at most 2/);
  expect(told.some((message) => /goes on from checkpoint-2 \(2 of at most 2/.test(message))).toBe(true);
});

test('three in a row end the run: all is kept, and it can be resumed', async () => {
  const { run, store, pauses } = await disturbed([3, 3, 3]);
  await expect(run).rejects.toMatchObject({
    code: 'training/device-lost-again',
    params: { times: 3, reason: 'taken', saved: 'checkpoint-2' },
    message: expect.stringMatching(/checkpoint-2 is kept.*resume=latest/) as unknown,
  });
  expect(pauses).toEqual([1000, 5000]);
  const whole = new MemoryStore();
  await train(SETTINGS, whole);
  await train({ ...SETTINGS, resume: 'latest' }, store);
  expect(records(store)).toEqual(records(whole));
});

test('three before any save end it, and say that nothing was saved', async () => {
  await expect((await disturbed([1, 1, 1])).run).rejects.toThrow(/Nothing was saved yet.*train again/);
});

test('a loss that shows itself as another failure counts; a failure of another kind ends the run', async () => {
  let failures = 0;
  const failing = (error: Error): Partial<Attempts> => ({
    train: () =>
      failures++ === 0
        ? Promise.reject(error)
        : Promise.resolve({ reason: 'max-steps', step: 8, bestAccuracy: null }),
  });
  const odd = await disturbed([], {
    ...failing(new Error('AbortError: mapAsync')),
    deviceLost: () => 'crashed',
  });
  expect(await odd.run).toMatchObject({ step: 8 });
  failures = 0;
  const other = await disturbed([], failing(new Error('no such file')));
  await expect(other.run).rejects.toThrow('no such file');
  expect(other.forgotten()).toBe(0);
});

test('a GPU that does not come back at once is asked again', async () => {
  const answers = [new DeviceLostError('crash'), GpuError.of('gpu/no-adapter')];
  const again = await disturbed([], {
    train: () => {
      const error = answers.shift();
      return error === undefined
        ? Promise.resolve({ reason: 'max-steps', step: 8, bestAccuracy: null })
        : Promise.reject(error);
    },
  });
  expect(await again.run).toMatchObject({ step: 8 });
  // Without a loss before it is no loss.
  const none = await disturbed([], { train: () => Promise.reject(GpuError.of('gpu/no-adapter')) });
  await expect(none.run).rejects.toMatchObject({ code: 'gpu/no-adapter' });
});

test('a run that is to end is not begun again', async () => {
  const { run } = await disturbed([1], { endsAnyway: () => true });
  await expect(run).rejects.toThrow(DeviceLostError);
});
