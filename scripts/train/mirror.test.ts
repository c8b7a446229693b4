import { beforeEach, expect, test } from 'vitest';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { subStore } from '../../src/run/sub-store';
import type { RunStore } from '../../src/run/stores/run-store';
import { openForNewRun, openForResume } from '../../src/run/folder/open-folder';
import { readIndex } from '../../src/run/folder/run-index';
import type { RunFolder } from '../../src/run/folder/run-folder';
import { Mirror, type MirrorSource } from './mirror';

const text = (value: string) => new TextEncoder().encode(value);
const OUTPUT = 'outputs/a';

/** The page's storage, the run's folder in it, and the folder on disk. */
let storage: MemoryStore;
let run: RunFolder;
let disk: MemoryStore;
/** Paths in the order they are written on disk. */
let written: string[];

const source: MirrorSource = {
  listFiles: (prefix) => storage.list(prefix),
  readFile: (path) => storage.read(path),
};

function noting(store: MemoryStore): RunStore {
  return {
    list: (prefix) => store.list(prefix),
    read: (path) => store.read(path),
    create: (path, bytes) => store.create(path, bytes),
    append: (path, line) => store.append(path, line),
    remove: (path) => store.remove(path),
    write: async (path, bytes) => {
      written.push(path);
      await store.write(path, bytes);
    },
  };
}

async function mirrorTo(store: MemoryStore, from = source, replaces = true): Promise<Mirror> {
  const open = replaces ? openForNewRun : openForResume;
  const { folder } = await open(noting(store), 'disk');
  return new Mirror(from, `${OUTPUT}/`, folder, replaces);
}

beforeEach(async () => {
  storage = new MemoryStore();
  disk = new MemoryStore();
  written = [];
  run = (await openForNewRun(subStore(storage, OUTPUT), OUTPUT)).folder;
  await run.write('config.json', text('{}'));
  await run.append('metrics.jsonl', '{"step":1}\n');
  await run.commit();
});

/** As a save of the trainer: one checkpoint, the others gone. */
async function save(step: number, keep: readonly number[] = []): Promise<void> {
  const path = `checkpoint-${step}`;
  await run.write(`${path}/adapter_model.safetensors`, text(`adapter ${step}`));
  await run.write(`${path}/metadata.json`, text(`${step}`));
  const checkpoints = [...keep, step].map((n) => ({ path: `checkpoint-${n}`, step: n, accuracy: null }));
  const dropped = [...run.files.keys()].filter(
    (name) => name.startsWith('checkpoint-') && !checkpoints.some((c) => name.startsWith(`${c.path}/`)),
  );
  await run.commit(checkpoints, null);
  await run.remove(dropped);
  await run.commit();
}
const saved = (step: number) => ({ kind: 'saved', path: `checkpoint-${step}`, step }) as const;
const index = async (store: RunStore) => readIndex(await store.read('runs.json'));

test('a step copies the metrics only', async () => {
  const mirror = await mirrorTo(disk);
  await save(1);
  await mirror.follow({ kind: 'log', line: '' });
  expect(await disk.list()).toEqual([]);
  await mirror.follow({ kind: 'step', metrics: { step: 1 } as never });
  expect(await disk.list()).toEqual(['metrics.jsonl', 'runs.json']);
});

test('a save is copied before the index that names it, then what the run removed goes', async () => {
  await disk.write('notes.txt', text('mine'));
  const mirror = await mirrorTo(disk);
  await save(1);
  await mirror.follow(saved(1));
  await storage.write('outputs/other/checkpoint-9/x', text('other run'));
  written = [];
  await save(2);
  await mirror.follow(saved(2));
  expect(await disk.list()).toEqual([
    ...['checkpoint-2/adapter_model.safetensors', 'checkpoint-2/metadata.json', 'config.json'],
    ...['metrics.jsonl', 'notes.txt', 'runs.json'],
  ]);
  // Claimed, copied, named; what has not changed is not copied again.
  expect(written.slice(0, 4)).toEqual([
    ...['runs.json', 'checkpoint-2/adapter_model.safetensors', 'checkpoint-2/metadata.json', 'metrics.jsonl'],
  ]);
  expect(written.slice(4)).toEqual(['runs.json', 'runs.json']);
  expect(await index(disk)).toEqual(await index(subStore(storage, OUTPUT)));
});

test('evaluations: only logs that are not there yet', async () => {
  const mirror = await mirrorTo(disk);
  await run.write('eval_logs/eval_step_0001.json', text('a'));
  await mirror.follow({ kind: 'evaluation', summary: {} as never });
  await run.write('eval_logs/eval_step_0002.json', text('b'));
  written = [];
  await mirror.follow({ kind: 'evaluation', summary: {} as never });
  expect(written).toEqual(['runs.json', 'eval_logs/eval_step_0002.json']);
});

test('what a crash leaves on disk is the run’s own, and counts for nothing', async () => {
  const mirror = await mirrorTo(disk);
  await save(1);
  await mirror.follow(saved(1));
  await save(2, [1]);
  const failing: MirrorSource = {
    ...source,
    readFile: (path) =>
      path.endsWith('checkpoint-2/metadata.json')
        ? Promise.reject(new Error('killed'))
        : source.readFile(path),
  };
  const second = await mirrorTo(disk, failing, false);
  await expect(second.follow(saved(2))).rejects.toThrow('killed');
  expect(await disk.list('checkpoint-2/')).toEqual(['checkpoint-2/adapter_model.safetensors']);
  const { folder } = await openForResume(disk, 'disk');
  expect(folder.checkpoints.map(({ path }) => path)).toEqual(['checkpoint-1']);
  expect(folder.files.get('checkpoint-2/adapter_model.safetensors')).toBeNull();
});

test('the run before on disk gives way when the first file comes, not before', async () => {
  await (await mirrorTo(disk)).finish();
  const { folder } = await openForNewRun(disk, 'disk');
  await folder.write('final/metadata.json', text('old'));
  await folder.commit();
  const mirror = await mirrorTo(disk);
  expect(await disk.list('final/')).toEqual(['final/metadata.json']);
  await mirror.follow({ kind: 'step', metrics: { step: 1 } as never });
  expect(await disk.list()).toEqual(['metrics.jsonl', 'runs.json']);
});

test('a full disk is reported at once, and nothing is written after it', async () => {
  disk = new MemoryStore(500);
  const mirror = await mirrorTo(disk);
  await run.write('final/adapter_model.safetensors', new Uint8Array(400));
  await run.commit();
  await expect(mirror.follow({ kind: 'saved', path: 'final', step: 1 })).rejects.toThrow(/full|space/i);
  const count = written.length;
  await expect(mirror.follow({ kind: 'step', metrics: { step: 2 } as never })).rejects.toThrow(/full|space/i);
  await expect(mirror.finish()).rejects.toThrow(/full|space/i);
  expect(written).toHaveLength(count);
});

test('files that vanish while they are copied are passed over, and their checkpoint does not count', async () => {
  await save(1);
  await save(2, [1]);
  const vanishing: MirrorSource = {
    ...source,
    readFile: async (path) => (path.includes('checkpoint-1/') ? null : storage.read(path)),
  };
  const mirror = await mirrorTo(disk, vanishing);
  await mirror.finish();
  const { folder } = await openForResume(disk, 'disk');
  expect(folder.checkpoints.map(({ path }) => path)).toEqual(['checkpoint-2']);
});
