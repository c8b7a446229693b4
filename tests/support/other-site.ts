/** A server that any page may read, on an origin of its own: it notes what was asked of it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OtherSite {
  /** Without a slash at its end. */
  readonly origin: string;
  /** Paths that were asked for, oldest first. */
  readonly asked: string[];
  readonly files: Map<string, Uint8Array>;
  close(): Promise<void>;
}

export async function startOtherSite(): Promise<OtherSite> {
  const asked: string[] = [];
  const files = new Map<string, Uint8Array>();
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    asked.push(path);
    const body = files.get(path);
    response.writeHead(body === undefined ? 404 : 200, { 'access-control-allow-origin': '*' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    files,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
