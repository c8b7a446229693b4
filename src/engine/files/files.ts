/** Sources of model files that work in a browser worker and in Node alike. Folders on disk: `files-node.ts`. */
import { memoryFile, type ModelFiles, type RandomAccessFile } from '../../formats/files';
import { PolicyError } from '../../errors';

type Progress = (loaded: number, total: number | null) => void;

/**
 * The files of a model by the name that settings give it.
 * @param model `hub:<owner>/<name>`, an absolute URL prefix, or the name of a folder below `modelsUrl`.
 * @param modelsUrl absolute URL of the folder that holds the bundled models.
 */
export async function openModelFiles(model: string, modelsUrl: string): Promise<ModelFiles> {
  if (model.startsWith('hub:')) return await hubFiles(model.slice('hub:'.length));
  if (/^https?:\/\//.test(model)) return urlFiles(model);
  if (!/^\w[\w.-]*$/.test(model)) {
    throw new PolicyError(
      `No model is called "${model}". Give the name of a bundled model, an address beginning with https://, ` +
        `or hub:<owner>/<name>.`,
    );
  }
  return urlFiles(new URL(`${encodeURIComponent(model)}/`, modelsUrl).href);
}

/**
 * Files in memory, such as those a user dropped.
 * @param entries by path; when all paths share a folder, it is taken off.
 */
export function memoryFiles(entries: ReadonlyMap<string, Uint8Array>, origin: string): ModelFiles {
  const folder = commonFolder([...entries.keys()]);
  const files = new Map([...entries].map(([path, bytes]) => [path.slice(folder.length), bytes]));
  return {
    origin,
    has: (path) => Promise.resolve(files.has(path)),
    read: (path, onProgress) => {
      const bytes = files.get(path);
      if (bytes === undefined) return Promise.reject(missing(origin, path, [...files.keys()]));
      onProgress?.(bytes.byteLength, bytes.byteLength);
      return Promise.resolve(bytes);
    },
    open: (path) => {
      const bytes = files.get(path);
      return bytes === undefined
        ? Promise.reject(missing(origin, path, [...files.keys()]))
        : Promise.resolve(memoryFile(bytes, origin, path));
    },
  };
}

function commonFolder(paths: readonly string[]): string {
  const first = paths[0] ?? '';
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  while (folder !== '' && !paths.every((path) => path.startsWith(folder))) {
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  return folder;
}

/** The error for an absent file; `present` is what the source holds instead, where that is known. */
export function missing(origin: string, path: string, present?: readonly string[]): PolicyError {
  const holds =
    present === undefined
      ? ''
      : ` It holds ${present.length === 0 ? 'nothing' : present.slice(0, 12).join(', ')}.`;
  return new PolicyError(
    `${origin}: there is no ${path}.${holds} A model needs config.json, tokenizer.json, tokenizer_config.json and ` +
      `model.safetensors.`,
  );
}

/** Keeps downloads: the Cache API in browsers, a folder in Node. `path` is the file's path inside the model. */
export interface ResponseCache {
  match(url: string, path: string): Promise<Response | undefined>;
  put(url: string, path: string, response: Response): Promise<void>;
}

export interface UrlOptions {
  readonly fetch?: typeof fetch;
  /** null for none; default: the Cache API where there is one. */
  readonly cache?: ResponseCache | null;
  /** Name of the default cache. */
  readonly cacheName?: string;
  /** `ask`: a cached file is used only while the server still reports the same version of it. */
  readonly freshness?: 'ask' | 'forever';
}

/**
 * Files below an address.
 * @param prefix absolute, because a relative address means different things on a page and in its worker.
 */
export function urlFiles(prefix: string, options: UrlOptions = {}): ModelFiles {
  if (!URL.canParse(prefix)) {
    throw new PolicyError(
      `"${prefix}" is no absolute address. Give one that begins with https:// or http://.`,
    );
  }
  const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
  return new UrlFiles(base, base, options);
}

/**
 * Files of a repository on the Hugging Face hub. Host, path scheme and cache are those of transformers.js's `env`, so
 * a model that either has downloaded is there for both, and pointing `env.remoteHost` elsewhere moves both.
 */
export async function hubFiles(repository: string, options: UrlOptions = {}): Promise<ModelFiles> {
  if (!/^\w[\w.-]*\/\w[\w.-]*$/.test(repository)) {
    throw new PolicyError(`"hub:${repository}" names no model on the hub. Write hub:<owner>/<name>.`);
  }
  const { env } = await import('@huggingface/transformers');
  const path = env.remotePathTemplate.replaceAll('{model}', repository).replaceAll('{revision}', 'main');
  const base = `${env.remoteHost.replace(/\/+$/, '')}/${path.replace(/^\/+|\/+$/g, '')}/`;
  const defaults: UrlOptions = {
    cacheName: env.cacheKey,
    freshness: 'forever',
    ...(env.useBrowserCache ? {} : { cache: null }),
  };
  return new UrlFiles(base, `hub:${repository}`, { ...defaults, ...options });
}

class UrlFiles implements ModelFiles {
  readonly origin: string;
  readonly #base: string;
  readonly #options: UrlOptions;

  constructor(base: string, origin: string, options: UrlOptions) {
    this.#base = base;
    this.origin = origin;
    this.#options = options;
  }

  async has(path: string): Promise<boolean> {
    const url = this.#url(path);
    const cached = await this.#cached(url, path);
    if (cached !== undefined && this.#options.freshness === 'forever') return true;
    const response = await this.#fetch(url, 'HEAD').catch((error: unknown) => {
      if (cached === undefined) throw error;
      return cached;
    });
    return response.ok && !isHtmlType(response);
  }

  async read(path: string, onProgress?: Progress): Promise<Uint8Array> {
    const url = this.#url(path);
    const cached = await this.#cached(url, path);
    if (cached !== undefined && (await this.#isFresh(url, cached))) {
      const bytes = new Uint8Array(await cached.arrayBuffer());
      onProgress?.(bytes.byteLength, bytes.byteLength);
      return bytes;
    }
    const response = await this.#fetch(url, 'GET');
    if (response.status === 404) throw missing(this.origin, path);
    if (!response.ok) {
      throw new PolicyError(
        `${this.origin}: ${url} answered ${response.status} ${response.statusText}. ` +
          (response.status === 401 || response.status === 403
            ? 'The model does not exist or asks for a login; choose a public one.'
            : 'Try again later or choose another model.'),
      );
    }
    const bytes = await this.#body(response, url, onProgress);
    if (isHtmlType(response) || looksLikeHtml(bytes)) {
      throw new PolicyError(
        `${this.origin}: asked for ${path}, got a web page. The server answers unknown addresses with a page, so the ` +
          `file is most likely not there; check ${url}.`,
      );
    }
    await this.#keep(url, path, response, bytes);
    return bytes;
  }

  async open(path: string, onProgress?: Progress): Promise<RandomAccessFile> {
    return memoryFile(await this.read(path, onProgress), this.origin, path);
  }

  #url(path: string): string {
    return this.#base + path.split('/').map(encodeURIComponent).join('/');
  }

  async #fetch(url: string, method: 'GET' | 'HEAD'): Promise<Response> {
    try {
      return await (this.#options.fetch ?? fetch)(url, { method });
    } catch (cause) {
      throw new PolicyError(
        `${this.origin}: ${url} could not be reached (${(cause as Error).message}). Check the network connection and ` +
          `the address, and that the server allows requests from this page (CORS).`,
        { cause },
      );
    }
  }

  async #body(
    response: Response,
    url: string,
    onProgress: Progress | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const length = Number(response.headers.get('content-length'));
    // The length of a compressed answer counts bytes that the reader never sees.
    const total = response.headers.has('content-encoding') || !(length > 0) ? null : length;
    const chunks: Uint8Array[] = [];
    let loaded = 0;
    try {
      const reader = response.body?.getReader();
      for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
        chunks.push(part.value);
        loaded += part.value.byteLength;
        onProgress?.(loaded, total);
      }
    } catch (cause) {
      throw new PolicyError(
        `${this.origin}: the download of ${url} broke off after ${loaded} bytes (${(cause as Error).message}). Try again.`,
        { cause },
      );
    }
    if (total !== null && loaded !== total) {
      throw new PolicyError(
        `${this.origin}: the download of ${url} ended after ${loaded} of ${total} bytes. Try again.`,
      );
    }
    const bytes = new Uint8Array(loaded);
    let position = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, position);
      position += chunk.byteLength;
    }
    return bytes;
  }

  async #openCache(): Promise<ResponseCache | null> {
    if (this.#options.cache !== undefined) return this.#options.cache;
    if (typeof caches === 'undefined') return null;
    try {
      const cache = await caches.open(this.#options.cacheName ?? 'mailgym-models');
      return {
        match: async (url) => await cache.match(url),
        put: async (url, _path, response) => await cache.put(url, response),
      };
    } catch {
      // Some private windows show the API and refuse it; the file is then fetched every time.
      return null;
    }
  }

  async #cached(url: string, path: string): Promise<Response | undefined> {
    return await (await this.#openCache())?.match(url, path);
  }

  async #isFresh(url: string, cached: Response): Promise<boolean> {
    if (this.#options.freshness === 'forever') return true;
    const now = await this.#fetch(url, 'HEAD').catch(() => null);
    // Offline: an old copy is better than none.
    if (now === null) return true;
    const kept = version(cached);
    return now.ok && kept !== null && kept === version(now);
  }

  async #keep(url: string, path: string, response: Response, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const cache = await this.#openCache();
    if (cache === null) return;
    if (this.#options.freshness !== 'forever' && version(response) === null) return;
    const headers = new Headers();
    for (const name of ['content-type', 'etag', 'last-modified']) {
      const value = response.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    headers.set('content-length', String(bytes.byteLength));
    // A full disk must not fail a download that has succeeded; the next visit fetches again.
    await cache.put(url, path, new Response(bytes, { headers })).catch(() => undefined);
  }
}

/** What tells two versions of a file apart; null when the server says nothing. */
function version(response: Response): string | null {
  return response.headers.get('etag') ?? response.headers.get('last-modified');
}

function isHtmlType(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').startsWith('text/html');
}

function looksLikeHtml(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().toLowerCase();
  return start.startsWith('<!doctype html') || start.startsWith('<html');
}
