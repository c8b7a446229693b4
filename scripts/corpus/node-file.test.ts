import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileSource } from './node-file';

it('reads the file that it opened, at once too, whatever its name leads to by then', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'node-file-'));
  const path = join(folder, 'f');
  await writeFile(path, 'abcdef');
  const { source, close } = await fileSource(path, 6);
  await rm(folder, { recursive: true });
  const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
  expect(text(source.readSync?.(1, 4))).toBe('bcd');
  expect(text(source.readSync?.(4, 99))).toBe('ef');
  expect(text(await source.read?.(4, 99))).toBe('ef');
  await close();
});
