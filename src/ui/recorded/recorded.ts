/**
 * Runs that come with the page, recorded by `npm run recorded`. A run is fetched when it is opened, and lives in memory
 * beside the browser's storage: to everything else of the page it is a folder of files like any other.
 */
import type { TrainerApi } from '../../../workers/api';
import { unzipFiles } from '../../formats/zip';
import type { Mode } from '../../settings/choices';
import { PageError } from '../page-error';
import { BLANK_LABEL, LABEL_FILE, type RunLabel } from '../runs/label';
import manifest from './manifest.json';

export interface RecordedRun {
  readonly id: RecordedId;
  readonly mode: Mode;
  /** Of its file. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly ended: number;
  readonly machine: string;
  /** Options of `npm run train`. */
  readonly command: string;
}
export const RECORDED_IDS = ['masked', 'rollout', 'warm-start'] as const;
export type RecordedId = (typeof RECORDED_IDS)[number];

/** Their list comes with the page; the runs themselves do not. */
export const RECORDED: readonly RecordedRun[] = manifest.flatMap((run) => {
  const id = RECORDED_IDS.find((one) => one === run.id);
  return id === undefined
    ? []
    : [{ ...run, id, mode: id === 'rollout' ? ('rollout' as const) : ('masked' as const) }];
});

/** Folder of their files, which the browser's storage never has. */
const FOLDER = 'recorded/';

/** The recorded run that a folder is of; null for any other. */
export function recordedOf(outputDir: string): RecordedRun | null {
  return RECORDED.find(({ id }) => outputDir === `${FOLDER}${id}`) ?? null;
}

export const recordedDir = ({ id }: RecordedRun): string => `${FOLDER}${id}`;

type Fetch = (address: string) => Promise<Response>;

export class RecordedRuns {
  readonly #files = new Map<string, Uint8Array>();
  readonly #fetch: Fetch;

  constructor(fetchFile: Fetch = (address) => fetch(address)) {
    this.#fetch = fetchFile;
  }

  /** Fetches a run, where it is not there yet. @throws PageError; StorageError for a damaged file */
  async open(run: RecordedRun): Promise<void> {
    const folder = `${recordedDir(run)}/`;
    if ([...this.#files.keys()].some((path) => path.startsWith(folder))) return;
    const address = `${FOLDER}${run.id}.zip`;
    const response = await this.#fetch(new URL(address, document.baseURI).href);
    if (!response.ok) throw PageError.of('page/recorded', { file: address, status: response.status });
    const files = unzipFiles(new Uint8Array(await response.arrayBuffer()), address);
    const label: RunLabel = {
      ...BLANK_LABEL,
      preset: 'quick',
      started: run.started,
      ended: { reason: 'max-steps', at: run.ended },
    };
    for (const [path, bytes] of files) this.#files.set(`${folder}${path}`, bytes);
    this.#files.set(`${folder}${LABEL_FILE}`, new TextEncoder().encode(JSON.stringify(label)));
  }

  /** The worker's interface, with the recorded runs that were opened among its files. */
  beside(api: TrainerApi): TrainerApi {
    const files = this.#files;
    const isOurs = (path: string): boolean => path.startsWith(FOLDER);
    const listed = (prefix: string): string[] => [...files.keys()].filter((path) => path.startsWith(prefix));
    return {
      ...api,
      listFiles: async (prefix) => {
        if (isOurs(prefix)) return listed(prefix);
        const own = listed(prefix);
        // A browser that refuses its storage shows recorded runs all the same.
        const stored = own.length === 0 ? api.listFiles(prefix) : api.listFiles(prefix).catch(() => []);
        return [...(await stored), ...own];
      },
      readFile: (path) => (isOurs(path) ? Promise.resolve(files.get(path) ?? null) : api.readFile(path)),
      writeFile: (path, bytes) => {
        if (!isOurs(path)) return api.writeFile(path, bytes);
        files.set(path, bytes);
        return Promise.resolve();
      },
      removeFiles: (prefix) => {
        if (!isOurs(prefix)) return api.removeFiles(prefix);
        for (const path of listed(prefix)) files.delete(path);
        return Promise.resolve();
      },
    };
  }
}
