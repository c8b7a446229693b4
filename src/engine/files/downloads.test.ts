/** Downloads from the hub: redirects and tokens, going on and giving up, lists, names. */
import { describe, expect, test } from 'vitest';
import {
  CACHES,
  CUT,
  FILE,
  OTHER,
  PATH,
  SIZE,
  SOURCE,
  WEIGHTS,
  elsewhere,
  failure,
  far,
  files,
  hub,
  linked,
  reached,
  serveDownloads,
  server,
} from '../../../tests/support/downloads';
import { gitHash, sha256, type Behaviour } from '../../../tests/support/fault-server';

serveDownloads();

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
    expect(error.code).toBe('policy/server-waits');
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
