/** A line of so many megabits a second in front of a site, which compresses as hosts do and counts what goes through it. */
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';

export interface SlowLine {
  /** Ends with a slash. */
  readonly url: string;
  /** Body bytes that have gone through, of all connections together. */
  readonly bytes: () => number;
  close(): Promise<void>;
}

/** Types that hosts of static files compress, as GitHub Pages does. */
const COMPRESSED = /^(text|application)\/(html|css|javascript|json|wasm|plain)/;

/** Bytes that are let through at once. */
const PIECE = 16 * 1024;

/**
 * All connections share the line. Chromium's own slow network is of one page, and leaves workers out.
 * @param target ends with a slash
 */
export async function slowLine(target: string, megabits: number): Promise<SlowLine> {
  const bytesPerMs = (megabits * 1e6) / 8 / 1000;
  let freeAt = 0;
  let bytes = 0;
  /** Takes the line for as long as a piece needs. */
  const pass = async (length: number): Promise<void> => {
    const now = performance.now();
    freeAt = Math.max(now, freeAt) + length / bytesPerMs;
    await sleep(freeAt - now);
    bytes += length;
  };
  const server = createServer((request, response) => {
    const headers = { ...request.headers, host: new URL(target).host };
    const { method = 'GET', url = '/' } = request;
    get(new URL(url, target), { headers, method }, (answer) => {
      const type = answer.headers['content-type'] ?? '';
      const { 'content-length': length, ...rest } = answer.headers;
      const isSmaller = COMPRESSED.test(type) && answer.statusCode === 200 && method === 'GET';
      const size = length === undefined ? {} : { 'content-length': length };
      response.writeHead(answer.statusCode ?? 502, {
        ...rest,
        ...(isSmaller ? { 'content-encoding': 'gzip' } : size),
      });
      const body: AsyncIterable<Uint8Array> = isSmaller ? answer.pipe(createGzip()) : answer;
      const send = async (): Promise<void> => {
        for await (const chunk of body) {
          for (let at = 0; at < chunk.length; at += PIECE) {
            const piece = chunk.subarray(at, at + PIECE);
            await pass(piece.length);
            response.write(piece);
          }
        }
        response.end();
      };
      send().catch(() => response.destroy());
    }).on('error', () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    bytes: () => bytes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
