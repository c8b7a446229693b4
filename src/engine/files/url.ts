/** Files below an address, and in a repository of a hub: downloaded once, then read from the cache. */
import { PolicyError } from '../../errors/policy';
import type { ModelFiles, RandomAccessFile } from '../../formats/files';
import {
  isSafePath,
  type CachedFile,
  type ListedFile,
  type ModelCache,
  type SourceFacts,
  type SourceKey,
} from './cache';
import { download, hasToken, isHtml } from './download';
import { placeOf } from './hub-name';
import { missing } from './missing';
import { ask, patiently, refusal, Transient, type Answer, type RequestOptions } from './request';
import { browserCache } from './store-browser';

type Progress = (loaded: number, total: number | null) => void;

/** How files are downloaded and kept. */
export interface DownloadOptions extends RequestOptions {
  /** Default: the browser's. Node's is `diskCache`. */
  readonly cache?: ModelCache;
  /** Nothing is asked of any server; what is in the cache is used. */
  readonly offline?: boolean;
  /** Of the hub; default {@link HUB_ENDPOINT}. */
  readonly endpoint?: string;
}

/**
 * Files below an address. A cached file is used while the server still reports the same version of it, or cannot be asked.
 * @param address absolute, because a relative address means different things on a page and in its worker; of a folder, or
 *   of a GGUF file
 * @throws PolicyError
 */
export function urlFiles(address: string, options: DownloadOptions = {}): ModelFiles {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw PolicyError.of('policy/no-address', { address });
  }
  const { folder, file } = placeOf(address);
  return new UrlFiles(
    {
      source: { base: folder, name: folder },
      origin: file === null ? folder : address,
      folder: '',
      file,
      hub: null,
    },
    options,
  );
}

export interface Place {
  readonly source: SourceKey;
  /** For messages. */
  readonly origin: string;
  /** Below the source, '' or with a slash at its end. */
  readonly folder: string;
  readonly file: string | null;
  readonly hub: HubPlace | null;
}

/** What a hub has beside files. */
export interface HubPlace {
  /** Address of the list of a repository's files at the revision. */
  readonly list: string;
  /** Address of a file at a commit. */
  fileAt(commit: string | null, path: string): string;
  /** Reads the answer to {@link HubPlace.list}; null where it is none. */
  read(answer: unknown): SourceFacts | null;
}

export class UrlFiles implements ModelFiles {
  readonly origin: string;
  readonly file: string | null;
  readonly #place: Place;
  readonly #options: DownloadOptions;
  #cache: Promise<ModelCache> | null = null;
  #facts: Promise<SourceFacts> | null = null;

  constructor(place: Place, options: DownloadOptions) {
    this.#place = place;
    this.#options = options;
    this.origin = place.origin;
    this.file = place.file;
  }

  async has(path: string): Promise<boolean> {
    const whole = this.#path(path);
    const cached = await this.#cached(whole);
    const { hub } = this.#place;
    if (cached !== null && (hub !== null || this.#options.offline === true)) return true;
    const { files } = await this.#sourceFacts();
    if (files !== null) return Object.hasOwn(files, whole);
    if (this.#options.offline === true) {
      await this.#refuseUnlessKnown(path);
      return false;
    }
    try {
      return (await this.#exists(whole)) ?? cached !== null;
    } catch (error) {
      // Offline: an old copy is better than none.
      if (cached !== null) return true;
      throw error;
    }
  }

  async read(path: string, onProgress?: Progress): Promise<Uint8Array> {
    const file = await this.open(path, onProgress);
    try {
      return await file.read(0, file.size);
    } finally {
      await file.close();
    }
  }

  async open(path: string, onProgress?: Progress): Promise<RandomAccessFile> {
    const whole = this.#path(path);
    const cached = await this.#cached(whole);
    const file =
      cached !== null && (await this.#isFresh(whole, cached)) ? cached : await this.#fetch(whole, onProgress);
    if (file === cached) onProgress?.(file.facts.size, file.facts.size);
    return await file.open();
  }

  async #fetch(path: string, onProgress: Progress | undefined): Promise<CachedFile> {
    const { source, hub, folder } = this.#place;
    if (this.#options.offline === true) throw this.#offlineError(path);
    const facts = await this.#sourceFacts();
    const listed: ListedFile | null = facts.files?.[path] ?? null;
    if (facts.files !== null && listed === null) {
      const beside = Object.keys(facts.files).filter((one) => one.startsWith(folder));
      throw missing(
        this.origin,
        path.slice(folder.length),
        beside.map((one) => one.slice(folder.length)),
      );
    }
    const cache = await this.#openCache();
    const before = Date.now();
    return await cache.fill(
      source,
      path,
      async (partial) =>
        await download(
          {
            url: this.#url(path, facts.commit),
            origin: this.origin,
            path: path.slice(folder.length),
            listed,
            isHub: hub !== null,
            createHash: (name) => cache.createHash(name),
            onProgress,
            onAnswer: (answer) => this.#learn(answer),
          },
          partial,
          this.#options,
        ),
      // What another writer made while this one waited.
      ({ fetched }) => fetched >= before || hub !== null,
      this.#options.signal,
    );
  }

  /** Path below the source. */
  #path(path: string): string {
    const whole = this.#place.folder + path;
    if (!isSafePath(whole)) throw PolicyError.of('policy/no-path', { origin: this.origin, path });
    return whole;
  }

  #url(path: string, commit: string | null): string {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const { hub, source } = this.#place;
    return hub === null ? source.base + encoded : hub.fileAt(commit, encoded);
  }

  #openCache(): Promise<ModelCache> {
    const { cache, onNote } = this.#options;
    this.#cache ??= cache === undefined ? browserCache(onNote) : Promise.resolve(cache);
    return this.#cache;
  }

  async #cached(path: string): Promise<CachedFile | null> {
    return await (await this.#openCache()).find(this.#place.source, path);
  }

  /** What is known of the source; of a hub it is asked once, and files come from that commit until they are cleared. */
  #sourceFacts(): Promise<SourceFacts> {
    if (this.#facts === null) {
      this.#facts = this.#findFacts();
      this.#facts.catch(() => (this.#facts = null));
    }
    return this.#facts;
  }

  async #findFacts(): Promise<SourceFacts> {
    const cache = await this.#openCache();
    const { source, hub } = this.#place;
    const known = await cache.facts(source);
    if (known !== null) return known;
    const listed = hub === null || this.#options.offline === true ? null : await this.#list(hub);
    const facts = listed ?? NOTHING_KNOWN;
    if (this.#options.offline !== true) await cache.setFacts(source, facts);
    return facts;
  }

  /** Null where the server has no lists: not every mirror has. @throws PolicyError where a login is needed */
  async #list(hub: HubPlace): Promise<SourceFacts | null> {
    const asked = { url: hub.list, origin: this.origin, method: 'GET' } as const;
    return await patiently(this.origin, this.#options, async () => {
      const answer = await ask(asked, this.#options);
      try {
        const { ok, status } = answer.response;
        if (ok && !isHtml(answer.response)) {
          const chunks: Uint8Array[] = [];
          for await (const chunk of answer.body()) chunks.push(chunk);
          return hub.read(parsed(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).text()));
        }
        if (status !== 401 && status !== 403 && status !== 429 && status < 500) return null;
        const refused = refusal(answer, asked, true, hasToken(this.#options));
        // A mirror may have no lists and say so in its own way; its files will tell.
        if (status >= 500 && !(refused instanceof Transient)) return null;
        throw refused;
      } finally {
        answer.drop();
      }
    });
  }

  /** A server without lists may still name the commit, to which later files are then held. */
  #learn(answer: Answer): void {
    const commit = answer.header('x-repo-commit');
    if (this.#place.hub === null || commit === null || !/^[0-9a-f]{40}$/.test(commit)) return;
    const learn = async () => {
      const facts = await this.#sourceFacts();
      if (facts.commit !== null) return;
      const learned = { ...facts, commit };
      this.#facts = Promise.resolve(learned);
      await (await this.#openCache()).setFacts(this.#place.source, learned);
    };
    // Where it cannot be kept, the file's own write tells.
    learn().catch(() => undefined);
  }

  async #isFresh(path: string, cached: CachedFile): Promise<boolean> {
    if (this.#place.hub !== null || this.#options.offline === true) return true;
    const kept = cached.facts.etag ?? cached.facts.lastModified;
    const answer = await ask(
      { url: this.#url(path, null), origin: this.origin, method: 'HEAD' },
      this.#options,
    ).catch((error: unknown) => {
      this.#options.signal?.throwIfAborted();
      // Not reachable: an old copy is better than none.
      if (error instanceof Transient) return null;
      throw error;
    });
    if (answer === null || answer.response.status >= 500) return true;
    const { ok, headers } = answer.response;
    if (headers.has(FROM_OFFLINE_WORKER)) return true;
    return ok && kept !== null && kept === (headers.get('etag') ?? headers.get('last-modified'));
  }

  /** Null where nobody can be asked. */
  async #exists(path: string): Promise<boolean | null> {
    const { commit } = await this.#sourceFacts();
    const asked = { url: this.#url(path, commit), origin: this.origin, method: 'HEAD' } as const;
    return await patiently(this.origin, this.#options, async () => {
      const { response, ...rest } = await ask(asked, this.#options);
      if (response.headers.has(FROM_OFFLINE_WORKER)) return null;
      if (response.ok) return !isHtml(response);
      const isHub = this.#place.hub !== null;
      const refused = refusal({ response, ...rest }, asked, isHub, hasToken(this.#options));
      // Elsewhere 403 may be how a server says that there is none.
      if (refused instanceof Transient || (isHub && [401, 403].includes(response.status))) throw refused;
      return false;
    });
  }

  async #refuseUnlessKnown(path: string): Promise<void> {
    const cached = (await (await this.#openCache()).list()).find(
      ({ base }) => base === this.#place.source.base,
    );
    if ((cached?.cached.length ?? 0) === 0) throw this.#offlineError(path);
  }

  #offlineError(path: string): PolicyError {
    return PolicyError.of('policy/offline', { origin: this.origin, path });
  }
}

/** On what the page's service worker (workers/offline.ts) answers by itself where there is no network. */
const FROM_OFFLINE_WORKER = 'x-mailgym-offline';

const NOTHING_KNOWN: SourceFacts = { commit: null, files: null };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
