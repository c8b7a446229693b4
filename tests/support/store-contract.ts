/** What every {@link RunStore} must do, as checks that need no test runner: the e2e tests run them in a page on OPFS. */
import type { RunStore } from '../../src/run/stores/run-store';
import { StorageError } from '../../src/errors/storage';

export interface StoreCheck {
  readonly name: string;
  /** Fails by throwing. The store is empty at the start. */
  readonly run: (store: RunStore) => Promise<void>;
}

const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

function same(what: string, found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}.`);
  }
}

async function fails(what: string, operation: () => Promise<unknown>): Promise<void> {
  try {
    await operation();
  } catch (error) {
    if (error instanceof StorageError) return;
    throw new Error(`${what}: expected a StorageError, found ${String(error)}.`, { cause: error });
  }
  throw new Error(`${what}: expected a StorageError, but it succeeded.`);
}

export const STORE_CONTRACT: readonly StoreCheck[] = [
  {
    name: 'reads what was written, and null where nothing was',
    run: async (store) => {
      same('absent', await store.read('run/a.json'), null);
      await store.write('run/a.json', bytes('one'));
      same('written', text(await store.read('run/a.json')), 'one');
      await store.write('run/a.json', bytes('a longer text'));
      same('overwritten by a longer text', text(await store.read('run/a.json')), 'a longer text');
      await store.write('run/a.json', bytes('x'));
      same('overwritten by a shorter text', text(await store.read('run/a.json')), 'x');
      await store.write('run/empty', new Uint8Array());
      same('empty file', (await store.read('run/empty'))?.byteLength, 0);
      same('a folder is no file', await store.read('run'), null);
      same('below a file is nothing', await store.read('run/a.json/b'), null);
    },
  },
  {
    name: 'keeps every byte, of a view too, and does not share memory',
    run: async (store) => {
      const all = Uint8Array.from({ length: 100_256 }, (_, index) => (index * 7) % 256);
      await store.write('bytes.bin', all.subarray(256));
      all.fill(0, 256, 300);
      const found = await store.read('bytes.bin');
      same('length', found?.byteLength, 100_000);
      same(
        'all equal',
        found?.every((byte, index) => byte === ((index + 256) * 7) % 256),
        true,
      );
      found?.fill(9);
      same('read again', (await store.read('bytes.bin'))?.[1], (257 * 7) % 256);
    },
  },
  {
    name: 'lists paths in code-unit order, by prefix',
    run: async (store) => {
      for (const path of ['b/x.json', 'a.txt', 'b/é', 'B/z', 'b/x/deep/y', 'bc'])
        await store.write(path, bytes('1'));
      same('all', await store.list(), ['B/z', 'a.txt', 'b/x.json', 'b/x/deep/y', 'b/é', 'bc']);
      same('prefix', await store.list('b'), ['b/x.json', 'b/x/deep/y', 'b/é', 'bc']);
      same('folder', await store.list('b/'), ['b/x.json', 'b/x/deep/y', 'b/é']);
      same('part of a name', await store.list('b/x/de'), ['b/x/deep/y']);
      same('nothing', await store.list('nothing/here'), []);
    },
  },
  {
    name: 'appends text in order',
    run: async (store) => {
      await store.append('log/metrics.jsonl', '{"step":1}\n');
      await Promise.all([2, 3, 4].map((step) => store.append('log/metrics.jsonl', `{"step":${step}}\n`)));
      await store.append('log/metrics.jsonl', 'é\n');
      const expected = `${[1, 2, 3, 4].map((step) => `{"step":${step}}\n`).join('')}é\n`;
      same('log', text(await store.read('log/metrics.jsonl')), expected);
      await store.write('log/metrics.jsonl', bytes('new\n'));
      await store.append('log/metrics.jsonl', 'line\n');
      same('after a rewrite', text(await store.read('log/metrics.jsonl')), 'new\nline\n');
    },
  },
  {
    name: 'the last of several writes wins',
    run: async (store) => {
      await Promise.all(['one', 'second', '3'].map((content) => store.write('same', bytes(content))));
      same('content', text(await store.read('same')), '3');
      same('files', await store.list(), ['same']);
    },
  },
  {
    name: 'creates a file only where there is none',
    run: async (store) => {
      same('first', await store.create('run/lock', bytes('one')), true);
      same('second', await store.create('run/lock', bytes('two')), false);
      same('content', text(await store.read('run/lock')), 'one');
      await store.remove('run/lock');
      const tries = ['a', 'b', 'c', 'd'].map((content) => store.create('run/lock', bytes(content)));
      const won = (await Promise.all(tries)).filter((isFirst) => isFirst).length;
      same('of several at once', won, 1);
    },
  },
  {
    name: 'removes files and folders, and does not mind absent ones',
    run: async (store) => {
      for (const path of ['run/1/a', 'run/1/b', 'run/10/a', 'run/2']) await store.write(path, bytes('1'));
      await store.remove('run/1');
      same('folder', await store.list(), ['run/10/a', 'run/2']);
      await store.remove('run/2');
      await store.remove('run/2');
      await store.remove('other/thing');
      same('file', await store.list(), ['run/10/a']);
    },
  },
  {
    name: 'refuses paths that leave the store',
    run: async (store) => {
      for (const path of [
        '',
        '/a',
        'a/',
        'a//b',
        '..',
        '../a',
        'a/../../b',
        './a',
        'a\\b',
        'c:a',
        'a.mailgym-tmp-1',
      ]) {
        await fails(`write "${path}"`, () => store.write(path, bytes('1')));
        await fails(`read "${path}"`, () => store.read(path));
        await fails(`create "${path}"`, () => store.create(path, bytes('1')));
        await fails(`append "${path}"`, () => store.append(path, '1'));
        await fails(`remove "${path}"`, () => store.remove(path));
      }
      same('files', await store.list(), []);
    },
  },
  {
    name: 'refuses a file where a folder is, and the reverse',
    run: async (store) => {
      await store.write('a/b', bytes('1'));
      await fails('file over folder', () => store.write('a', bytes('2')));
      await fails('folder over file', () => store.write('a/b/c', bytes('2')));
      same('files', await store.list(), ['a/b']);
      same('content', text(await store.read('a/b')), '1');
    },
  },
];

/**
 * Runs all checks, each on a store of its own.
 * @returns one line per failure; empty when the store keeps its promises.
 */
export async function checkStore(openEmpty: () => Promise<RunStore>): Promise<string[]> {
  const failures: string[] = [];
  for (const check of STORE_CONTRACT) {
    try {
      await check.run(await openEmpty());
    } catch (error) {
      failures.push(`${check.name}: ${(error as Error).message}`);
    }
  }
  return failures;
}
