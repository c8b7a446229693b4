/** Bytes that are read in pieces, so that nothing needs to be in memory whole. */

/** Where bytes come from: memory, a browser's file, a file of Node, an entry of an archive. */
export interface ByteSource {
  /** Bytes in all; null when only their end tells. */
  readonly size: number | null;
  /** From the first byte on, each time anew; pieces of at most a few MiB, which the receiver may keep. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Bytes from `start` to before `end`, fewer at the end. Absent where reading is only possible from the start. */
  readonly read?: (start: number, end: number) => Promise<Uint8Array>;
  /** The same at once, for libraries that cannot wait; absent where there is no such way. */
  readonly readSync?: (start: number, end: number) => Uint8Array;
}

export type Bytes = Uint8Array | Blob | ByteSource;

/** Of workers alone; the types of pages, which this code is checked with, have none. */
declare const FileReaderSync: (new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer }) | undefined;

/** Bytes of one piece where the reader chooses. */
export const PIECE_BYTES = 1024 * 1024;

export function sourceOf(bytes: Bytes): ByteSource {
  if (bytes instanceof Uint8Array) {
    const readSync = (start: number, end: number): Uint8Array => bytes.subarray(start, end);
    return readable(bytes.length, (start, end) => Promise.resolve(readSync(start, end)), readSync);
  }
  if (!(bytes instanceof Blob)) return bytes;
  return readable(
    bytes.size,
    async (start, end) => new Uint8Array(await bytes.slice(start, end).arrayBuffer()),
    // Workers have a reader that waits; a page has none.
    typeof FileReaderSync === 'undefined'
      ? undefined
      : (start, end) => new Uint8Array(new FileReaderSync().readAsArrayBuffer(bytes.slice(start, end))),
  );
}

/** A source of known size of which any part can be read. */
export function readable(
  size: number,
  read: NonNullable<ByteSource['read']>,
  readSync?: ByteSource['readSync'],
): ByteSource {
  return {
    size,
    read,
    ...(readSync === undefined ? {} : { readSync }),
    async *pieces() {
      for (let start = 0; start < size; start += PIECE_BYTES) {
        yield await read(start, Math.min(size, start + PIECE_BYTES));
      }
    },
  };
}

/** The first bytes of a source, and all of it without reading those twice. */
export interface Peeked {
  readonly head: Uint8Array;
  readonly pieces: AsyncIterable<Uint8Array>;
  /** To be called at the end, whether or not the pieces were read: a source that nobody reads on holds what it has open. */
  readonly close: () => Promise<void>;
}

export async function peek(source: ByteSource, bytes: number): Promise<Peeked> {
  const pieces = source.pieces()[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await pieces.next();
    if (next.done === true) break;
    read.push(next.value);
    length += next.value.length;
  }
  const head = concat(read);
  return {
    head,
    pieces: {
      async *[Symbol.asyncIterator]() {
        try {
          yield head;
          for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
            yield next.value;
          }
        } finally {
          await pieces.return?.();
        }
      },
    },
    close: async () => {
      await pieces.return?.();
    },
  };
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** All bytes of a source. @returns null when there are more than `limit`. */
export async function readWhole(
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > limit) return null;
    parts.push(piece);
  }
  return concat(parts);
}
