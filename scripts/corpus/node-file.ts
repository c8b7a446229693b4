/** Files of Node as sources that are read in pieces. */
import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { readable, type ByteSource } from '../../src/env/mail/corpus/import';

/** @param size in bytes; what is behind it when the file grows is not read */
export async function fileSource(
  path: string,
  size: number,
): Promise<{ source: ByteSource; close: () => Promise<void> }> {
  const file = await open(path, 'r');
  return {
    source: readable(
      size,
      (start, end) => readFrom(file, start, end),
      (start, end) => readAtOnce(file.fd, start, end),
    ),
    close: () => file.close(),
  };
}

async function readFrom(file: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, start + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

function readAtOnce(file: number, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let length = 0;
  while (length < bytes.length) {
    const bytesRead = readSync(file, bytes, length, bytes.length - length, start + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
