import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import { openFsStore } from '../stores/fs-store-node';
import { MemoryStore } from '../stores/memory-store';
import type { RunStore } from '../stores/run-store';
import { json } from './json';
import { lockFolder, STALE_AFTER, type LockHolder, type LockRecord } from './lock';
import { lockInBrowser, reserveFolder, type TakeLock } from './lock-browser';
import { lockFolderInNode, processHolder } from './lock-node';

const bytes = (content: string) => new TextEncoder().encode(content);

class Holder implements LockHolder {
  readonly host = 'here';
  readonly pid = 7;
  alive: boolean | null = true;
  time = 1_000_000;
  constructor(readonly owner: string) {}
  isAlive(): boolean | null {
    return this.alive;
  }
  now(): number {
    return this.time;
  }
}

const read = async (store: RunStore) =>
  JSON.parse(new TextDecoder().decode((await store.read('run.lock')) ?? bytes('null'))) as LockRecord | null;

describe('a folder', () => {
  test('is held by one, and free again afterwards', async () => {
    const store = new MemoryStore();
    const [first, second] = [new Holder('first'), new Holder('second')];
    const lock = await lockFolder(store, 'outputs/a', first);
    await lock.store.write('config.json', bytes('{}'));
    second.time += 3_000;
    await expect(lockFolder(store, 'outputs/a', second)).rejects.toThrow(
      /outputs\/a is in use by first \(last sign of life 3 s ago\).*Choose another outputDir/,
    );
    await lock.release();
    await lock.release();
    expect(await store.list()).toEqual(['config.json']);
    await (await lockFolder(store, 'outputs/a', second)).release();
  });

  test('of several at once one gets it', async () => {
    const store = new MemoryStore();
    const tries = ['a', 'b', 'c'].map((owner) => lockFolder(store, 'o', new Holder(owner)));
    const got = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled');
    expect(got).toHaveLength(1);
  });

  test('of several who find the same dead lock one gets it', async () => {
    const store = new MemoryStore();
    await lockFolder(store, 'o', new Holder('dead'));
    const tries = ['a', 'b', 'c'].map((owner) => {
      const holder = new Holder(owner);
      holder.isAlive = () => false;
      return lockFolder(store, 'o', holder);
    });
    const got = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled');
    expect(got).toHaveLength(1);
  });

  test('is taken over from the dead at once, from the silent after a while, and signs of life count', async () => {
    const store = new MemoryStore();
    const first = new Holder('first');
    const lock = await lockFolder(store, 'o', first);
    const second = new Holder('second');
    // On another machine nobody can tell.
    second.alive = null;
    second.time += STALE_AFTER;
    await expect(lockFolder(store, 'o', second)).rejects.toThrow('in use by first');
    first.time += 10_000;
    await lock.renew();
    second.time += 10_000;
    await expect(lockFolder(store, 'o', second)).rejects.toThrow('in use by first');
    second.time += 1;
    await lockFolder(store, 'o', second);
    const third = new Holder('third');
    third.alive = false;
    await lockFolder(store, 'o', third);
    expect((await read(store))?.owner).toBe('third');
  });

  test('whoever lost it stops before the next write, and does not give it back', async () => {
    const store = new MemoryStore();
    const lost = await lockFolder(store, 'outputs/a', new Holder('first'));
    const second = new Holder('second');
    second.alive = false;
    await lockFolder(store, 'outputs/a', second);
    for (const write of [
      () => lost.store.write('config.json', bytes('')),
      () => lost.store.create('config.json', bytes('')),
      () => lost.store.append('metrics.jsonl', ''),
      () => lost.store.remove('config.json'),
      () => lost.renew(),
    ]) {
      await expect(write()).rejects.toThrow(
        /no longer holds its folder outputs\/a: second has taken it over/,
      );
    }
    await lost.release();
    expect((await read(store))?.owner).toBe('second');
    await store.remove('run.lock');
    expect(await store.list()).toEqual([]);
  });

  test('half a lock, from a crash, counts for nothing', async () => {
    for (const content of ['', '{"format":1,"tok', 'null', '{"token":1}']) {
      const store = new MemoryStore();
      await store.write('run.lock', bytes(content));
      await (await lockFolder(store, 'o', new Holder('a'))).release();
    }
  });
});

describe('processes', () => {
  const folders: string[] = [];
  const children: ChildProcess[] = [];
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  });
  async function newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'mailgym-lock-'));
    folders.push(folder);
    return folder;
  }
  function hold(folder: string): { child: ChildProcess; said: Promise<string>; gone: Promise<unknown> } {
    const args = ['--import', 'tsx', 'tests/support/hold-folder.ts', folder];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const said = new Promise<string>((resolve) =>
      createInterface({ input: child.stdout! }).once('line', resolve),
    );
    return { child, said, gone: new Promise((resolve) => child.once('exit', resolve)) };
  }

  test('two at once: one has the folder, the other is told by whom; the lock of a killed one counts no more', async () => {
    const folder = await newFolder();
    const both = [hold(folder), hold(folder)];
    const said = await Promise.all(both.map((one) => one.said));
    const winner = both[said.indexOf('held')]!;
    const { pid } = winner.child;
    expect(said.filter((line) => line === 'held')).toHaveLength(1);
    expect(said.find((line) => line !== 'held')).toMatch(
      new RegExp(`^refused: \\S+ is in use by process ${pid} on ${hostname()} `),
    );
    await expect(lockFolderInNode(await openFsStore(folder), folder)).rejects.toThrow(`process ${pid}`);
    winner.child.kill('SIGKILL');
    await winner.gone;
    const third = hold(folder);
    expect(await third.said).toBe('held');
    third.child.stdin?.end();
    await third.gone;
    const store = await openFsStore(folder);
    expect(await store.read('run.lock')).toBeNull();
  });

  test('a lock of this process’s number that this process never took is of an earlier one', async () => {
    const store = await openFsStore(await newFolder());
    const { owner, host, pid, now } = processHolder();
    const record = { format: 1, token: 'earlier', owner, host, pid, since: now(), renewed: now() };
    await store.write('run.lock', json(record));
    const lock = await lockFolderInNode(store, 'o');
    await expect(lockFolderInNode(store, 'o')).rejects.toThrow('is in use by process');
    await lock.release();
  });
});

describe('tabs', () => {
  /** The browser's locks, for several tabs. */
  function locks(): TakeLock {
    const held = new Set<string>();
    return (name) => {
      if (held.has(name)) return Promise.resolve(null);
      held.add(name);
      return Promise.resolve(() => void held.delete(name));
    };
  }

  test('who asks for one name at the same time gets folders of their own', async () => {
    const [store, take] = [new MemoryStore(), locks()];
    const got = await Promise.all([1, 2, 3].map(() => reserveFolder(store, 'outputs/a', take)));
    expect(got.map(({ outputDir }) => outputDir).sort()).toEqual(['outputs/a', 'outputs/a-2', 'outputs/a-3']);
    await got.find(({ outputDir }) => outputDir === 'outputs/a-2')?.lock.release();
    expect((await reserveFolder(store, 'outputs/a', take)).outputDir).toBe('outputs/a-2');
  });

  test('folders with files are taken; one with the lock of a closed tab, or a longer name, is not', async () => {
    const [store, take] = [new MemoryStore(), locks()];
    await store.write('outputs/a/config.json', bytes('{}'));
    await lockFolder(store, 'x', new Holder('a closed tab'));
    const record = await store.read('run.lock');
    await store.write('outputs/a-2/run.lock', record!);
    expect((await reserveFolder(store, 'outputs/a', take)).outputDir).toBe('outputs/a-2');
    await store.write('outputs/b-long/config.json', bytes('{}'));
    expect((await reserveFolder(store, 'outputs/b', take)).outputDir).toBe('outputs/b');
  });

  test('a run goes on in one tab only', async () => {
    const [store, take] = [new MemoryStore(), locks()];
    const lock = await lockInBrowser(store, 'outputs/a', take);
    await lock.store.write('config.json', bytes('{}'));
    await expect(lockInBrowser(store, 'outputs/a', take)).rejects.toThrow(
      /outputs\/a is in use by a run in this browser/,
    );
    await lock.release();
    expect(await store.list()).toEqual(['outputs/a/config.json']);
    await (await lockInBrowser(store, 'outputs/a', take)).release();
  });
});
