/** Single compressed files and tape archives, unpacked in pieces. */
import { CorpusError } from '../types';
import { concat, type ByteSource } from './bytes';
import { MAX_RATIO, type ArchiveEntry } from './zip-entries';
import { decodeText } from './text';

/** A file that unpacks to less may be packed as well as it likes. */
const ANY_RATIO_BYTES = 16 * 1024 * 1024;
const BLOCK = 512;

export function startsGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

export function startsTar(head: Uint8Array): boolean {
  return decodeText(head.subarray(257, 262)) === 'ustar';
}

/** What a gzip file holds. */
export function gunzipped(pieces: AsyncIterable<Uint8Array>): ByteSource {
  return {
    size: null,
    async *pieces() {
      let packed = 0;
      let unpacked = 0;
      const input = pieces[Symbol.asyncIterator]();
      const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
        async pull(controller) {
          const next = await input.next();
          if (next.done === true) controller.close();
          else {
            packed += next.value.length;
            controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
          }
        },
      }).pipeThrough(new DecompressionStream('gzip'));
      const reader = stream.getReader();
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          unpacked += value.length;
          if (unpacked > ANY_RATIO_BYTES && unpacked > packed * MAX_RATIO) {
            throw CorpusError.of('corpus/archive-bomb', {
              bytes: unpacked,
              ratio: Math.ceil(unpacked / packed),
              limit: MAX_RATIO,
            });
          }
          yield value;
        }
      } catch (error) {
        if (error instanceof CorpusError) throw error;
        throw CorpusError.of('corpus/archive-broken', {
          reason: error instanceof Error ? error.message : String(error),
        });
      } finally {
        await reader.cancel().catch(() => undefined);
        await input.return?.();
      }
    },
  };
}

/** The plain files of a tape archive; each must be read, or left, before the next one. */
export async function* tarEntries(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveEntry> {
  const input = new BlockReader(pieces);
  let longName = '';
  for (;;) {
    const header = await input.take(BLOCK);
    if (header.length < BLOCK || header[0] === 0) return;
    const text = (from: number, length: number): string =>
      decodeText(header.subarray(from, from + length)).split('\0', 1)[0] ?? '';
    const size = tarNumber(header.subarray(124, 136), text(124, 12));
    const type = String.fromCharCode(header[156] ?? 0);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L' || type === 'x') {
      if (size > 64 * 1024)
        throw CorpusError.of('corpus/archive-broken', { reason: 'a name of more than 65536 bytes' });
      const record = decodeText((await input.take(padded)).subarray(0, size));
      longName =
        type === 'L' ? (record.split('\0', 1)[0] ?? '') : (/^\d+ path=(.*)$/m.exec(record)?.[1] ?? longName);
      continue;
    }
    const prefix = text(345, 155);
    const path = longName !== '' ? longName : `${prefix === '' ? '' : `${prefix}/`}${text(0, 100)}`;
    longName = '';
    const end = input.place + padded;
    if (type === '0' || type === '\0') {
      const refused = /^[/\\]|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(path)
        ? CorpusError.of('corpus/archive-path')
        : null;
      yield { path, refused, bytes: refused === null ? { size, pieces: () => input.pieces(size) } : null };
    }
    await input.skipTo(end);
  }
}

/** Octal, or of large files binary. */
function tarNumber(bytes: Uint8Array, octal: string): number {
  if (((bytes[0] ?? 0) & 0x80) === 0) return Number.parseInt(octal.trim() || '0', 8) || 0;
  return bytes.subarray(4).reduce((sum, byte) => sum * 256 + byte, 0);
}

class BlockReader {
  place = 0;
  readonly #input: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#input = pieces[Symbol.asyncIterator]();
  }

  /** Fewer bytes only at the end. */
  async take(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const piece of this.pieces(length)) parts.push(piece);
    return concat(parts);
  }

  async *pieces(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      if (this.#rest.length === 0) {
        const next = await this.#input.next();
        if (next.done === true) return;
        this.#rest = next.value;
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      this.place += part.length;
      left -= part.length;
      yield part;
    }
  }

  async skipTo(place: number): Promise<void> {
    if (place <= this.place) return;
    for await (const piece of this.pieces(place - this.place)) void piece;
  }
}
