/** What a Node process provides to runs: Dawn, folders of the repository and elsewhere. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EnvironmentError } from '../../src/env/errors';
import { loadEnvironment } from '../../src/env/registry';
import type { TaskSource } from '../../src/env/types';
import { openModelFilesNode } from '../../src/engine/files/files-node';
import { steadyNow } from '../../src/run/clock';
import type { RunPlatform } from '../../src/run/session';
import { ensureDriver } from '../setup/driver';
import type { Log } from '../setup/system';
import { REPOSITORY } from './page';
import { folderTuning } from './tuning-store';

const PUBLIC = join(REPOSITORY, 'public');

/** Sets up a driver when there is none. @throws SetupError */
export async function nodePlatform(log: Log): Promise<RunPlatform> {
  const webgpu = await ensureDriver(log);
  return {
    webgpu,
    modelFiles: (model) => openModelFilesNode(model, join(PUBLIC, 'models')),
    environment: loadEnvironment,
    taskSource: folderSource,
    readText: async (path) => {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        throw new EnvironmentError(`${path} cannot be read: ${(error as Error).message}`);
      }
    },
    now: steadyNow,
    tuning: folderTuning(join(REPOSITORY, '.cache', 'tuning')),
  };
}

/** A built-in dataset, a folder, or a single file. @throws EnvironmentError */
async function folderSource(name: string): Promise<TaskSource> {
  const builtIn = join(PUBLIC, 'datasets');
  const path = [join(builtIn, name), name].find((candidate) => existsSync(candidate));
  if (path === undefined) {
    const known = existsSync(builtIn) ? readdirSync(builtIn).join(', ') : '';
    throw new EnvironmentError(
      `No dataset "${name}": it is neither one of ${known || 'the built-in ones (there are none)'} nor a folder or file.`,
    );
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
