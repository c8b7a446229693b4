/** What a Node process provides to runs: Dawn, folders of the repository and elsewhere. */
import { readFile } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset } from '../../src/env/mail/corpus/dataset';
import { CorpusError } from '../../src/env/mail/corpus/types';
import { openModelFilesNode } from '../../src/engine/files/files-node';
import { steadyNow } from '../../src/run/clock';
import type { RunPlatform } from '../../src/run/open-run';
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
    dataset: (name) => {
      const folder = datasetFolder(name);
      return loadDataset((path) => readFile(join(folder, path)));
    },
    now: steadyNow,
    tuning: folderTuning(join(REPOSITORY, '.cache', 'tuning')),
  };
}

/** @throws CorpusError */
function datasetFolder(name: string): string {
  const builtIn = join(PUBLIC, 'datasets');
  const folder = [join(builtIn, name), name].find((path) => existsSync(join(path, 'dataset.json')));
  if (folder !== undefined) return folder;
  const known = existsSync(builtIn) ? readdirSync(builtIn).join(', ') : '';
  throw new CorpusError(
    `No dataset "${name}": it is neither one of ${known || 'the built-in ones (there are none)'} nor a folder with a ` +
      'dataset.json. `npm run corpus -- build` makes such a folder from mail and questions.',
  );
}
