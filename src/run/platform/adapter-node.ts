/** Adapters on disk. */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileMap } from '../../formats/files';
import { PolicyError } from '../../errors/policy';
import { unzipFiles } from '../../formats/zip';

/**
 * The files of a PEFT folder, or of a zip of one. Optimiser state is not needed and may be large: it is not read.
 * @throws PolicyError, StorageError
 */
export async function adapterOnDisk(path: string): Promise<FileMap> {
  if (existsSync(path) && (await stat(path)).isFile()) return unzipFiles(await readFile(path), path);
  if (!existsSync(join(path, 'adapter_config.json'))) {
    throw PolicyError.of('policy/no-adapter-folder', { path });
  }
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name.startsWith('adapter_'));
  const read = async ({ name }: { readonly name: string }) =>
    [name, new Uint8Array(await readFile(join(path, name)))] as const;
  return new Map(await Promise.all(names.map(read)));
}
