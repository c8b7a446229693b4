/** The table of damages: what a resumed run says about a damaged file, and what can go on. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { RunControl } from '../train/control';
import { runTraining } from '../train/trainer';
import type { RunEvent } from '../../grpo/types';
import type { Settings } from '../../settings/settings';
import { MemoryStore, toyRun } from '../../../tests/support/toy-run';

const CHANGES = {
  ...{ maxSteps: 4, saveSteps: 1, evalSteps: 2, keepCheckpoints: 0, patience: 0 },
  ...{ batchSize: 2, numGenerations: 3, evalDatasetSize: 4 },
} as const;

async function train(
  store: MemoryStore,
  resume: Settings['resume'],
  stopAfter = Infinity,
): Promise<string[]> {
  const control = new RunControl();
  const said: string[] = [];
  const follow = (event: RunEvent) => {
    if (event.kind === 'log') said.push(event.line);
    if (event.kind === 'warning') said.push(event.message);
    if (event.kind === 'step' && event.metrics.step === stopAfter) control.stop();
  };
  const { deps, settings } = toyRun({ ...CHANGES, resume }, store);
  await runTraining(deps, settings, follow, control);
  return said;
}

function copyOf(store: MemoryStore): MemoryStore {
  const copy = new MemoryStore();
  for (const [path, bytes] of store.files) copy.files.set(path, bytes.slice());
  return copy;
}

const DAMAGES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | null>> = {
  empty: () => new Uint8Array(),
  half: (bytes) => bytes.slice(0, bytes.length >> 1),
  garbage: (bytes) => Uint8Array.from(bytes, (_, i) => (i * 151 + 17) % 256),
  'one bit, early': (bytes) => flipped(bytes, 0.1),
  'one bit, in the middle': (bytes) => flipped(bytes, 0.5),
  'one bit, late': (bytes) => flipped(bytes, 0.95),
  missing: () => null,
};

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[Math.floor(copy.length * at)]! ^= 1;
  return copy;
}

interface Row {
  /** As the documentation names them. */
  readonly files: string;
  readonly paths: readonly string[];
  /** What `--resume latest` says; null for nothing. */
  readonly said: RegExp | null;
  /** With what the run goes on to its end. */
  readonly resume: Settings['resume'];
  /** Whether `--resume latest` refuses. */
  readonly refuses: boolean;
}

const CHECKPOINT = ['adapter_config.json', 'adapter_model.safetensors', 'metadata.json'];
const RESUMED = [...CHECKPOINT, 'optimizer.safetensors', 'trainer_state.json'];
const below = (folder: string, names: readonly string[]) => names.map((name) => `${folder}/${name}`);

const TABLE: readonly Row[] = [
  {
    files: 'any file of the checkpoint that is resumed',
    paths: below('checkpoint-3', RESUMED),
    said: /^checkpoint-3 cannot be resumed from: checkpoint-3\/\S+ (is missing|has \d+ bytes instead of \d+|has another SHA-256 than when it was written)\. checkpoint-2 is whole: go on from there with resume=checkpoint-2\.$/,
    resume: 'checkpoint-2',
    refuses: true,
  },
  {
    files: 'any file of another checkpoint',
    paths: below('checkpoint-1', RESUMED),
    said: null,
    resume: 'latest',
    refuses: false,
  },
  {
    files: '`runs.json`',
    paths: ['runs.json'],
    said: /^runs\.json of \S+ (is missing|is empty|is not JSON|is no index of a run|has format .*|has no list of \w+|has another SHA-256 than when it was written); it is made again from checkpoint-1, checkpoint-2, checkpoint-3\.$/,
    resume: 'latest',
    refuses: false,
  },
  { files: '`config.json`', paths: ['config.json'], said: null, resume: 'latest', refuses: false },
  {
    files: '`metrics.jsonl`',
    paths: ['metrics.jsonl'],
    said: /^metrics\.jsonl was damaged \(it has .*\); what can be read of it is kept, curves may have gaps\.$/,
    resume: 'latest',
    refuses: false,
  },
  {
    files: 'any file of `best_model/`',
    paths: below('best_model', CHECKPOINT),
    said: /^best_model is copied again from its checkpoint\.$/,
    resume: 'latest',
    refuses: false,
  },
  {
    files: 'any file of `eval_logs/`',
    paths: ['eval_logs/eval_step_0002.json'],
    said: null,
    resume: 'latest',
    refuses: false,
  },
];

let whole: MemoryStore;
let stopped: MemoryStore;
let sayings: Set<string>;
beforeAll(async () => {
  whole = new MemoryStore();
  await train(whole, 'no');
  stopped = new MemoryStore();
  await train(stopped, 'no', 3);
  sayings = new Set(await train(copyOf(stopped), 'latest'));
});

const FINAL = 'final/adapter_model.safetensors';
const cases = TABLE.flatMap((row) =>
  row.paths.flatMap((path) => Object.keys(DAMAGES).map((damage) => [path, damage, row] as const)),
);

describe('a damaged file of a run', () => {
  test.each(cases)('%s, %s', async (path, damage, row) => {
    const store = copyOf(stopped);
    const bytes = DAMAGES[damage]!(store.files.get(path)!);
    if (bytes === null) store.files.delete(path);
    else store.files.set(path, bytes);
    const before = new Map(store.files);
    let said: string[];
    if (row.refuses) {
      const refusal = await train(store, 'latest').then(
        () => null,
        (error: unknown) => error as Error,
      );
      expect(refusal?.name).toBe('TrainingError');
      said = [refusal?.message ?? ''];
      // A run that is refused has changed nothing.
      expect(store.files).toEqual(before);
      await train(store, row.resume);
    } else {
      said = (await train(store, row.resume)).filter((line) => !sayings.has(line));
    }
    if (row.said === null) expect(said).toEqual([]);
    else expect(said).toEqual([expect.stringMatching(row.said)]);
    // Whatever was damaged, the run ends where it would have ended.
    expect(store.files.get(FINAL)).toEqual(whole.files.get(FINAL));
    const best = `best_model/adapter_model.safetensors`;
    expect(store.files.get(best)).toEqual(whole.files.get(best));
  });

  test('the final adapter is written again when the finished run is resumed', async () => {
    for (const damage of Object.values(DAMAGES)) {
      const store = copyOf(whole);
      const bytes = damage(store.files.get(FINAL)!);
      if (bytes === null) store.files.delete(FINAL);
      else store.files.set(FINAL, bytes);
      await train(store, 'latest');
      expect(store.files.get(FINAL)).toEqual(whole.files.get(FINAL));
    }
  });

  test('all checkpoints at once: refused, nothing is changed', async () => {
    const store = copyOf(stopped);
    for (const step of [1, 2, 3]) store.files.delete(`checkpoint-${step}/optimizer.safetensors`);
    const before = new Map(store.files);
    const noOther = /No other checkpoint of this run is whole; start afresh in another outputDir\./;
    await expect(train(store, 'latest')).rejects.toThrow(noOther);
    store.files.delete('runs.json');
    await expect(train(store, 'latest')).rejects.toThrow(
      /runs\.json of \S+ is missing, and none of its checkpoints is whole \(checkpoint-1: optimizer.safetensors is missing; /,
    );
    before.delete('runs.json');
    expect(store.files).toEqual(before);
  });

  test('the index and a checkpoint: made again from the others, the damaged one named', async () => {
    const store = copyOf(stopped);
    store.files.delete('runs.json');
    const path = 'checkpoint-3/optimizer.safetensors';
    store.files.set(path, flipped(store.files.get(path)!, 0.5));
    const said = await train(store, 'latest');
    expect(said).toContainEqual(expect.stringMatching(/made again from checkpoint-1, checkpoint-2\./));
    expect(said).toContainEqual(
      expect.stringMatching(
        /Left out, since not whole: checkpoint-3: optimizer\.safetensors has another SHA-256/,
      ),
    );
    expect(store.files.get(FINAL)).toEqual(whole.files.get(FINAL));
  });

  test('a checkpoint is chosen by its name; one that is not there is refused with those that are', async () => {
    const store = copyOf(stopped);
    await expect(train(store, 'checkpoint-4')).rejects.toThrow(
      'There is no checkpoint-4 to resume from. There are checkpoint-1, checkpoint-2, checkpoint-3.',
    );
    expect(store.files).toEqual(stopped.files);
    const said = await train(store, 'checkpoint-1', 2);
    expect(said).toContain('Resumed from checkpoint-1 (step 1).');
    // The checkpoints of the branch that was left stay until the new one has saved.
    expect([...store.files.keys()].some((file) => file.startsWith('checkpoint-3/'))).toBe(false);
    await train(store, 'latest');
    expect(store.files.get(FINAL)).toEqual(whole.files.get(FINAL));
  });

  test('the documentation has the same table', () => {
    const text = readFileSync('docs/run-folder.md', 'utf8');
    for (const { files, resume, refuses } of TABLE) {
      const row = text.split('\n').find((line) => line.startsWith(`| ${files} `));
      expect(row, files).toBeDefined();
      expect(row?.includes('refused'), files).toBe(refuses);
      if (refuses) expect(row, files).toContain(`resume=checkpoint-N`);
      expect(resume === 'latest', files).toBe(!refuses);
    }
  });
});
