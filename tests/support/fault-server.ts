/**
 * A server on this machine that speaks like the hub and does what servers do wrong. What it does with a path is set before
 * a test and may change between requests.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** How the next request of a path is answered. */
export interface Behaviour {
  /** 200 when left out. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the file's content. */
  readonly body?: Buffer | string;
  /** Bytes after which the connection is cut, as soon as the reader says that it {@link FaultServer.reached} them. */
  readonly cutAfter?: number;
  /** Bytes after which nothing comes any more. */
  readonly stallAfter?: number;
  /** No content-length: the body comes in chunks. */
  readonly chunked?: boolean;
  readonly ignoresRange?: boolean;
  /** Answers a range of another version than `If-Range` asks for. */
  readonly ignoresIfRange?: boolean;
  readonly gzip?: boolean;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | null;
  readonly ifRange: string | null;
  readonly authorization: string | null;
}

export class FaultServer {
  readonly seen: SeenRequest[] = [];
  /** Paths of answers that their reader did not wait for, in order. */
  readonly leftBehind: string[] = [];
  /** Content by path. */
  readonly files = new Map<string, Buffer>();
  /** What is done with a path, one after the other; what is left out is done right. */
  readonly plan = new Map<string, Behaviour[]>();
  etagOf = (content: Buffer): string | null => `"${sha256(content).slice(0, 16)}"`;
  /** Answers that are to be cut, by the place in the file that they have come to. */
  readonly #hanging = new Map<number, ServerResponse>();
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  reset(): void {
    this.seen.length = 0;
    this.leftBehind.length = 0;
    this.files.clear();
    this.plan.clear();
    this.#hanging.clear();
  }

  /** The reader has so many bytes of a file. What was sent but not read when a connection goes is lost. */
  reached(bytes: number): void {
    this.#hanging.get(bytes)?.destroy();
    this.#hanging.delete(bytes);
  }

  /** Requests as words: `GET /a bytes=3-`. */
  get asked(): string[] {
    return this.seen.map(({ method, path, range }) => [method, path, range].filter(Boolean).join(' '));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    // For pages of other origins, as the hub does.
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'authorization, range, if-range');
    response.setHeader('access-control-expose-headers', '*');
    if (request.method === 'OPTIONS') {
      response.end();
      return;
    }
    const { method = 'GET', url: path = '/', headers } = request;
    const { range = null, 'if-range': ifRange = null, authorization = null } = headers;
    this.seen.push({ method, path, range, ifRange: ifRange as string | null, authorization });
    response.once('close', () => {
      if (!response.writableEnded) this.leftBehind.push(path);
    });
    const behaviour = this.plan.get(path)?.shift() ?? {};
    const content = behaviour.body === undefined ? this.files.get(path) : Buffer.from(behaviour.body);
    const status = behaviour.status ?? (content === undefined ? 404 : 200);
    if (content === undefined || status !== 200) {
      response.writeHead(status, behaviour.headers);
      response.end(method === 'HEAD' ? undefined : (content ?? 'no'));
      return;
    }
    const etag = this.etagOf(content);
    const all = { ...(etag === null ? {} : { etag }), ...behaviour.headers };
    if (behaviour.gzip === true) {
      const packed = gzipSync(content);
      response.writeHead(200, {
        'content-length': String(packed.length),
        'content-encoding': 'gzip',
        ...all,
      });
      if (method === 'HEAD') response.end();
      else if (behaviour.stallAfter !== undefined) response.write(packed.subarray(0, behaviour.stallAfter));
      else response.end(packed);
      return;
    }
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? NaN);
    const honoured =
      !Number.isNaN(start) &&
      behaviour.ignoresRange !== true &&
      (ifRange === null || ifRange === etag || behaviour.ignoresIfRange === true);
    if (honoured && start >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` });
      response.end();
      return;
    }
    const body = honoured ? content.subarray(start) : content;
    response.writeHead(honoured ? 206 : 200, {
      ...(behaviour.chunked === true ? {} : { 'content-length': String(body.length) }),
      ...(honoured ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
      ...all,
    });
    if (method === 'HEAD') response.end();
    else if (behaviour.cutAfter !== undefined) {
      this.#hanging.set((honoured ? start : 0) + behaviour.cutAfter, response);
      response.write(body.subarray(0, behaviour.cutAfter));
    } else if (behaviour.stallAfter !== undefined) response.write(body.subarray(0, behaviour.stallAfter));
    else response.end(body);
  }
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The id that git gives content. */
export function gitHash(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** Bytes that no part of repeats, so that a wrong seam shows. */
export function content(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
