import { beforeEach, expect, test } from 'vitest';
import { MemoryStore } from '../../src/run/stores/memory-store';
import type { RunStore } from '../../src/run/stores/run-store';
import { Mirror, type MirrorSource } from './mirror';

const text = (value: string) => new TextEncoder().encode(value);

let run: MemoryStore;
let disk: MemoryStore;
let mirror: Mirror;
/** Paths in the order they are written on disk. */
let written: string[];

const source: MirrorSource = {
  listFiles: (prefix) => run.list(prefix),
  readFile: (path) => run.read(path),
};

beforeEach(() => {
  run = new MemoryStore();
  disk = new MemoryStore();
  written = [];
  const target: RunStore = {
    list: (prefix) => disk.list(prefix),
    read: (path) => disk.read(path),
    create: (path, bytes) => disk.create(path, bytes),
    append: (path, line) => disk.append(path, line),
    remove: (path) => disk.remove(path),
    write: async (path, bytes) => {
      written.push(path);
      await disk.write(path, bytes);
    },
  };
  mirror = new Mirror(source, 'outputs/a', target);
});

async function put(paths: readonly string[]): Promise<void> {
  for (const path of paths) await run.write(`outputs/a/${path}`, text(path));
}

test('a step copies the metrics only', async () => {
  await put(['metrics.jsonl', 'config.json', 'checkpoint-1/adapter_model.safetensors']);
  mirror.follow({ kind: 'log', line: '' });
  mirror.follow({ kind: 'step', metrics: { step: 1 } as never });
  await mirror.settled();
  expect(await disk.list()).toEqual(['metrics.jsonl']);
});

test('a save copies its folder before the index, then removes what the run removed', async () => {
  await disk.write('checkpoint-1/adapter_model.safetensors', text('old'));
  await disk.write('notes.txt', text('mine'));
  await put([
    'checkpoint-2/adapter_model.safetensors',
    'best_model/metadata.json',
    'runs.json',
    'config.json',
  ]);
  await run.write('outputs/other/checkpoint-9/x', text('other run'));
  mirror.follow({ kind: 'saved', path: 'checkpoint-2', step: 2 });
  await mirror.settled();
  expect(await disk.list()).toEqual([
    ...['best_model/metadata.json', 'checkpoint-2/adapter_model.safetensors', 'config.json'],
    ...['notes.txt', 'runs.json'],
  ]);
  expect(written.at(-1)).toBe('runs.json');
});

test('evaluations: only logs that are not there yet', async () => {
  await put(['eval_logs/a.json', 'eval_logs/b.json']);
  await disk.write('eval_logs/a.json', text('kept'));
  mirror.follow({ kind: 'evaluation', summary: {} as never });
  await mirror.settled();
  expect(written).toEqual(['eval_logs/b.json']);
});

test('finish copies everything, the index last', async () => {
  await put(['metrics.jsonl', 'runs.json', 'final/adapter_config.json', 'eval_logs/a.json']);
  await mirror.finish();
  expect(await disk.list()).toEqual([
    ...['eval_logs/a.json', 'final/adapter_config.json', 'metrics.jsonl', 'runs.json'],
  ]);
  expect(written.at(-1)).toBe('runs.json');
});

test('a full disk is reported, and nothing is written after it', async () => {
  disk = new MemoryStore(20);
  await put(['metrics.jsonl', 'config.json', 'final/a-long-name-of-a-file']);
  mirror.follow({ kind: 'saved', path: 'final', step: 1 });
  mirror.follow({ kind: 'step', metrics: { step: 2 } as never });
  await expect(mirror.finish()).rejects.toThrow(/full|space/i);
  const count = written.length;
  await mirror.finish().catch(() => undefined);
  expect(written).toHaveLength(count);
});

test('files that vanish while they are copied are passed over', async () => {
  await put(['checkpoint-1/a', 'runs.json']);
  const vanishing: MirrorSource = {
    ...source,
    readFile: async (path) => (path.endsWith('/a') ? null : run.read(path)),
  };
  const other = new Mirror(vanishing, 'outputs/a/', disk);
  other.follow({ kind: 'saved', path: 'checkpoint-1', step: 1 });
  await other.settled();
  expect(await disk.list()).toEqual(['runs.json']);
});
