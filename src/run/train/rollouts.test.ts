import { describe, expect, it } from 'vitest';
import { MemoryStore, toyRun } from '../../../tests/support/toy-run';
import { parseTraces } from '../../report/trace-reader';
import type { Settings } from '../../settings/settings';
import { RunControl } from './control';
import { recordsUpTo } from './records';
import { runTraining } from './trainer';

const FILE = 'rollouts.jsonl';
const CHANGES = {
  saveRollouts: true,
  maxSteps: 4,
  saveSteps: 2,
  evalSteps: 0,
  batchSize: 3,
  numGenerations: 4,
} satisfies Partial<Settings>;

async function train(changes: Partial<Settings> = {}, store = new MemoryStore(), stopAfter = Infinity) {
  const { deps, settings } = toyRun({ ...CHANGES, ...changes }, store);
  const control = new RunControl();
  await runTraining(
    deps,
    settings,
    (event) => {
      if (event.kind === 'step' && event.metrics.step === stopAfter) control.stop();
    },
    control,
  );
  return store;
}

describe('saveRollouts', () => {
  it('writes one line a rollout, which the reader takes back', async () => {
    const traces = parseTraces((await train()).text(FILE), FILE);
    expect(traces.length).toBe(4 * 3 * 4);
    expect(traces.map(({ id }) => id).slice(0, 5)).toEqual(['1-0-0', '1-0-1', '1-0-2', '1-0-3', '1-1-0']);
    expect(new Set(traces.map(({ id }) => id)).size).toBe(traces.length);
    expect(traces[0]).toMatchObject({ env: 'toy', tools: [], rewards: { right: { weight: 1 } } });
    expect(traces[0]?.messages[0]).toMatchObject({ role: 'user' });
    expect(traces.some(({ loss_mask }) => loss_mask.includes(1))).toBe(true);
  });

  it('writes nothing unless it is asked to', async () => {
    expect(await (await train({ saveRollouts: false })).list()).not.toContain(FILE);
  });

  it('has the same bytes after a stop in between and going on', async () => {
    const whole = (await train()).text(FILE);
    const store = await train({}, new MemoryStore(), 2);
    // What a crash leaves: a step that no checkpoint holds, and a line without its end.
    await store.append(FILE, `${JSON.stringify({ step: 3 })}\n{"step": 3, "mes`);
    await train({ resume: 'latest' }, store);
    expect(store.text(FILE)).toBe(whole);
  });

  it('begins anew with a new run in the same folder', async () => {
    const store = await train({ seed: 9 });
    const first = store.text(FILE);
    await train({}, store);
    expect(store.text(FILE)).not.toBe(first);
    expect(store.text(FILE)).toBe((await train()).text(FILE));
  });
});

describe('recordsUpTo', () => {
  const cut = (text: string, step: number) =>
    new TextDecoder().decode(recordsUpTo(new TextEncoder().encode(text), step));

  it('keeps the bytes of the steps up to one, and drops what is no record', () => {
    expect(cut('{"step":1, "t":"ä"}\n{"step":2}\n\nnull\n{"step":3}\n{"st', 2)).toBe(
      '{"step":1, "t":"ä"}\n{"step":2}\n',
    );
    expect(cut('', 2)).toBe('');
  });

  it('gives a last line the end that it lacks', () => {
    expect(cut('{"step":1}', 1)).toBe('{"step":1}\n');
  });
});
