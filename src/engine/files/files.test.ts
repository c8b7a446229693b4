import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from '@huggingface/transformers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hubFiles, memoryFiles, openModelFiles, urlFiles, type ResponseCache } from './files';
import { readJson } from '../../formats/files';
import { folderFiles, openModelFilesNode } from './files-node';
import { PolicyError } from '../../errors';

const PAGE = '<!DOCTYPE html><html></html>';
let server: Server;
let base: string;
let requests: string[] = [];
let etag = '"1"';

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const url = request.url ?? '';
    const send = (status: number, body: string | Buffer, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    if (url.endsWith('/config.json')) send(200, '{"a":1}', { etag, 'content-type': 'application/json' });
    else if (url.endsWith('/big.bin')) send(200, Buffer.alloc(300_000, 7), {});
    else if (url.endsWith('/page.json')) send(200, PAGE, { 'content-type': 'text/html; charset=utf-8' });
    else if (url.endsWith('/untyped.json')) send(200, PAGE, {});
    else if (url.endsWith('/private.json')) send(401, 'no', {});
    else if (url.endsWith('/broken.bin')) {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('begin', () => response.destroy());
    } else send(404, 'not here', {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  requests = [];
  etag = '"1"';
});

class MapCache implements ResponseCache {
  readonly entries = new Map<string, Response>();
  match(url: string): Promise<Response | undefined> {
    return Promise.resolve(this.entries.get(url)?.clone());
  }
  put(url: string, _path: string, response: Response): Promise<void> {
    this.entries.set(url, response);
    return Promise.resolve();
  }
}

describe('an address', () => {
  test('reads, reports progress, knows what is there', async () => {
    const files = urlFiles(`${base}/m`);
    expect(await readJson(files, 'config.json')).toEqual({ a: 1 });
    expect(requests).toEqual(['GET /m/config.json']);
    const progress: [number, number | null][] = [];
    const bytes = await files.read('big.bin', (...values) => progress.push(values));
    expect(bytes.length).toBe(300_000);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
    expect(progress.at(-1)).toEqual([300_000, 300_000]);
    expect(await files.has('config.json')).toBe(true);
    expect(await files.has('model.safetensors')).toBe(false);
    expect(await files.has('page.json')).toBe(false);
  });

  test.each([
    ['model.safetensors', /there is no model\.safetensors/],
    ['page.json', /got a web page/],
    ['untyped.json', /got a web page/],
    ['private.json', /answered 401.*asks for a login/],
    ['broken.bin', /broke off after \d+ bytes|ended after/],
  ])('%s', async (path, message) => {
    const reading = urlFiles(`${base}/m/`).read(path);
    await expect(reading).rejects.toThrow(PolicyError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(`${base}/m/`);
  });

  test('a server that is not there', async () => {
    const files = urlFiles('http://127.0.0.1:1/m/');
    await expect(files.read('config.json')).rejects.toThrow(/could not be reached.*network connection/);
    await expect(files.has('config.json')).rejects.toThrow(PolicyError);
  });

  test('a relative address is refused', () => {
    expect(() => urlFiles('models/x')).toThrow(/no absolute address/);
  });

  test('a cached file is used while the server reports the same version', async () => {
    const cache = new MapCache();
    const files = urlFiles(`${base}/m`, { cache });
    await files.read('config.json');
    await files.read('config.json');
    expect(requests).toEqual(['GET /m/config.json', 'HEAD /m/config.json']);
    etag = '"2"';
    await files.read('config.json');
    expect(requests.slice(2)).toEqual(['HEAD /m/config.json', 'GET /m/config.json']);
    // big.bin has no version, so it is never kept.
    await files.read('big.bin');
    expect([...cache.entries.keys()]).toEqual([`${base}/m/config.json`]);
    const offline = urlFiles(`${base}/m`, { cache, fetch: () => Promise.reject(new TypeError('offline')) });
    expect(await readJson(offline, 'config.json')).toEqual({ a: 1 });
    expect(await offline.has('config.json')).toBe(true);
  });

  test('a cache that is full does not fail the download', async () => {
    const cache: ResponseCache = {
      match: () => Promise.resolve(undefined),
      put: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
    };
    expect(await readJson(urlFiles(`${base}/m`, { cache }), 'config.json')).toEqual({ a: 1 });
  });
});

describe('the hub', () => {
  const before = { host: env.remoteHost, template: env.remotePathTemplate, dir: env.cacheDir };
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailgym-'));
    env.remoteHost = base;
    env.cacheDir = folder;
  });
  afterEach(async () => {
    env.remoteHost = before.host;
    env.remotePathTemplate = before.template;
    env.cacheDir = before.dir;
    await rm(folder, { recursive: true });
  });

  test('uses host and path scheme of transformers.js', async () => {
    const files = await openModelFiles('hub:owner/name', `${base}/models/`);
    expect(files.origin).toBe('hub:owner/name');
    await files.read('config.json');
    env.remotePathTemplate = 'mirror/{model}/{revision}';
    await (await hubFiles('owner/name', { cache: null })).read('config.json');
    expect(requests).toEqual([
      'GET /owner/name/resolve/main/config.json',
      'GET /mirror/owner/name/main/config.json',
    ]);
  });

  test('a file is downloaded once', async () => {
    const cache = new MapCache();
    const files = await hubFiles('owner/name', { cache });
    await files.read('config.json');
    await files.read('config.json');
    expect(await files.has('config.json')).toBe(true);
    expect(requests).toEqual(['GET /owner/name/resolve/main/config.json']);
  });

  test('on Node the cache is that of transformers.js: a file of either serves both', async () => {
    const files = await openModelFilesNode('hub:owner/name', folder);
    await files.read('config.json');
    expect(await readJson(folderFiles(join(folder, 'owner/name')), 'config.json')).toEqual({ a: 1 });
    await writeFile(join(folder, 'owner/name/config.json'), '{"a":2}');
    expect(await readJson(files, 'config.json')).toEqual({ a: 2 });
    expect(requests).toHaveLength(1);
  });

  test.each(['name', 'a/b/c', '../x', 'a/b?c'])('"hub:%s" is no model', async (name) => {
    await expect(openModelFiles(`hub:${name}`, base)).rejects.toThrow(/hub:<owner>\/<name>/);
  });
});

describe('a name from the settings', () => {
  test('is a bundled model or an address', async () => {
    await (await openModelFiles('tiny', `${base}/public/models/`)).read('config.json');
    await (await openModelFiles(`${base}/elsewhere`, `${base}/public/models/`)).read('config.json');
    expect(requests).toEqual(['GET /public/models/tiny/config.json', 'GET /elsewhere/config.json']);
  });

  test.each(['', '..', 'a/b', 'ftp://x'])('"%s" is refused', async (name) => {
    await expect(openModelFiles(name, `${base}/models/`)).rejects.toThrow(/No model is called/);
  });
});

describe('files in memory', () => {
  test('a folder that all share is taken off', async () => {
    const bytes = new TextEncoder().encode('{}');
    const dropped = memoryFiles(
      new Map([
        ['my/model/config.json', bytes],
        ['my/model/onnx/a.json', bytes],
      ]),
      'dropped',
    );
    expect(await readJson(dropped, 'config.json')).toEqual({});
    expect(await dropped.has('onnx/a.json')).toBe(true);
    const file = await dropped.open('config.json');
    expect(await file.read(1, 2)).toEqual(bytes.subarray(1));
    await expect(file.read(1, 3)).rejects.toThrow(
      /bytes 1 to 3 of config\.json were asked for, and it has 2/,
    );
    await expect(dropped.read('tokenizer.json')).rejects.toThrow(
      /dropped: there is no tokenizer\.json\. It holds config\.json, onnx\/a\.json\./,
    );
  });

  test('broken JSON and broken text are named', async () => {
    const files = memoryFiles(
      new Map([
        ['a.json', Uint8Array.of(0x7b)],
        ['b.json', Uint8Array.of(0xff)],
      ]),
      'd',
    );
    await expect(readJson(files, 'a.json')).rejects.toThrow(/d: a\.json is not valid JSON/);
    await expect(readJson(files, 'b.json')).rejects.toThrow(/d: b\.json is not valid JSON/);
  });
});

describe('a folder', () => {
  test('is found by name or by path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mailgym-'));
    await mkdir(join(folder, 'tiny'));
    await writeFile(join(folder, 'tiny', 'config.json'), '{"a":3}');
    expect(await readJson(await openModelFilesNode('tiny', folder), 'config.json')).toEqual({ a: 3 });
    const files = await openModelFilesNode(join(folder, 'tiny'), '/nowhere');
    expect(await files.has('tokenizer.json')).toBe(false);
    const file = await files.open('config.json');
    expect(file.size).toBe(7);
    expect(new TextDecoder().decode(await file.read(2, 5))).toBe('a":');
    await expect(file.read(5, 9)).rejects.toThrow(
      /bytes 5 to 9 of config\.json were asked for, and it has 7/,
    );
    await file.close();
    await expect(files.open('tokenizer.json')).rejects.toThrow(/there is no tokenizer\.json/);
    await expect(files.read('tokenizer.json')).rejects.toThrow(
      /there is no tokenizer\.json\. It holds config\.json/,
    );
    await expect(openModelFilesNode('huge', folder)).rejects.toThrow(/No model "huge"/);
    await rm(folder, { recursive: true });
  });
});
