/** Tasks from files on disk. */
import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EnvironmentError } from '../../env/errors';
import { foreign } from '../../errors';
import type { TaskSource } from '../../env/types';

/**
 * A built-in dataset, a folder, or a single file.
 * @param builtIn folder of the built-in datasets
 * @throws EnvironmentError
 */
export async function folderSource(name: string, builtIn: string): Promise<TaskSource> {
  const path = [join(builtIn, name), name].find((candidate) => existsSync(candidate));
  if (path === undefined) {
    const known = existsSync(builtIn) ? readdirSync(builtIn) : [];
    throw EnvironmentError.of('environment/no-such-dataset', { name, known });
  }
  if (!(await stat(path)).isDirectory()) {
    return { name, list: () => Promise.resolve([basename(path)]), read: () => readFile(path) };
  }
  return {
    name,
    list: async () => {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
        .sort();
    },
    read: (file) => readFile(join(path, file)),
  };
}

/** A text file of the user's. @throws EnvironmentError when it cannot be read */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw EnvironmentError.of('environment/text-file', { path, reason: foreign(error) }, { cause: error });
  }
}
