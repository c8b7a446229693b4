import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { content, FaultServer, gitHash, sha256, type Behaviour } from '../../../tests/support/fault-server';
import { MailGymError } from '../../errors';
import type { ModelCache, SourceKey } from './cache';
import { diskCache } from './cache-node';
import { partsCache } from './cache-parts';
import { createBrowserHash } from './hash-browser';
import { hubFiles } from './hub';
import { memoryStore } from './store-memory';
import { urlFiles, type DownloadOptions } from './url';

const SIZE = 300_000;
const CUT = 100_000;
const FILE = content(SIZE);
const OTHER = content(SIZE, 2);
const PATH = '/owner/name/resolve/main/model.safetensors';

const server = new FaultServer();
const elsewhere = new FaultServer();
let base: string;
let far: string;
let folder: string;
beforeAll(async () => {
  base = await server.start();
  // The other name of this machine is another origin.
  far = (await elsewhere.start()).replace('127.0.0.1', 'localhost');
});
afterAll(async () => {
  await server.stop();
  await elsewhere.stop();
});
beforeEach(async () => {
  server.reset();
  elsewhere.reset();
  server.etagOf = (bytes) => `"${sha256(bytes).slice(0, 16)}"`;
  server.files.set(PATH, FILE);
  folder = await mkdtemp(join(tmpdir(), 'mailgym-downloads-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const CACHES: readonly [string, () => ModelCache][] = [
  ['on disk', () => diskCache(folder)],
  ['in parts', () => partsCache(memoryStore(), { createHash: createBrowserHash, partBytes: 1000 })],
];

/** Quick, and without a second try of its own. */
function hub(cache: ModelCache, options: DownloadOptions = {}, name = 'owner/name') {
  return hubFiles(name, {
    cache,
    endpoint: base,
    retries: 0,
    backoffMs: 1,
    timeoutMs: 30_000,
    seesRedirects: true,
    ...options,
  });
}

async function failure(work: Promise<unknown>): Promise<MailGymError> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(MailGymError);
  return error as MailGymError;
}

const WEIGHTS = 'model.safetensors';
/** Tells the server how far the reader is. */
const reached = (done: number) => server.reached(done);

/** Requests for the file itself; that for the list of files comes before. */
const files = () => server.asked.filter((line) => !line.includes('/api/'));
const SOURCE = (): SourceKey => ({ base: `${base}/owner/name/resolve/main/`, name: 'hub:owner/name@main' });

interface Fault {
  readonly name: string;
  readonly first: Behaviour;
  /** What becomes of the file before the second try. */
  readonly then?: () => void;
  readonly second?: Behaviour;
  /** Code of the error, or null where the first try succeeds. */
  readonly code: string | null;
  readonly says?: RegExp;
  /** Bytes. */
  readonly kept: number;
  /** `Range` of the second try's request, null for all of the file, undefined for no request. */
  readonly asks: string | null | undefined;
}

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize ${SIZE}\n`;
const linked = (bytes: Buffer, size = bytes.length) => ({
  'x-linked-size': String(size),
  'x-linked-etag': `"${sha256(bytes)}"`,
});
const FAULTS: readonly Fault[] = [
  { name: 'none', first: {}, code: null, kept: SIZE, asks: undefined },
  { name: 'no length', first: { chunked: true }, code: null, kept: SIZE, asks: undefined },
  { name: 'gzip', first: { gzip: true }, code: null, kept: SIZE, asks: undefined },
  {
    name: '401',
    first: { status: 401 },
    code: 'policy/needs-token',
    says: /answered 401.*private or gated.*HF_TOKEN/s,
    kept: 0,
    asks: null,
  },
  {
    name: '403',
    first: { status: 403, headers: { 'x-error-code': 'GatedRepo', 'x-error-message': 'Ask for access' } },
    code: 'policy/needs-token',
    says: /answered 403.*Ask for access.*HF_TOKEN/s,
    kept: 0,
    asks: null,
  },
  { name: '404', first: { status: 404 }, code: 'policy/no-such-file', kept: 0, asks: null },
  {
    name: '429',
    first: { status: 429, headers: { 'retry-after': '1' } },
    code: 'policy/server-busy',
    says: /answered 429/,
    kept: 0,
    asks: null,
  },
  { name: '503', first: { status: 503 }, code: 'policy/server-busy', kept: 0, asks: null },
  {
    name: 'a web page',
    first: { body: '<!doctype html><html></html>', headers: { 'content-type': 'text/html' } },
    code: 'policy/web-page',
    says: /got a web page/,
    kept: 0,
    asks: null,
  },
  {
    name: 'a web page that says it is a file',
    first: { body: '\n <!DOCTYPE HTML><p>', headers: { 'content-type': 'application/octet-stream' } },
    code: 'policy/web-page',
    kept: 0,
    asks: null,
  },
  {
    name: 'an LFS pointer',
    first: { body: POINTER },
    code: 'policy/lfs-pointer',
    says: /Git LFS pointer/,
    kept: 0,
    asks: null,
  },
  {
    name: 'cut',
    first: { cutAfter: CUT },
    code: 'policy/unreachable',
    says: /broke off.*first 100000 bytes are kept/s,
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'stall',
    first: { stallAfter: CUT },
    code: 'policy/download-stalled',
    says: /nothing came for 1 s/,
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'cut, then another file',
    first: { cutAfter: CUT },
    then: () => server.files.set(PATH, OTHER),
    code: 'policy/unreachable',
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'cut, then a server without ranges',
    first: { cutAfter: CUT },
    second: { ignoresRange: true },
    code: 'policy/unreachable',
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'cut, gzip',
    first: { cutAfter: CUT, headers: { 'content-encoding': 'gzip' }, body: Buffer.alloc(SIZE) },
    code: 'policy/unreachable',
    kept: 0,
    asks: null,
  },
  {
    name: 'wrong hash',
    first: { body: OTHER, headers: linked(FILE) },
    code: 'policy/wrong-content',
    says: /promises the sha256 hash.*Nothing of it was kept/s,
    kept: 0,
    asks: null,
  },
  {
    name: 'too short',
    first: { body: FILE.subarray(0, CUT), headers: linked(FILE) },
    code: 'policy/unreachable',
    says: /ended after 100000 of 300000 bytes/,
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'too long',
    first: { headers: linked(FILE, SIZE - 1) },
    code: 'policy/wrong-content',
    says: /promises 299999 bytes.*300000 came/,
    kept: 0,
    asks: null,
  },
];

/** Of a server that asks for a longer pause than is waited; told only where a second try is allowed. */
const TOO_LONG = 'policy/server-waits';

describe.each(CACHES)('faults, %s', (_, open) => {
  test.each(FAULTS)('$name', async ({ first, then, second, code, says, kept, asks }) => {
    const cache = open();
    server.plan.set(PATH, [first]);
    const reading = hub(cache, first.stallAfter === undefined ? {} : { timeoutMs: 1000 }).read(
      WEIGHTS,
      reached,
    );
    if (code === null) expect(Buffer.from(await reading).equals(FILE)).toBe(true);
    else {
      const error = await failure(reading);
      expect(error.code).toBe(code);
      if (says !== undefined) expect(error.message).toMatch(says);
      expect(error.message).toContain('hub:owner/name');
    }
    const [source] = await cache.list();
    expect(source?.cached.length ?? 0).toBe(code === null ? 1 : 0);
    const bytes = code === null ? source?.cached[0]?.facts.size : source?.partialBytes;
    // What gzip wraps is a few bytes that unpack to nothing here; that it is not gone on with shows below.
    if (first.headers?.['content-encoding'] === undefined) expect(bytes ?? 0).toBe(kept);
    // Another process, so to say: only the cache is the same.
    server.seen.length = 0;
    if (second !== undefined) server.plan.set(PATH, [second]);
    then?.();
    const again = Buffer.from(await hub(cache).read(WEIGHTS, reached));
    expect(again.equals(server.files.get(PATH) as Buffer)).toBe(true);
    expect(files()[0]).toBe(asks === undefined ? undefined : ['GET', PATH, asks].filter(Boolean).join(' '));
  });
});

test('the table of the docs has these faults', async () => {
  const docs = await readFile(new URL('../../../docs/downloads.md', import.meta.url), 'utf8');
  for (const code of [...FAULTS.map((fault) => fault.code), TOO_LONG]) {
    if (code !== null) expect(docs).toContain(`\`${code}\``);
  }
});

describe.each(CACHES)('downloads, %s', (_, open) => {
  test('a redirect to another host: no token there, size and hash from the first answer', async () => {
    elsewhere.files.set('/blob', FILE);
    const headers = { location: `${far}/blob`, ...linked(FILE) };
    server.plan.set(PATH, [
      { status: 302, headers },
      { status: 302, headers },
    ]);
    const cache = open();
    await hub(cache, { token: 'secret' }).read(WEIGHTS, reached);
    expect(server.seen.at(-1)?.authorization).toBe('Bearer secret');
    expect(elsewhere.seen.map(({ authorization }) => authorization)).toEqual([null]);
    expect((await cache.list())[0]?.cached[0]?.facts.hash).toEqual({ name: 'sha256', hex: sha256(FILE) });
    await cache.remove(SOURCE(), 'model.safetensors');
    elsewhere.files.set('/blob', OTHER);
    expect((await failure(hub(cache).read(WEIGHTS, reached))).code).toBe('policy/wrong-content');
  });

  test('a token never follows to another host in a fetch that follows by itself', async () => {
    elsewhere.files.set('/blob', FILE);
    server.plan.set(PATH, [{ status: 302, headers: { location: `${far}/blob` } }]);
    await hub(open(), { token: 'secret', seesRedirects: false }).read(WEIGHTS, reached);
    expect(server.seen.at(-1)?.authorization).toBe('Bearer secret');
    expect(elsewhere.seen.map(({ authorization }) => authorization)).toEqual([null]);
  });

  test('redirects in a circle end', async () => {
    const headers = { location: PATH };
    server.plan.set(PATH, new Array<Behaviour>(20).fill({ status: 302, headers }));
    expect((await failure(hub(open()).read(WEIGHTS, reached))).message).toMatch(/round in circles/);
  });

  test('a small file is held against git’s hash of it', async () => {
    const config = Buffer.from('{"a":1}');
    const path = '/owner/name/resolve/main/config.json';
    server.files.set(path, config);
    server.etagOf = (bytes) => `W/"${gitHash(bytes)}"`;
    const cache = open();
    await hub(cache).read('config.json');
    expect((await cache.list())[0]?.cached[0]?.facts.hash?.name).toBe('git-sha1');
    await cache.remove(SOURCE());
    server.plan.set(path, [{ headers: { etag: `"${gitHash(Buffer.from('{"a":2}'))}"` } }]);
    expect((await failure(hub(cache).read('config.json'))).message).toMatch(/git-sha1 hash/);
  });

  test('busy servers are asked again, after the pause that they want', async () => {
    server.plan.set(PATH, [
      { status: 503 },
      { status: 429, headers: { 'retry-after': '0' } },
      { cutAfter: CUT },
      { stallAfter: CUT },
    ]);
    const notes: string[] = [];
    const progress: number[] = [];
    const options = { retries: 2, timeoutMs: 1000, onNote: (line: string) => notes.push(line) };
    const bytes = await hub(open(), options).read('model.safetensors', (done) => {
      progress.push(done);
      reached(done);
    });
    expect(Buffer.from(bytes).equals(FILE)).toBe(true);
    // Data between two failures makes the patience whole again: four failures, and two retries were allowed.
    expect(files()).toEqual([
      `GET ${PATH}`,
      `GET ${PATH}`,
      `GET ${PATH}`,
      `GET ${PATH} bytes=${CUT}-`,
      `GET ${PATH} bytes=${2 * CUT}-`,
    ]);
    expect(notes.map((line) => /(answered \d+|broke off).*Trying again in/.exec(line)?.[1])).toEqual([
      'answered 503',
      'answered 429',
      'broke off',
      'broke off',
    ]);
    // True bytes of the file, never backwards.
    expect(progress.at(-1)).toBe(SIZE);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  test('a part of another version is not put behind what is kept, though the server sends it', async () => {
    const cache = open();
    server.plan.set(PATH, [{ cutAfter: CUT }]);
    await failure(hub(cache).read(WEIGHTS, reached));
    server.seen.length = 0;
    server.files.set(PATH, OTHER);
    server.plan.set(PATH, [{ ignoresIfRange: true }]);
    const bytes = await hub(cache, { retries: 1 }).read(WEIGHTS, reached);
    expect(Buffer.from(bytes).equals(OTHER)).toBe(true);
    expect(files()).toEqual([`GET ${PATH} bytes=${CUT}-`, `GET ${PATH}`]);
  });

  test('a compressed answer that was cut is not gone on with: its ranges count other bytes', async () => {
    const cache = open();
    const control = new AbortController();
    server.plan.set(PATH, [{ gzip: true, stallAfter: CUT }]);
    const stopped = hub(cache, { signal: control.signal }).read(WEIGHTS, (done) => {
      if (done > 0) control.abort(new Error('enough'));
    });
    await expect(stopped).rejects.toThrow('enough');
    expect((await cache.list())[0]?.partialBytes).toBeGreaterThan(0);
    server.seen.length = 0;
    expect(Buffer.from(await hub(cache).read(WEIGHTS)).equals(FILE)).toBe(true);
    expect(files()).toEqual([`GET ${PATH}`]);
  });

  test('patience ends', async () => {
    server.plan.set(PATH, new Array<Behaviour>(9).fill({ status: 500 }));
    expect((await failure(hub(open(), { retries: 2 }).read(WEIGHTS, reached))).message).toMatch(/500/);
    expect(files()).toHaveLength(3);
  });

  test('a server that always cuts at the same place, without ranges, is given up', async () => {
    const cut = { cutAfter: CUT, ignoresRange: true };
    server.plan.set(PATH, new Array<Behaviour>(9).fill(cut));
    await failure(hub(open(), { retries: 2 }).read(WEIGHTS, reached));
    expect(files()).toHaveLength(3);
  });

  test('a server that wants to be left alone for long is not waited for', async () => {
    server.plan.set(PATH, [{ status: 429, headers: { 'retry-after': '3600' } }]);
    const error = await failure(hub(open(), { retries: 5 }).read(WEIGHTS, reached));
    expect(error.code).toBe(TOO_LONG);
    expect(error.message).toMatch(/left alone for 3600 s/);
    expect(files()).toHaveLength(1);
  });

  test('a signal ends a download and a pause; what came is kept', async () => {
    const cache = open();
    const control = new AbortController();
    server.plan.set(PATH, [{ stallAfter: CUT }]);
    const reason = new Error('enough');
    const reading = hub(cache, { signal: control.signal, timeoutMs: 60_000 }).read(
      'model.safetensors',
      (done) => {
        if (done === CUT) control.abort(reason);
      },
    );
    await expect(reading).rejects.toBe(reason);
    expect((await cache.list())[0]?.partialBytes).toBe(CUT);
    server.plan.set(PATH, [{ status: 503 }]);
    const pausing = new AbortController();
    const options = {
      signal: pausing.signal,
      retries: 3,
      backoffMs: 60_000,
      onNote: () => pausing.abort(reason),
    };
    await expect(hub(cache, options).read(WEIGHTS, reached)).rejects.toBe(reason);
  });

  test('a list of the repository gives sizes, hashes and the commit', async () => {
    const commit = 'c'.repeat(40);
    const at = `/owner/name/resolve/${commit}`;
    const config = Buffer.from('{}');
    server.files.set(
      '/api/models/owner/name/revision/main?blobs=true',
      Buffer.from(
        JSON.stringify({
          sha: commit,
          siblings: [
            { rfilename: 'config.json', size: 2, blobId: gitHash(config) },
            { rfilename: 'model.safetensors', size: SIZE, lfs: { sha256: sha256(FILE), size: SIZE } },
          ],
        }),
      ),
    );
    server.files.set(`${at}/config.json`, config);
    server.files.set(`${at}/model.safetensors`, OTHER);
    const cache = open();
    const model = hub(cache);
    expect(await model.has('config.json')).toBe(true);
    expect(await model.has('model.safetensors.index.json')).toBe(false);
    await model.read('config.json');
    expect((await failure(model.read(WEIGHTS, reached))).code).toBe('policy/wrong-content');
    expect((await failure(model.read('tokenizer.json'))).message).toMatch(
      /It holds config\.json, model\.saf/,
    );
    expect(server.asked).toEqual([
      'GET /api/models/owner/name/revision/main?blobs=true',
      `GET ${at}/config.json`,
      `GET ${at}/model.safetensors`,
    ]);
    // Later, and offline: the same answers without a question.
    server.seen.length = 0;
    const offline = hub(cache, { offline: true });
    expect(await offline.has('model.safetensors')).toBe(true);
    expect(await offline.has('chat_template.jinja')).toBe(false);
    expect(Buffer.from(await offline.read('config.json')).toString()).toBe('{}');
    expect((await failure(offline.read(WEIGHTS, reached))).code).toBe('policy/offline');
    expect(server.asked).toEqual([]);
  });

  test('a listed hash makes a download go on that has no entity tag', async () => {
    server.etagOf = () => null;
    server.files.set(
      '/api/models/owner/name/revision/main?blobs=true',
      Buffer.from(
        JSON.stringify({
          siblings: [
            { rfilename: 'model.safetensors', size: SIZE, lfs: { sha256: sha256(FILE), size: SIZE } },
          ],
        }),
      ),
    );
    const cache = open();
    server.plan.set(PATH, [{ cutAfter: CUT }]);
    await failure(hub(cache).read(WEIGHTS, reached));
    await hub(cache).read(WEIGHTS, reached);
    expect(files()).toEqual([`GET ${PATH}`, `GET ${PATH} bytes=${CUT}-`]);
  });

  test('without any way to tell versions apart, a cut download begins anew', async () => {
    server.etagOf = () => null;
    const cache = open();
    server.plan.set(PATH, [{ cutAfter: CUT }]);
    await failure(hub(cache).read(WEIGHTS, reached));
    await hub(cache).read(WEIGHTS, reached);
    expect(files()).toEqual([`GET ${PATH}`, `GET ${PATH}`]);
  });

  test('a gated list says how to give a token, and does not hide behind a missing file', async () => {
    server.plan.set('/api/models/owner/name/revision/main?blobs=true', [{ status: 401 }, { status: 403 }]);
    expect((await failure(hub(open()).has('config.json'))).message).toMatch(/HF_TOKEN/);
    const error = await failure(hub(open(), { token: () => 'x' }).has('config.json'));
    expect(error.message).toMatch(/The token given does not open it/);
    expect(error.message).not.toContain('HF_TOKEN');
  });

  test('the commit that a server without lists names holds for later files', async () => {
    const commit = 'd'.repeat(40);
    const headers = { 'x-repo-commit': commit };
    server.plan.set(PATH, [{ headers }]);
    server.files.set(`/owner/name/resolve/${commit}/config.json`, Buffer.from('{}'));
    const cache = open();
    await hub(cache).read(WEIGHTS, reached);
    await hub(cache).read('config.json');
    expect(files().at(-1)).toBe(`GET /owner/name/resolve/${commit}/config.json`);
    expect((await cache.list())[0]?.commit).toBe(commit);
  });

  test('revision, folder and file of a name', async () => {
    server.files.set('/owner/name/resolve/v1.0/sub/config.json', Buffer.from('{}'));
    server.files.set('/owner/name/resolve/refs%2Fpr%2F3/model-Q4_0.gguf', FILE);
    const cache = open();
    const sub = hub(cache, {}, 'owner/name@v1.0/sub');
    expect(sub.origin).toBe('hub:owner/name@v1.0/sub');
    expect(Buffer.from(await sub.read('config.json')).toString()).toBe('{}');
    const gguf = hub(cache, {}, 'owner/name@refs/pr/3/model-Q4_0.gguf');
    expect(gguf.file).toBe('model-Q4_0.gguf');
    const opened = await gguf.open(gguf.file ?? '');
    expect(opened.size).toBe(SIZE);
    expect(Buffer.from(await opened.read(1990, 2010)).equals(FILE.subarray(1990, 2010))).toBe(true);
    await expect(opened.read(0, SIZE + 1)).rejects.toThrow(/were asked for, and it has 300000/);
    await opened.close();
    expect((await cache.list()).map(({ name }) => name)).toEqual([
      expect.stringContaining('hub:owner/name@refs/pr/3'),
      expect.stringContaining('hub:owner/name@v1.0'),
    ]);
    await expect(gguf.read('../x')).rejects.toThrow(/no path of a file/);
  });
});

describe.each(CACHES)('an address, %s', (_, open) => {
  const address = () => `${base}/m`;
  const at = (cache: ModelCache, options: DownloadOptions = {}) =>
    urlFiles(address(), { cache, retries: 0, backoffMs: 1, ...options });

  test('a cached file is used while the server reports the same version, or cannot be asked', async () => {
    server.files.set('/m/config.json', Buffer.from('{"a":1}'));
    const cache = open();
    await at(cache).read('config.json');
    await at(cache).read('config.json');
    expect(server.asked).toEqual(['GET /m/config.json', 'HEAD /m/config.json']);
    server.files.set('/m/config.json', Buffer.from('{"a":2}'));
    expect(Buffer.from(await at(cache).read('config.json')).toString()).toBe('{"a":2}');
    expect(server.asked.slice(2)).toEqual(['HEAD /m/config.json', 'GET /m/config.json']);
    const away = at(cache, { fetch: () => Promise.reject(new TypeError('offline')) });
    expect(Buffer.from(await away.read('config.json')).toString()).toBe('{"a":2}');
    expect(await away.has('config.json')).toBe(true);
    await expect(away.read('other.json')).rejects.toThrow(/could not be reached.*network connection/);
    server.plan.set('/m/config.json', [{ status: 503 }]);
    expect(Buffer.from(await at(cache).read('config.json')).toString()).toBe('{"a":2}');
  });

  test('knows what is there; a page is no file, and 403 may mean that there is none', async () => {
    server.files.set('/m/config.json', Buffer.from('{}'));
    server.plan.set('/m/page.json', [{ body: '<html>', headers: { 'content-type': 'text/html' } }]);
    server.plan.set('/m/secret.json', [{ status: 403 }, { status: 403 }]);
    const files = at(open());
    expect(await files.has('config.json')).toBe(true);
    expect(await files.has('none.json')).toBe(false);
    expect(await files.has('page.json')).toBe(false);
    expect(await files.has('secret.json')).toBe(false);
    await expect(files.read('secret.json')).rejects.toThrow(/not public/);
    await expect(files.read('none.json')).rejects.toThrow(/there is no none\.json/);
  });

  test('what a server has no longer is not there, kept or not; offline, what is kept is', async () => {
    server.files.set('/m/config.json', Buffer.from('{}'));
    const cache = open();
    await at(cache).read('config.json');
    server.files.delete('/m/config.json');
    expect(await at(cache).has('config.json')).toBe(false);
    expect(await at(cache, { offline: true }).has('config.json')).toBe(true);
  });

  test('a GGUF file by its address', async () => {
    server.files.set('/m/a.gguf', FILE);
    const files = urlFiles(`${base}/m/a.gguf`, { cache: open() });
    expect(files.file).toBe('a.gguf');
    const file = await files.open('a.gguf');
    expect(Buffer.from(await file.read(5, 9)).equals(FILE.subarray(5, 9))).toBe(true);
    await file.close();
  });

  test.each(['models/x', 'ftp://a/b'])('"%s" is refused', (relative) => {
    expect(() => urlFiles(relative)).toThrow(/no absolute address/);
  });
});

test('the page’s service worker, which has no network, is not taken for a server without the file', async () => {
  const cache = partsCache(memoryStore(), { createHash: createBrowserHash });
  server.files.set('/m/config.json', Buffer.from('{"a":1}'));
  await urlFiles(`${base}/m`, { cache }).read('config.json');
  const offline = new Response(null, { status: 404, headers: { 'x-mailgym-offline': '1' } });
  const asked: string[] = [];
  const worker: typeof fetch = (_, init) => {
    asked.push(init?.method ?? '');
    return init?.method === 'HEAD'
      ? Promise.resolve(offline)
      : Promise.reject(new TypeError('Failed to fetch'));
  };
  const files = urlFiles(`${base}/m`, { cache, fetch: worker, retries: 0 });
  expect(await files.has('config.json')).toBe(true);
  expect(await files.has('generation_config.json')).toBe(false);
  expect(new TextDecoder().decode(await files.read('config.json'))).toBe('{"a":1}');
  expect(asked).toEqual(['HEAD', 'HEAD', 'HEAD']);
  // A server that has the file no longer is believed.
  const gone: typeof fetch = () => Promise.resolve(new Response(null, { status: 404 }));
  const without = urlFiles(`${base}/m`, { cache, fetch: gone, retries: 0 });
  expect(await without.has('config.json')).toBe(false);
  await expect(without.read('config.json')).rejects.toThrow(/there is no config\.json/);
});
