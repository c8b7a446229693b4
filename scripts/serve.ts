/** A small static file server: the built page on this machine, and folders mounted into it. */
import { MailGymError, type ErrorName } from '../src/errors';
import { serve as texts } from '../src/errors/texts/en/serve';
import type { TextTable } from '../src/errors/texts/types';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.jinja': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** What the page's document says of itself (page-policy.ts), as far as it concerns a worker. */
const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

export interface ServeOptions {
  /** Folder of the page. */
  readonly root: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Folders served below other addresses, for instance `models/mine`; they win over the root. */
  readonly mounts?: ReadonlyMap<string, string>;
}

export interface Site {
  /** Ends with a slash. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The port is taken, the folder is not there, or what was asked of a server is refused. */
export class ServeError extends MailGymError {
  static override readonly texts: TextTable = texts;
  override name: ErrorName<'ServeError'> = 'ServeError';
}

/** Serves on this machine only. @throws ServeError when the port cannot be had. */
export async function serve(options: ServeOptions): Promise<Site> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`${String(error)}\n`);
    });
  });
  await listen(server, options.port);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://localhost:${port}/`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program uses it' : error.message;
      reject(new ServeError(`asked for port ${port}; ${why}. Choose another with --port, or 0 for any.`));
    });
    server.listen(port, 'localhost', resolve);
  });
}

async function answer(
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isThisMachine(request.headers.host)) {
    return refuse(response, 403, 'This server answers to localhost alone; the request names another host.');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refuse(response, 405, 'Only GET and HEAD are answered here.');
  }
  const path = requestPath(request.url ?? '/');
  const file = path === null ? null : await locate(options, path);
  if (!file) return refuse(response, 404, 'There is no such file here.');
  const info = await stat(file);
  const etag = `"${info.size.toString(16)}-${Math.trunc(info.mtimeMs).toString(16)}"`;
  const type = TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';
  const headers: Record<string, string> = {
    // A script that is started as a worker has the policy of its own answer.
    ...(type.startsWith('text/javascript') ? { 'content-security-policy': WORKER_POLICY } : {}),
    // The page's own files are nobody's secret, and a frame without an origin has to ask for its own across origins.
    ...(isMounted(options, path ?? '') ? {} : { 'access-control-allow-origin': '*' }),
    'content-type': type,
    'cache-control': 'no-cache',
    'last-modified': info.mtime.toUTCString(),
    'x-content-type-options': 'nosniff',
    etag,
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-length': String(info.size) });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
}

/**
 * Whether a Host header names this machine: a site elsewhere whose name is made to lead here (DNS rebinding) would else read
 * what is served, a visitor's mail among it.
 */
export function isThisMachine(host: string | undefined): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host ?? '');
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** Path without query, decoded, relative; null when it cannot name a file here. */
export function requestPath(url: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(url.split(/[?#]/)[0] ?? '');
  } catch {
    return null;
  }
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..' || part.includes('\0') || part.includes('\\')))
    return null;
  const relative = parts.join('/');
  return path.endsWith('/') ? join(relative, 'index.html').split(sep).join('/') : relative;
}

/** The file on disk; null when there is none, or when a link leads out of the folder. */
async function locate(options: ServeOptions, path: string): Promise<string | null> {
  for (const [prefix, folder] of options.mounts ?? []) {
    if (path.startsWith(`${prefix}/`)) return within(folder, path.slice(prefix.length + 1));
  }
  return within(options.root, path);
}

function isMounted({ mounts }: ServeOptions, path: string): boolean {
  return [...(mounts?.keys() ?? [])].some((prefix) => path.startsWith(`${prefix}/`));
}

async function within(folder: string, path: string): Promise<string | null> {
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, path));
    return file.startsWith(root + sep) && (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}
