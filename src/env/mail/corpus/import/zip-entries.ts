/** Files inside zip archives, unpacked in pieces and never written anywhere: their paths are only shown. */
import type { Entry, FileEntry } from '@zip.js/zip.js';
import { CorpusError } from '../types';
import type { ByteSource } from './bytes';

/** An archive of more files is no mailbox. */
export const MAX_ENTRIES = 1_000_000;
/** Deflate packs mail to a third, repetitive mail to a fiftieth; only made-up files go further. */
export const MAX_RATIO = 200;
/** Files below this may be packed as well as they like. */
const ANY_RATIO_BYTES = 16 * 1024 * 1024;

export interface ArchiveEntry {
  readonly path: string;
  /** Null when `refused` says why there is none. */
  readonly bytes: ByteSource | null;
  readonly refused: CorpusError | null;
}

/** Whether the bytes start like a zip archive, also an empty one. */
export function startsZip(head: Uint8Array): boolean {
  return (
    head[0] === 0x50 &&
    head[1] === 0x4b &&
    ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6))
  );
}

/**
 * The files of an archive, Zip64 included, in its order. @throws CorpusError when it cannot be read as one.
 * @param signal ends the unpacking of a file
 */
export async function* zipEntries(source: ByteSource, signal?: AbortSignal): AsyncGenerator<ArchiveEntry> {
  const { read, size } = source;
  if (read === undefined || size === null) throw CorpusError.of('corpus/archive-inside');
  const zip = await import('@zip.js/zip.js/lib/zip-core-native.js');
  class SourceReader extends zip.Reader<ByteSource> {
    override size = size ?? 0;
    override async readUint8Array(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
      return new Uint8Array(
        await (read as NonNullable<ByteSource['read']>)(at, Math.min(this.size, at + length)),
      );
    }
  }
  const reader = new zip.ZipReader(new SourceReader(source), { useWebWorkers: false });
  try {
    let count = 0;
    for await (const entry of reader.getEntriesGenerator()) {
      if (++count > MAX_ENTRIES) throw CorpusError.of('corpus/archive-entries', { limit: MAX_ENTRIES });
      if (entry.directory || /(?:^|\/)(?:__MACOSX\/|\.DS_Store$)/.test(entry.filename)) continue;
      const refused = objection(entry);
      const path = shownPath(entry.filename);
      yield { path, refused, bytes: refused === null ? entrySource(entry, signal) : null };
    }
  } catch (error) {
    if (error instanceof CorpusError || signal?.aborted === true) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw reason === zip.ERR_UNSAFE_FILENAME
      ? CorpusError.of('corpus/archive-path')
      : CorpusError.of('corpus/archive-broken', { reason });
  } finally {
    await reader.close();
  }
}

function objection({ filename, encrypted, uncompressedSize, compressedSize }: Entry): CorpusError | null {
  if (/^[/\\]|^[a-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/i.test(filename))
    return CorpusError.of('corpus/archive-path');
  if (encrypted) return CorpusError.of('corpus/archive-encrypted');
  const ratio = Math.ceil(uncompressedSize / Math.max(1, compressedSize));
  if (uncompressedSize > ANY_RATIO_BYTES && ratio > MAX_RATIO) {
    return CorpusError.of('corpus/archive-bomb', { bytes: uncompressedSize, ratio, limit: MAX_RATIO });
  }
  return null;
}

function shownPath(path: string): string {
  return path.replace(/\0/g, '').slice(0, 1000);
}

function entrySource(entry: FileEntry, signal?: AbortSignal): ByteSource {
  return {
    size: entry.uncompressedSize,
    async *pieces() {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const options = {
        useWebWorkers: false,
        checkOverlappingEntry: true,
        ...(signal === undefined ? {} : { signal }),
      };
      let failure: unknown;
      const done = entry.getData(writable, options).catch((error: unknown) => {
        failure = error;
        // Ends the reading below.
        void writable.abort(error).catch(() => undefined);
      });
      const reader = readable.getReader();
      let length = 0;
      try {
        for (;;) {
          const { done: ended, value } = await reader.read();
          if (ended) break;
          length += value.length;
          if (length > entry.uncompressedSize) {
            throw CorpusError.of('corpus/archive-broken', {
              reason: 'a file is larger than the archive says',
            });
          }
          yield value;
        }
      } catch (error) {
        if (error instanceof CorpusError || signal?.aborted === true) throw error;
        const reason = failure ?? error;
        throw CorpusError.of('corpus/archive-broken', {
          reason: reason instanceof Error ? reason.message : String(reason),
        });
      } finally {
        await reader.cancel().catch(() => undefined);
        await done;
      }
    },
  };
}
