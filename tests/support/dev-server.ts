/** The development server for tests of one file: it serves sources as modules and the stand-in of the worker. */
import type { AddressInfo } from 'node:net';
import { test } from 'playwright/test';
import { createServer, type ViteDevServer } from 'vite';

/** Starts a server before the file's tests and stops it after them. Answers where it is, once it runs. */
export function useDevServer(): () => string {
  let server: ViteDevServer;
  let base = '';
  test.beforeAll(async () => {
    server = await createServer({ logLevel: 'error', server: { port: 0, host: '127.0.0.1', hmr: false } });
    await server.listen();
    const { port } = server.httpServer?.address() as AddressInfo;
    base = `http://127.0.0.1:${port}/`;
  });
  test.afterAll(() => server.close());
  return () => base;
}
