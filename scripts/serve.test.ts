import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestPath, serve, ServeError, type Site } from './serve';

let base = '';
let site: Site;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'mailgym-serve-'));
  for (const folder of ['root/sub', 'root/models/mine', 'mine'])
    mkdirSync(join(base, folder), { recursive: true });
  writeFileSync(join(base, 'root/index.html'), '<p>page</p>');
  writeFileSync(join(base, 'root/sub/a.wasm'), Uint8Array.of(0, 97, 115, 109));
  writeFileSync(join(base, 'root/ä b.json'), '{}');
  writeFileSync(join(base, 'root/sw.js'), '0');
  writeFileSync(join(base, 'root/models/mine/config.json'), 'root');
  writeFileSync(join(base, 'mine/config.json'), 'mounted');
  writeFileSync(join(base, 'secret.txt'), 'secret');
  symlinkSync(join(base, 'secret.txt'), join(base, 'root/link.txt'));
  const mounts = new Map([['models/mine', join(base, 'mine')]]);
  site = await serve({ root: join(base, 'root'), port: 0, mounts });
});
afterAll(async () => {
  await site.close();
  rmSync(base, { recursive: true });
});

/** Status of a path sent as it is; fetch would tidy it up first. */
function rawStatus(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: 'localhost', port: site.port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.end();
  });
}

test('files with their type and length, folders by their index', async () => {
  const page = await fetch(site.url);
  expect(await page.text()).toBe('<p>page</p>');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const wasm = await fetch(`${site.url}sub/a.wasm?x=1`);
  expect(wasm.headers.get('content-type')).toBe('application/wasm');
  expect(wasm.headers.get('content-length')).toBe('4');
  expect(new Uint8Array(await wasm.arrayBuffer())).toEqual(Uint8Array.of(0, 97, 115, 109));
  expect((await fetch(`${site.url}${encodeURIComponent('ä b.json')}`)).status).toBe(200);
});

test('names of this machine are answered, whatever the port; other Host headers are refused', async () => {
  for (const host of ['localhost', `127.0.0.1:${site.port}`, '[::1]:80', 'LOCALHOST:1'])
    expect(await rawStatus('/', { host }), host).toBe(200);
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    'evil.example:5173',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    'localhost:80:80',
  ])
    expect(await rawStatus('/', { host }), host).toBe(403);
});

test('what is not there is 404, never the page', async () => {
  for (const path of ['nothing', 'sub', 'sub/', 'index.html/x', 'models/mine/none.json']) {
    expect((await fetch(site.url + path)).status, path).toBe(404);
  }
});

test('nothing outside the folder: dots, encoded dots, links', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/sub/..%2f..%2fsecret.txt',
    '/link.txt',
    '/%zz',
    '/%00',
  ]) {
    expect(await rawStatus(path), path).toBe(404);
  }
});

test('mounted folders win', async () => {
  expect(await (await fetch(`${site.url}models/mine/config.json`)).text()).toBe('mounted');
});

test('HEAD has no body, an unchanged file is not sent again, other methods are refused', async () => {
  const head = await fetch(`${site.url}index.html`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '11', '']);
  const etag = head.headers.get('etag') ?? '';
  const again = await fetch(`${site.url}index.html`, {
    headers: { 'if-none-match': etag },
    cache: 'no-store',
  });
  expect(again.status).toBe(304);
  expect((await fetch(site.url, { method: 'POST' })).status).toBe(405);
});

test('a taken port is told', async () => {
  await expect(serve({ root: base, port: site.port })).rejects.toThrow(ServeError);
});

test('paths', () => {
  expect(requestPath('/a/b?c#d')).toBe('a/b');
  expect(requestPath('/')).toBe('index.html');
  expect(requestPath('//a//')).toBe('a/index.html');
  expect(requestPath('/a/../b')).toBeNull();
  expect(requestPath('/a\\b')).toBeNull();
});

test('scripts have the policy of a worker; other sites may read the page, and no folder mounted into it', async () => {
  const header = async (path: string, name: string) => (await fetch(site.url + path)).headers.get(name);
  expect(await header('sw.js', 'content-security-policy')).toContain("connect-src 'self'");
  expect(await header('', 'access-control-allow-origin')).toBe('*');
  expect(await header('models/mine/config.json', 'access-control-allow-origin')).toBeNull();
});
