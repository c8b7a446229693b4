/** What a Node process provides to runs: Dawn, folders of the repository and elsewhere. */
import { join } from 'node:path';
import { loadEnvironment } from '../../src/env/load';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { steadyNow } from '../../src/run/clock';
import { folderSource, readTextFile } from '../../src/run/platform/folder-source-node';
import type { RunPlatform } from '../../src/run/session';
import { ensureDriver } from '../setup/driver';
import type { Log } from '../setup/system';
import { REPOSITORY } from './page';
import { folderTuning } from './tuning-store';

const PUBLIC = join(REPOSITORY, 'public');

/** Sets up a driver when there is none. @throws SetupError */
export async function nodePlatform(log: Log): Promise<RunPlatform> {
  return { webgpu: await ensureDriver(log), ...nodeFiles() };
}

/** What needs no GPU. */
export function nodeFiles(): Omit<RunPlatform, 'webgpu'> {
  return {
    modelFiles: (model, downloads) => openModelFilesNode(model, join(PUBLIC, 'models'), downloads),
    environment: loadEnvironment,
    taskSource: (dataset) => folderSource(dataset, join(PUBLIC, 'datasets')),
    readText: readTextFile,
    now: steadyNow,
    tuning: folderTuning(join(REPOSITORY, '.cache', 'tuning')),
  };
}
