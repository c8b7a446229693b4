import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { FaultServer } from '../../../tests/support/fault-server';
import { readJson } from '../../formats/files';
import { cacheFolder } from './cache-folder-node';
import { diskCache } from './cache-node';
import { folderFiles } from './folder-node';
import { memoryFiles } from './memory';
import { openModelFiles } from './open';
import { modelCacheFolder, nodeDownloads, openModelFilesNode } from './open-node';

const server = new FaultServer();
let base: string;
let folder: string;
beforeAll(async () => (base = await server.start()));
afterAll(() => server.stop());
beforeEach(async () => {
  server.reset();
  folder = await mkdtemp(join(tmpdir(), 'mailgym-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('a name from the settings', () => {
  test('is a bundled model or an address; the hub’s token is for the hub alone', async () => {
    server.files.set('/public/models/tiny/config.json', json({}));
    server.files.set('/elsewhere/config.json', json({}));
    server.files.set('/o/n/resolve/main/config.json', json({}));
    const options = { cache: diskCache(folder), token: 'secret', endpoint: base };
    for (const model of ['tiny', `${base}/elsewhere`, 'hub:o/n']) {
      const files = await openModelFiles(model, `${base}/public/models/`, options);
      await files.read('config.json');
    }
    expect(server.seen.map(({ path, authorization }) => [path, authorization])).toEqual([
      ['/public/models/tiny/config.json', null],
      ['/elsewhere/config.json', null],
      ['/api/models/o/n/revision/main?blobs=true', 'Bearer secret'],
      ['/o/n/resolve/main/config.json', 'Bearer secret'],
    ]);
  });

  test('offline is no matter of the site’s own models', async () => {
    server.files.set('/models/tiny/config.json', json({ a: 1 }));
    const options = { cache: diskCache(folder), offline: true };
    const own = await openModelFiles('tiny', `${base}/models/`, options);
    expect(await readJson(own, 'config.json')).toEqual({ a: 1 });
    const other = await openModelFiles(`${base}/models/tiny2`, `${base}/models/`, options);
    await expect(other.read('config.json')).rejects.toThrow(/offline is set, so no server is asked/);
    await expect(other.has('config.json')).rejects.toThrow(/offline is set/);
  });

  test.each(['', '..', 'a/b', 'ftp://x'])('"%s" is refused', async (name) => {
    await expect(openModelFiles(name, `${base}/models/`)).rejects.toThrow(/No model is called/);
  });

  test.each(['huggingface.co', 'ftp://x', ''])('the endpoint "%s" is refused', async (endpoint) => {
    await expect(openModelFiles('hub:a/b', `${base}/models/`, { endpoint })).rejects.toThrow(
      /endpoint of the hub/,
    );
  });
});

describe('in Node', () => {
  test('the hub’s variables count, and downloads go to the user’s cache', async () => {
    server.files.set('/o/n/resolve/main/config.json', json({ a: 1 }));
    vi.stubEnv('HF_ENDPOINT', base);
    vi.stubEnv('HF_TOKEN', ' secret ');
    vi.stubEnv('MAILGYM_CACHE', folder);
    const files = await openModelFilesNode('hub:o/n', '/nowhere');
    expect(await readJson(files, 'config.json')).toEqual({ a: 1 });
    expect(server.seen.every(({ authorization }) => authorization === 'Bearer secret')).toBe(true);
    expect((await diskCache(modelCacheFolder()).list())[0]?.cached[0]?.path).toBe('config.json');
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    server.seen.length = 0;
    const offline = await openModelFilesNode('hub:o/n', '/nowhere');
    expect(await readJson(offline, 'config.json')).toEqual({ a: 1 });
    await expect(offline.read('x.json')).rejects.toThrow(/offline is set/);
    expect(server.seen).toEqual([]);
    // What the call says beats what the variables say.
    expect({ ...nodeDownloads(), offline: false }.offline).toBe(false);
    expect(nodeDownloads({}).offline).toBe(false);
  });

  test('the cache folder by system', () => {
    expect(cacheFolder({ MAILGYM_CACHE: '/x' }, 'linux', '/h')).toBe('/x');
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux', '/h')).toBe('/c/mailgym');
    expect(cacheFolder({ XDG_CACHE_HOME: 'c' }, 'linux', '/h')).toBe('/h/.cache/mailgym');
    expect(cacheFolder({}, 'linux', '/h')).toBe('/h/.cache/mailgym');
    expect(cacheFolder({}, 'darwin', '/h')).toBe('/h/Library/Caches/mailgym');
    expect(cacheFolder({ LOCALAPPDATA: '/l' }, 'win32', '/h')).toBe(join('/l', 'mailgym', 'Cache'));
  });

  test('a folder is found by name or by path, and a GGUF file by path', async () => {
    await mkdir(join(folder, 'tiny'));
    await writeFile(join(folder, 'tiny', 'config.json'), '{"a":3}');
    await writeFile(join(folder, 'tiny', 'm.gguf'), 'GGUF');
    expect(await readJson(await openModelFilesNode('tiny', folder), 'config.json')).toEqual({ a: 3 });
    const files = await openModelFilesNode(join(folder, 'tiny'), '/nowhere');
    expect(files.file).toBeNull();
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
    await expect(openModelFilesNode('none.gguf', folder)).rejects.toThrow(/No model "none\.gguf"/);
    const gguf = await openModelFilesNode(join(folder, 'tiny', 'm.gguf'), '/nowhere');
    expect(gguf.origin).toBe(`${join(folder, 'tiny')}: m.gguf`);
    expect(folderFiles(folder).file).toBeNull();
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
