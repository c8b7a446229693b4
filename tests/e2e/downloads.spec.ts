/** Downloads of a page, into the browser's own Cache Storage. */
import type { AddressInfo } from 'node:net';
import { expect, test } from 'playwright/test';
import { createServer, type ViteDevServer } from 'vite';
import type * as Hub from '../../src/engine/files/hub';
import type * as Storage from '../../src/engine/files/store-browser';
import { content, FaultServer, sha256 } from '../support/fault-server';

const PATH = '/owner/name/resolve/main/model.safetensors';
/** Three parts and a bit. */
const FILE = content(50 * 2 ** 20);
const CUT = 20 * 2 ** 20;

const hub = new FaultServer();
let endpoint = '';
let page: ViteDevServer;
let base = '';
// The development server hands modules to the page as they are.
test.beforeAll(async () => {
  endpoint = await hub.start();
  page = await createServer({ logLevel: 'error', server: { port: 0, host: '127.0.0.1', hmr: false } });
  await page.listen();
  base = `http://127.0.0.1:${(page.httpServer?.address() as AddressInfo).port}/`;
});
test.afterAll(async () => {
  await page.close();
  await hub.stop();
});

test('a cut download goes on behind what Cache Storage has, and is read by ranges', async ({ page: tab }) => {
  hub.files.set(PATH, FILE);
  hub.plan.set(PATH, [{ cutAfter: CUT }]);
  await tab.exposeFunction('reached', (done: number) => hub.reached(done));
  await tab.goto(`${base}?mock=1`);
  const read = (token: string | null, ranges: readonly (readonly [number, number])[]) =>
    tab.evaluate(
      async ({ endpoint: address, token: secret, ranges: wanted, cut }) => {
        const modules = ['/src/engine/files/hub.ts', '/src/engine/files/store-browser.ts'] as const;
        const { hubFiles } = (await import(modules[0])) as typeof Hub;
        const { browserCache } = (await import(modules[1])) as typeof Storage;
        const { reached } = window as unknown as { reached(done: number): void };
        const options = { endpoint: address, retries: 0, ...(secret === null ? {} : { token: secret }) };
        const progress = (done: number) => done === cut && reached(done);
        try {
          const file = await hubFiles('owner/name', options).open('model.safetensors', progress);
          const found: number[][] = [];
          for (const [start, end] of wanted) found.push([...(await file.read(start, end))]);
          return { size: file.size, found };
        } catch (error) {
          const [source] = await (await browserCache()).list();
          return { error: (error as Error).message, kept: source?.partialBytes };
        }
      },
      { endpoint, token, ranges, cut: CUT },
    );
  const part = 16 * 2 ** 20;
  const ranges = [
    [part - 2, part + 2],
    [FILE.length - 1, FILE.length],
    [CUT - 1, CUT + 1],
  ] as const;
  const first = await read('secret', ranges);
  expect(first).toMatchObject({ error: expect.stringMatching(/broke off/), kept: CUT });
  const asked = hub.seen.find(({ method, path }) => method === 'GET' && path === PATH);
  expect(asked?.authorization).toBe('Bearer secret');
  const second = await read(null, ranges);
  expect(second).toEqual({
    size: FILE.length,
    found: ranges.map(([start, end]) => [...FILE.subarray(start, end)]),
  });
  expect(hub.asked.filter((line) => line.startsWith('GET /owner'))).toEqual([
    `GET ${PATH}`,
    `GET ${PATH} bytes=${CUT}-`,
  ]);
  hub.seen.length = 0;
  expect(await read(null, [])).toEqual({ size: FILE.length, found: [] });
  expect(hub.asked).toEqual([]);
  // What lies there is the file, in parts that any browser takes.
  const digest = await tab.evaluate(async () => {
    const cache = await caches.open('mailgym-downloads');
    const parts = (await cache.keys()).map(({ url }) => url).filter((url) => url.includes('/part/'));
    parts.sort((a, b) => Number(a.split('/').at(-1)) - Number(b.split('/').at(-1)));
    const bodies = await Promise.all(parts.map(async (url) => (await cache.match(url))!.blob()));
    const hash = await crypto.subtle.digest('SHA-256', await new Blob(bodies).arrayBuffer());
    return {
      sizes: bodies.map(({ size }) => size),
      hash: [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    };
  });
  expect(digest).toEqual({ sizes: [part, part, part, FILE.length - 3 * part], hash: sha256(FILE) });
});
