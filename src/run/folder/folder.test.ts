import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Settings } from '../../settings/settings';
import { openFsStore } from '../stores/fs-store-node';
import { MemoryStore } from '../stores/memory-store';
import type { RunStore } from '../stores/run-store';
import { RunControl } from '../train/control';
import { findStart } from '../train/resume';
import { runTraining } from '../train/trainer';
import { toyRun, MemoryStore as ToyStore } from '../../../tests/support/toy-run';
import { openForNewRun, openForResume } from './open-folder';
import { readIndex } from './run-index';

const text = (content: string) => new TextEncoder().encode(content);

/** Every file with its content, the lock aside. */
async function contents(store: RunStore): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const path of await store.list()) {
    all.set(path, Buffer.from((await store.read(path)) ?? []).toString('latin1'));
  }
  return all;
}

async function put(store: RunStore, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) await store.write(path, text(content));
}

async function train(store: RunStore, changes: Partial<Settings>, stopAfter = Infinity): Promise<string[]> {
  const { deps, settings } = toyRun({
    maxSteps: 4,
    evalSteps: 2,
    saveSteps: 1,
    evalDatasetSize: 4,
    ...changes,
  });
  const control = new RunControl();
  const said: string[] = [];
  await runTraining(
    { ...deps, store },
    settings,
    (event) => {
      if (event.kind === 'warning') said.push(event.message);
      if (event.kind === 'log') said.push(event.line);
      if (event.kind === 'step' && event.metrics.step === stopAfter) control.stop();
    },
    control,
  );
  return said;
}

/** As the version before checksums left its index. */
async function makeOlder(store: RunStore): Promise<void> {
  const read = await readIndex(await store.read('runs.json'));
  if (read.kind !== 'index') throw new Error('no index');
  const { checkpoints, best } = read.index;
  await store.write('runs.json', text(JSON.stringify({ format: 1, checkpoints, best })));
}

const HUGGING_FACE: Readonly<Record<string, string>> = {
  'config.json': '{"model_type":"llama"}',
  'checkpoint-500/pytorch_model.bin': 'w',
  'checkpoint-500/trainer_state.json': '{"best_metric":null,"epoch":1,"global_step":500,"log_history":[]}',
  'final/model.safetensors': 'w',
  'best_model/mine.bin': 'w',
  'sub/report.tmp-99': 'y',
  'notes.txt': 'n',
};

describe('somebody else’s folder', () => {
  test.each(['no', 'latest', 'best', 'checkpoint-500'] as const)(
    'stays as it is, resume=%s',
    async (resume) => {
      const store = new MemoryStore();
      await put(store, HUGGING_FACE);
      const before = await contents(store);
      await expect(train(store, { resume })).rejects.toThrow(
        /holds config\.json, best_model\/, checkpoint-500\/, final\/: names that a run writes, but no run's index claims them\. They are not touched\. Choose another outputDir/,
      );
      expect(await contents(store)).toEqual(before);
    },
  );

  test.each([
    ['config.json', '{"model_type":"llama"}'],
    ['metrics.jsonl', '{"loss":1}\n'],
    ['checkpoint-7/weights.bin', 'w'],
    ['best_model/adapter_model.safetensors', 'w'],
    ['final/README.md', 'w'],
    ['eval_logs/eval_step_0002.json', '{"score":1}'],
    ['runs.json', '{"runs":[]}'],
  ])('%s alone is enough to refuse', async (path, content) => {
    for (const resume of ['no', 'latest'] as const) {
      const store = new MemoryStore();
      await put(store, { [path]: content });
      await expect(findStart(store, { resume, outputDir: 'o' })).rejects.toThrow(
        path.includes('/') && !path.startsWith('eval_logs') ? `${path.split('/')[0]}/` : path,
      );
      expect(await contents(store)).toEqual(new Map([[path, content]]));
    }
  });

  test('what has none of the names stays beside the run, in its folders too', async () => {
    const store = new MemoryStore();
    await put(store, { 'notes.txt': 'n', 'data/config.json': '{}', 'eval_logs/mine.txt': 'm' });
    await train(store, {});
    await put(store, { 'checkpoint-2/mine.txt': 'm', 'final/pytorch_model.bin': 'w' });
    await train(store, { maxSteps: 2, evalSteps: 0 });
    await train(store, { maxSteps: 1, evalSteps: 0 });
    expect((await store.list()).filter((path) => !/\.(json|jsonl|safetensors)$/.test(path))).toEqual([
      ...['checkpoint-2/mine.txt', 'eval_logs/mine.txt', 'final/pytorch_model.bin', 'notes.txt'],
    ]);
    expect(await store.list('data/')).toEqual(['data/config.json']);
    expect(await store.list('checkpoint-2/')).toEqual(['checkpoint-2/mine.txt']);
  });

  test('a file that comes into the way of a run stays, and the run says so before it writes', async () => {
    const store = new MemoryStore();
    await train(store, {}, 1);
    await put(store, { 'checkpoint-3/metadata.json': 'mine' });
    await expect(train(store, { resume: 'latest' })).rejects.toThrow(
      /checkpoint-3\/metadata\.json: names that a run/,
    );
    const late = new MemoryStore();
    const { deps, settings } = toyRun({ maxSteps: 2, evalSteps: 0, saveSteps: 1 });
    const run = runTraining(
      { ...deps, store: late },
      settings,
      (event) => {
        if (event.kind === 'step' && event.metrics.step === 2) {
          void late.write('checkpoint-2/metadata.json', text('mine'));
        }
      },
      new RunControl(),
    );
    await expect(run).rejects.toThrow(/about to write checkpoint-2\/metadata\.json/);
    expect(new TextDecoder().decode((await late.read('checkpoint-2/metadata.json'))!)).toBe('mine');
    // Moved away, the run goes on.
    await late.remove('checkpoint-2/metadata.json');
    const { folder } = await openForResume(late, 'o');
    expect(folder.checkpoints.map(({ path }) => path)).toEqual(['checkpoint-1']);
  });
});

describe('a new run', () => {
  test('takes the place of the one before, all of it', async () => {
    const store = new MemoryStore();
    await train(store, {});
    const said = await train(store, { maxSteps: 1, evalSteps: 0 });
    expect(said).toContainEqual(expect.stringMatching(/held an earlier run, which is replaced/));
    const clean = new MemoryStore();
    await train(clean, { maxSteps: 1, evalSteps: 0 });
    expect(await contents(store)).toEqual(await contents(clean));
  });

  test('refuses when something else stands in the place of a file of the run before', async () => {
    const store = new MemoryStore();
    await train(store, {});
    await put(store, { 'final/adapter_model.safetensors': 'another adapter' });
    const before = await contents(store);
    await expect(train(store, {})).rejects.toThrow(
      /final\/adapter_model\.safetensors is not what the run in this folder wrote: it has 15 bytes instead of \d+/,
    );
    expect(await contents(store)).toEqual(before);
  });

  test('refuses when the index of the run before is lost, and says what to do', async () => {
    const store = new MemoryStore();
    await train(store, {});
    await store.remove('runs.json');
    await expect(train(store, {})).rejects.toThrow(
      /checkpoint-4, final of a run, but its runs\.json is missing\. .* resume=latest, or choose another outputDir/,
    );
    await store.write('runs.json', text('null'));
    await expect(train(store, {})).rejects.toThrow(/runs\.json is no index of a run/);
  });

  test('an index that somebody made up reaches nothing but names of the layout', async () => {
    const store = new MemoryStore();
    await train(store, { maxSteps: 1, evalSteps: 0 });
    const value = JSON.parse(new TextDecoder().decode((await store.read('runs.json'))!)) as { files: object };
    const files = { ...value.files, 'notes.txt': null, '../x': null };
    await put(store, { 'notes.txt': 'n', 'runs.json': JSON.stringify({ ...value, files }) });
    await expect(openForNewRun(store, 'o')).rejects.toThrow('runs.json has another SHA-256');
  });
});

describe('resuming', () => {
  const D1 = [
    'null',
    '{"format":1,"checkpoints":[],"best":null}',
    '{"format":1,"checkpoints":[null],"best":null}',
  ];
  test.each([null, '', '[', ...D1])('with the index %j makes it again', async (content) => {
    const store = new MemoryStore();
    await train(store, { keepCheckpoints: 0 }, 3);
    if (content === null) await store.remove('runs.json');
    else await put(store, { 'runs.json': content });
    const said = await train(store, { resume: 'latest', keepCheckpoints: 0 });
    expect(said.some((line) => /made again from checkpoint-1, checkpoint-2, checkpoint-3/.test(line))).toBe(
      true,
    );
    const whole = new MemoryStore();
    await train(whole, { keepCheckpoints: 0 });
    const lines = (files: Map<string, string>) =>
      files.get('metrics.jsonl')?.replaceAll(/"\w+Seconds":[^,]+/g, '');
    const [found, wanted] = [await contents(store), await contents(whole)];
    expect(lines(found)).toEqual(lines(wanted));
    expect([...found.keys()]).toEqual([...wanted.keys()]);
    for (const path of ['final', 'best_model'].map((folder) => `${folder}/adapter_model.safetensors`)) {
      expect(found.get(path)).toEqual(wanted.get(path));
    }
  });

  test('never removes adapters that have no checkpoint', async () => {
    const store = new MemoryStore();
    await train(store, {});
    for (const path of await store.list('checkpoint-')) await store.remove(path);
    await store.remove('runs.json');
    const before = await contents(store);
    await expect(train(store, { resume: 'latest' })).rejects.toThrow(
      /no checkpoint to resume from, only best_model, final/,
    );
    expect(await contents(store)).toEqual(before);
  });

  test('leaves the checkpoints of a branch until the new one has saved', async () => {
    const store = new MemoryStore();
    await train(store, { keepCheckpoints: 0 }, 3);
    const abandoned = { resume: 'checkpoint-1', keepCheckpoints: 0 } as const;
    const { deps, settings } = toyRun({
      maxSteps: 4,
      evalSteps: 2,
      saveSteps: 1,
      evalDatasetSize: 4,
      ...abandoned,
    });
    const control = new RunControl();
    await expect(
      runTraining(
        { ...deps, store },
        settings,
        (event) => {
          if (event.kind === 'step') control.abort(new Error('enough'));
        },
        control,
      ),
    ).rejects.toThrow();
    expect(await store.list('checkpoint-3/')).toHaveLength(5);
    expect((await openForResume(store, 'o')).folder.checkpoints.map(({ step }) => step)).toEqual([1]);
  });

  test('removes what a crash left of checkpoints that were on their way out, even when nothing is left to train', async () => {
    const changes = { maxSteps: 2, evalSteps: 0, keepCheckpoints: 1 } as const;
    const whole = new ToyStore();
    await train(whole, changes);
    let crashed = 0;
    for (let failAt = 1; failAt <= whole.writes; failAt++) {
      const store = new ToyStore();
      store.failAt = failAt;
      await expect(train(store, changes)).rejects.toThrow('told to fail');
      crashed += Number(/remove/.test(store.failedAt));
      store.failAt = Infinity;
      await train(store, { ...changes, resume: 'latest' });
      expect(await store.list()).toEqual(await whole.list());
    }
    // Each file of the one checkpoint that is dropped.
    expect(crashed).toBe(5);
  });

  test('starts afresh what ended before its first save', async () => {
    const store = new ToyStore();
    store.failAt = 8;
    await expect(train(store, { saveSteps: 0, evalSteps: 0 })).rejects.toThrow('told to fail');
    store.failAt = Infinity;
    const said = await train(store, { saveSteps: 0, evalSteps: 0, resume: 'latest' });
    expect(said).toContainEqual(expect.stringMatching(/no checkpoint to resume .* starts afresh/));
    expect(await store.list('final/')).toHaveLength(3);
  });
});

describe('the folder of an older version', () => {
  test('opens, goes on to the same end, and then has an index of today', async () => {
    const store = new MemoryStore();
    await train(store, {}, 2);
    await makeOlder(store);
    // What that version left when it was killed in the middle of a save.
    await put(store, { 'checkpoint-3/adapter_config.json': '{' });
    await train(store, { resume: 'latest' });
    const whole = new MemoryStore();
    await train(whole, {});
    const adapter = 'final/adapter_model.safetensors';
    expect(await store.read(adapter)).toEqual(await whole.read(adapter));
    const read = await readIndex(await store.read('runs.json'));
    expect(read.kind === 'index' && [...read.index.files.keys()]).toEqual(
      (await store.list()).filter((path) => path !== 'runs.json'),
    );
  });

  test('is replaced by a new run', async () => {
    const store = new MemoryStore();
    await train(store, {});
    await makeOlder(store);
    await train(store, { maxSteps: 1, evalSteps: 0 });
    const clean = new MemoryStore();
    await train(clean, { maxSteps: 1, evalSteps: 0 });
    expect(await contents(store)).toEqual(await contents(clean));
  });

  test('does not count without records of a run beside it', async () => {
    const store = new MemoryStore();
    await put(store, {
      'runs.json': '{"format":1,"checkpoints":[],"best":null}',
      'final/adapter_model.safetensors': 'w',
    });
    const before = await contents(store);
    await expect(train(store, {})).rejects.toThrow(
      /holds final\/.*no config\.json or metrics\.jsonl of a run/,
    );
    expect(await contents(store)).toEqual(before);
  });

  const folders: string[] = [];
  afterAll(async () => {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  });
  test('as version 4e8ab61 wrote it: every way to begin finds it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mailgym-older-'));
    folders.push(folder);
    await cp('tests/fixtures/run-4e8ab61', folder, { recursive: true });
    const store = await openFsStore(folder);
    for (const resume of ['latest', 'best', 'checkpoint-1'] as const) {
      const { checkpoint } = await findStart(store, { resume, outputDir: folder });
      expect(checkpoint?.state.step).toBe(resume === 'checkpoint-1' ? 1 : 2);
    }
    const { opened } = await findStart(store, { resume: 'no', outputDir: folder });
    expect(opened.isUsed).toBe(true);
    await opened.folder.clear();
    expect(await store.list()).toEqual(['runs.json']);
  });

  const OLD = [
    ...['adapter_config.json', 'adapter_model.safetensors', 'metadata.json'],
    ...['optimizer.safetensors', 'trainer_state.json'],
  ];
  const DAMAGES: Readonly<Record<string, (bytes: Buffer) => Buffer | null>> = {
    empty: () => Buffer.alloc(0),
    half: (bytes) => bytes.subarray(0, bytes.length >> 1),
    garbage: (bytes) => Buffer.from(bytes.map((_, i) => (i * 151 + 17) % 256)),
    missing: () => null,
  };
  test.each(OLD.flatMap((name) => Object.keys(DAMAGES).map((damage) => [name, damage] as const)))(
    'a checkpoint of 4e8ab61 whose %s is %s is named, though there are no checksums',
    async (name, damage) => {
      const folder = await mkdtemp(join(tmpdir(), 'mailgym-older-'));
      folders.push(folder);
      await cp('tests/fixtures/run-4e8ab61', folder, { recursive: true });
      const path = join(folder, 'checkpoint-2', name);
      const bytes = DAMAGES[damage]!(await readFile(path));
      await (bytes === null ? rm(path) : writeFile(path, bytes));
      const store = await openFsStore(folder);
      await expect(findStart(store, { resume: 'latest', outputDir: folder })).rejects.toThrow(
        new RegExp(`^checkpoint-2 cannot be resumed from: checkpoint-2/${name} .*resume=checkpoint-1\\.$`),
      );
      const { checkpoint } = await findStart(store, { resume: 'checkpoint-1', outputDir: folder });
      expect(checkpoint?.state.step).toBe(1);
    },
  );
});
