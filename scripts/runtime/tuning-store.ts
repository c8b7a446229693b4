/** What was measured about this machine's graphics cards, kept beside the repository's other caches. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TuningStore } from '../../src/kernels/tuning';

export function folderTuning(folder: string): TuningStore {
  const fileOf = (name: string) => join(folder, `${encodeURIComponent(name)}.json`);
  return {
    read: (name) => readFile(fileOf(name), 'utf8').catch(() => null),
    write: async (name, text) => {
      await mkdir(folder, { recursive: true });
      await writeFile(fileOf(name), text);
    },
  };
}
