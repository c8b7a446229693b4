/** Files that are right, or wrong in a known way, from the repository's own cases. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { REPOSITORY } from '../runtime/page';

/** Larger ones are slow to edit and to shrink. */
const MOST_BYTES = 64 * 1024;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const texts = (...all: readonly string[]): Uint8Array[] => all.map(utf8);
export const json = (...all: readonly unknown[]): Uint8Array[] =>
  all.map((value) => utf8(JSON.stringify(value)));

/** All files below a folder of the repository whose name matches, in order. */
export function seedFiles(folder: string, name: RegExp): Uint8Array[] {
  return paths(join(REPOSITORY, folder))
    .filter((path) => name.test(path) && statSync(path).size <= MOST_BYTES)
    .map((path) => new Uint8Array(readFileSync(path)));
}

function paths(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? paths(path) : [path];
    });
}

/** A file of the repository. */
export const seedFile = (path: string): Uint8Array => new Uint8Array(readFileSync(join(REPOSITORY, path)));

export const zip = (files: Readonly<Record<string, Uint8Array>>): Uint8Array => zipSync(files);

type Item = readonly ['u32' | 'u64' | 'text', number | string];

/** A GGUF file (github.com/ggml-org/ggml, docs/gguf.md) with one text, one list and one tensor of 32 float32 numbers. */
export function gguf(): Uint8Array {
  const items: Item[] = [
    ...([
      ['u32', 0x46554747],
      ['u32', 3],
      ['u64', 1],
      ['u64', 2],
    ] as const),
    ...([
      ['text', 'general.architecture'],
      ['u32', 8],
      ['text', 'qwen3'],
    ] as const),
    ...([
      ['text', 'tokenizer.ggml.tokens'],
      ['u32', 9],
      ['u32', 8],
      ['u64', 2],
      ['text', 'a'],
      ['text', 'b'],
    ] as const),
    ...([
      ['text', 'output_norm.weight'],
      ['u32', 1],
      ['u64', 32],
      ['u32', 0],
      ['u64', 0],
    ] as const),
  ];
  const parts = items.map(([kind, value]) => {
    if (kind === 'text') {
      const bytes = Buffer.from(String(value));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.length));
      return Buffer.concat([length, bytes]);
    }
    const number = Buffer.alloc(kind === 'u32' ? 4 : 8);
    number.writeUInt32LE(Number(value), 0);
    return number;
  });
  const head = Buffer.concat(parts);
  const padding = Buffer.alloc((32 - (head.length % 32)) % 32);
  return new Uint8Array(Buffer.concat([head, padding, Buffer.alloc(32 * 4, 1)]));
}

/** The header of a PST file ([MS-PST] 2.2.2.6), of both kinds; what it points to is not there. */
export function pst(version: 14 | 23): Uint8Array {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  bytes.set([0x21, 0x42, 0x44, 0x4e, 0, 0, 0, 0, 0x53, 0x4d]);
  view.setUint16(10, version, true);
  for (const at of [184, 188, 216, 224, 232, 240]) view.setUint32(at, 1024, true);
  bytes[512] = 0x80;
  bytes[513] = 0x01;
  return bytes;
}
