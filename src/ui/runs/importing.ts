/** Given runs on their way into the browser's storage. */
import type { TrainerApi } from '../../../workers/api';
import { parseMetrics } from '../../report/records';
import { METRICS_FILE, outputDirs } from '../../report/run-files';
import { PageError } from '../page-error';
import { messageOf } from '../problems';
import type { RunRecord } from '../state';
import { folderName, type GivenRun, type Lot } from './given';
import { LABEL_FILE } from './label';

/** Its reason is in the page's language whenever it is read. */
export interface RefusedFile {
  readonly source: string;
  readonly reason: string;
}

/** What became of the files that were given. */
export interface ImportedRuns {
  /** Folders of the runs that were added. */
  readonly added: readonly string[];
  readonly refused: readonly RefusedFile[];
}

/** Folder of runs that came from elsewhere. */
export const IMPORT_FOLDER = 'other-runs';

/**
 * Adds what can be added; what cannot is named with its reason, and leaves nothing behind.
 * @param records runs that are there, of which none is added twice
 * @param onProgress lots done, and how many there are
 */
export async function importLots(
  api: Pick<TrainerApi, 'listFiles' | 'writeFile' | 'removeFiles'>,
  lots: readonly Lot[],
  records: readonly RunRecord[],
  onProgress: (done: number, all: number) => void = () => undefined,
): Promise<ImportedRuns> {
  const added: string[] = [];
  const refused: RefusedFile[] = [];
  const known = new Set(records.map(({ steps }) => JSON.stringify(steps)));
  const taken = new Set((await api.listFiles('')).map((path) => path.split('/').slice(0, 2).join('/')));
  for (const [done, { source, runs }] of lots.entries()) {
    onProgress(done, lots.length);
    try {
      for (const run of await runs()) {
        const steps = parseMetrics(new TextDecoder().decode(run.files.get(METRICS_FILE)));
        const key = JSON.stringify(steps);
        if (steps.length > 0 && known.has(key)) throw PageError.of('page/run-known', { name: run.source });
        const folder = freeFolder(run, taken);
        await write(api, folder, run);
        known.add(key);
        taken.add(folder);
        added.push(folder);
      }
    } catch (error) {
      refused.push({
        source,
        get reason() {
          return messageOf(error);
        },
      });
    }
  }
  return { added, refused };
}

function freeFolder({ source }: GivenRun, taken: ReadonlySet<string>): string {
  for (const folder of outputDirs(`${IMPORT_FOLDER}/${folderName(source)}`))
    if (!taken.has(folder)) return folder;
  throw new RangeError('There is no end to names.');
}

async function write(
  api: Pick<TrainerApi, 'writeFile' | 'removeFiles'>,
  folder: string,
  { files, label }: GivenRun,
): Promise<void> {
  const all = new Map(files).set(LABEL_FILE, new TextEncoder().encode(JSON.stringify(label)));
  try {
    for (const [path, bytes] of all) await api.writeFile(`${folder}/${path}`, bytes);
  } catch (error) {
    // Half a run would look like a whole one.
    await api.removeFiles(`${folder}/`).catch(() => undefined);
    throw error;
  }
}
