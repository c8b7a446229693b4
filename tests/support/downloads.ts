/** What the tests of downloads share: a server with faults, another host, caches, and a hub that tries once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { ModelCache, SourceKey } from '../../src/engine/files/cache';
import { diskCache } from '../../src/engine/files/cache-node';
import { partsCache } from '../../src/engine/files/cache-parts';
import { createBrowserHash } from '../../src/engine/files/hash-browser';
import { hubFiles } from '../../src/engine/files/hub';
import { memoryStore } from '../../src/engine/files/store-memory';
import type { DownloadOptions } from '../../src/engine/files/url';
import { MailGymError } from '../../src/errors';
import { content, FaultServer, sha256 } from './fault-server';

export const SIZE = 300_000;
export const CUT = 100_000;
export const FILE = content(SIZE);
export const OTHER = content(SIZE, 2);
export const PATH = '/owner/name/resolve/main/model.safetensors';

export const server = new FaultServer();
export const elsewhere = new FaultServer();
export let base: string;
export let far: string;
let folder: string;

/** Runs both servers for the tests of a file, which calls this once; each test begins with {@link FILE} alone. */
export function serveDownloads(): void {
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
}

export const CACHES: readonly [string, () => ModelCache][] = [
  ['on disk', () => diskCache(folder)],
  ['in parts', () => partsCache(memoryStore(), { createHash: createBrowserHash, partBytes: 1000 })],
];

/** Quick, and without a second try of its own. */
export function hub(cache: ModelCache, options: DownloadOptions = {}, name = 'owner/name') {
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

export async function failure(work: Promise<unknown>): Promise<MailGymError> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(MailGymError);
  return error as MailGymError;
}

export const WEIGHTS = 'model.safetensors';
/** Tells the server how far the reader is. */
export const reached = (done: number) => server.reached(done);

/** Requests for the file itself; that for the list of files comes before. */
export const files = () => server.asked.filter((line) => !line.includes('/api/'));
export const SOURCE = (): SourceKey => ({
  base: `${base}/owner/name/resolve/main/`,
  name: 'hub:owner/name@main',
});
export const linked = (bytes: Buffer, size = bytes.length) => ({
  'x-linked-size': String(size),
  'x-linked-etag': `"${sha256(bytes)}"`,
});
