/** What of a run's folder becomes a recorded run of the page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipFiles } from '../../src/formats/zip';
import { PAGE_FOLDER } from '../../src/report/kept-trajectories';
import { CONFIG_FILE, EVAL_LOGS, METRICS_FILE, WARM_START_FILE } from '../../src/report/run-files';

export const RECORDED_FOLDER = 'public/recorded';
export const MANIFEST_FILE = 'src/ui/recorded/manifest.json';

/** A recorded run in the page's list. */
export interface RecordedRun {
  readonly id: string;
  /** Of its zip. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly ended: number;
  readonly machine: string;
  /** Options of `npm run train`. */
  readonly command: string;
}

/** What is recorded: the mask, the same without it, and the mask after a warm start. */
export const RECORDINGS: readonly { readonly id: string; readonly flags: readonly string[] }[] = [
  { id: 'masked', flags: ['--mode', 'masked'] },
  { id: 'rollout', flags: ['--mode', 'rollout'] },
  {
    id: 'warm-start',
    flags: ['--mode', 'masked', '--warmStartEpisodes', '160', '--warmStartBatchSize', '16'],
  },
];

/** Records, evaluations and trajectories; adapters would be most of its bytes. Its settings name no folder of this machine. */
export function packRun(folder: string, id: string): Uint8Array {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => isRecorded(path))
    .sort();
  const files = new Map(paths.map((path) => [path, new Uint8Array(readFileSync(join(folder, path)))]));
  const config = JSON.parse(readFileSync(join(folder, CONFIG_FILE), 'utf8')) as Record<string, unknown>;
  const own = JSON.stringify({ ...config, outputDir: `recorded/${id}` });
  files.set(CONFIG_FILE, new TextEncoder().encode(own));
  return zipFiles(files);
}

function isRecorded(path: string): boolean {
  if ([CONFIG_FILE, METRICS_FILE, WARM_START_FILE].includes(path)) return true;
  return /\.jsonl?$/.test(path) && (path.startsWith(`${EVAL_LOGS}/`) || path.startsWith(`${PAGE_FOLDER}/`));
}
