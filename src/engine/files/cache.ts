/** What a cache of downloaded model files promises, wherever it keeps them. */
import type { RandomAccessFile } from '../../formats/files';
import type { Hasher, HashName } from './hash';

/** A place that files come from: one revision of a repository, or the folder below an address. */
export interface SourceKey {
  /** Address that the files' paths are appended to, with a slash at its end. What tells sources apart. */
  readonly base: string;
  /** For people: `hub:owner/name@revision`, or the address. */
  readonly name: string;
}

/** What a server lists of a file. */
export interface ListedFile {
  /** Bytes. */
  readonly size: number | null;
  readonly hash: FileHash | null;
}

/** `git-sha1`: of git's blob, which is the content after the word blob, its length and a zero byte. */
export interface FileHash {
  readonly name: 'sha256' | 'git-sha1';
  /** Lower-case hexadecimal digits. */
  readonly hex: string;
}

/** What is known of a source. */
export interface SourceFacts {
  /** The commit that its files are taken from; null where the server names none. */
  readonly commit: string | null;
  /** All its files by path; null where the server lists none. */
  readonly files: Readonly<Record<string, ListedFile>> | null;
}

/** What tells versions of a file apart, as the server sends it. */
export interface Version {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** What is known of a file that is whole. */
export interface FileFacts extends Version {
  /** Bytes. */
  readonly size: number;
  /** What its content was held against, or null where the server names no hash. */
  readonly hash: FileHash | null;
  /** When it came, in milliseconds since the epoch. */
  readonly fetched: number;
}

export interface CachedFile {
  readonly facts: FileFacts;
  open(): Promise<RandomAccessFile>;
}

/** The beginning of a file, from a download that may have been cut. */
export interface PartialFile {
  /** Bytes that are kept. */
  readonly size: number;
  /** Version of the file that they are the beginning of; null where nothing is kept. */
  readonly version: Version | null;
  /** Its bytes from the first, in order. */
  read(): AsyncIterable<Uint8Array>;
  /** Forgets the bytes kept and begins anew. */
  begin(version: Version): Promise<void>;
  append(bytes: Uint8Array): Promise<void>;
}

export interface ListedSource extends SourceKey, SourceFacts {
  readonly cached: readonly { readonly path: string; readonly facts: FileFacts }[];
  /** Bytes of downloads that were cut. */
  readonly partialBytes: number;
}

/**
 * Whole files that were downloaded, and the beginnings of others. Whoever finds a file finds all of it: it appears under
 * its path at once, when it is complete.
 */
export interface ModelCache {
  /** Where it is, for people. */
  readonly place: string;
  find(source: SourceKey, path: string): Promise<CachedFile | null>;
  /**
   * Lets `work` write a file, and makes it a whole one when that resolves; when it rejects, what it wrote is kept for the
   * next try. One writer at a time: whoever comes second waits, and then gets what the first has made.
   * @param isWanted whether a file that another writer made meanwhile will do
   */
  fill(
    source: SourceKey,
    path: string,
    work: (partial: PartialFile) => Promise<FileFacts>,
    isWanted: (facts: FileFacts) => boolean,
    signal?: AbortSignal,
  ): Promise<CachedFile>;
  facts(source: SourceKey): Promise<SourceFacts | null>;
  setFacts(source: SourceKey, facts: SourceFacts): Promise<void>;
  list(): Promise<ListedSource[]>;
  /** Removes a source, or one of its files with the beginning of it. */
  remove(source: SourceKey, path?: string): Promise<void>;
  createHash(name: HashName): Hasher;
}

/** @throws never; whether the path stays inside its folder */
export function isSafePath(path: string): boolean {
  return path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'));
}
