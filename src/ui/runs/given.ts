/**
 * Runs in files that a visitor gives: zips of this page's, folders and zips of `npm run train`'s, adapters as the page
 * downloads them. What is no run is refused in words, and takes nothing else with it.
 */
import { unzipFiles } from '../../formats/zip';
import { parseMetrics, parseWarmStart } from '../../report/records';
import {
  baselineLogDate,
  BEST_FOLDER,
  CONFIG_FILE,
  EVAL_LOGS,
  FINAL_FOLDER,
  isAdapterFolder,
  isRunPath,
  METADATA_FILE,
  METRICS_FILE,
  ROLLOUTS_FILE,
  topName,
  WARM_START_FILE,
} from '../../report/run-files';
import { MODES } from '../../settings/choices';
import { KEPT_FOLLOWED, keptStep } from '../../report/kept-trajectories';
import { PageError } from '../page-error';
import type { PickedFile } from '../parts/dropped-files';
import { KEPT_LOG } from './kept';
import { BLANK_LABEL, LABEL_FILE, parseLabel, type RunLabel } from './label';

export interface GivenRun {
  /** As the visitor knows it: the zip's or the folder's name. */
  readonly source: string;
  /** By path inside the run's folder; only what a run of this page would have there. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly label: RunLabel;
}

/** One zip, or the loose files of one folder. */
export interface Lot {
  readonly source: string;
  /** @throws PageError, StorageError; the browser's for what cannot be read */
  readonly runs: () => Promise<GivenRun[]>;
}

/** A run with its adapters has some dozens of MB; more is something else, and would fill the page's memory. */
export const MOST_BYTES = 2 ** 28;

/** Each zip is a lot, and so is each folder that has a run; they are read one by one. */
export function lotsOf(picked: readonly PickedFile[]): Lot[] {
  const zips = picked.filter(({ path }) => /\.zip$/i.test(path));
  const loose = picked.filter((one) => !zips.includes(one));
  const roots = rootsOf(loose.map(({ path }) => path));
  const inRuns = loose.filter(({ path }) => roots.some((root) => isWithin(root, path)));
  return [
    ...zips.map(({ path, file }) => ({ source: path, runs: () => zippedRuns(path, file) })),
    ...roots.map((root) => ({
      source: root === '' ? METRICS_FILE : root.replace(/\/$/, ''),
      runs: async () => [await looseRun(root, inRuns)],
    })),
    // What lies loose and belongs to no run is named, not passed over.
    ...(roots.length === 0 || loose.some(({ path }) => !path.includes('/'))
      ? loose
          .filter((one) => !inRuns.includes(one))
          .map(({ path }) => ({
            source: path,
            runs: () => Promise.reject(PageError.of('page/no-run', { name: path })),
          }))
      : []),
  ];
}

const isWithin = (root: string, path: string): boolean => path.startsWith(root);

/** Folders, with their slash, that hold the records of a run; '' for none around them. */
function rootsOf(paths: readonly string[]): string[] {
  const roots = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    // An adapter's folder may have a copy of them; it is part of its run.
    const isCopy = isAdapterFolder(parts.at(-1) ?? '') && parts.length > 1;
    if ([METRICS_FILE, WARM_START_FILE].includes(name) && !isCopy)
      roots.add(parts.map((part) => `${part}/`).join(''));
  }
  return [...roots].sort();
}

async function zippedRuns(source: string, file: File): Promise<GivenRun[]> {
  checkSize(source, file.size);
  const entries = unzipFiles(new Uint8Array(await file.arrayBuffer()), source);
  const roots = rootsOf([...entries.keys()]);
  if (roots.length === 0) throw PageError.of('page/no-run', { name: source });
  return roots.map((root) => {
    const own = [...entries].filter(([path]) => isWithin(root, path));
    const name = roots.length === 1 ? source : `${source}/${root.replace(/\/$/, '')}`;
    return runOf(name, new Map(own.map(([path, bytes]) => [path.slice(root.length), bytes])), null);
  });
}

async function looseRun(root: string, picked: readonly PickedFile[]): Promise<GivenRun> {
  const own = picked.filter(({ path }) => isWithin(root, path) && isTaken(path.slice(root.length)));
  const source = root === '' ? METRICS_FILE : root.replace(/\/$/, '');
  checkSize(
    source,
    own.reduce((sum, { file }) => sum + file.size, 0),
  );
  const files = new Map<string, Uint8Array>();
  for (const { path, file } of own)
    files.set(path.slice(root.length), new Uint8Array(await file.arrayBuffer()));
  const records = own.find(({ path }) => path.endsWith(METRICS_FILE)) ?? own[0];
  return runOf(source, files, records?.file.lastModified ?? null);
}

function checkSize(name: string, bytes: number): void {
  if (bytes > MOST_BYTES) throw PageError.of('page/run-large', { name, bytes, most: MOST_BYTES });
}

/**
 * Records, settings, evaluations, the two adapters that are used, and what the page keeps. Checkpoints stay out: a run is
 * gone on with where it was made.
 */
function isTaken(path: string): boolean {
  if ([LABEL_FILE, KEPT_LOG, KEPT_FOLLOWED].includes(path) || keptStep(`/${path}`) !== null) return true;
  if (!isRunPath(path)) return false;
  const top = topName(path);
  if (top === EVAL_LOGS || top === BEST_FOLDER || top === FINAL_FOLDER) return true;
  return [CONFIG_FILE, METRICS_FILE, WARM_START_FILE, ROLLOUTS_FILE].includes(path);
}

/** @throws PageError where no record of a step can be read */
function runOf(source: string, given: ReadonlyMap<string, Uint8Array>, modified: number | null): GivenRun {
  const text = (path: string): string | null => {
    const bytes = given.get(path);
    return bytes === undefined ? null : new TextDecoder().decode(bytes);
  };
  const steps = parseMetrics(text(METRICS_FILE) ?? '');
  const warmStart = parseWarmStart(text(WARM_START_FILE) ?? '');
  const isSound =
    steps.every(
      ({ step, maxSteps, rewardMean, mode }) =>
        [step, maxSteps, rewardMean].every(Number.isFinite) && MODES.includes(mode),
    ) && warmStart.every(({ step, loss }) => [step, loss].every(Number.isFinite));
  if (steps.length + warmStart.length === 0 || !isSound)
    throw PageError.of('page/run-unreadable', { name: source });
  const files = new Map([...given].filter(([path]) => isTaken(path)));
  const config = text(CONFIG_FILE) ?? settingsInMetadata(text(METADATA_FILE));
  if (config !== null) files.set(CONFIG_FILE, new TextEncoder().encode(config));
  const label = parseLabel(text(LABEL_FILE) ?? '') ?? BLANK_LABEL;
  const started = label.started ?? baselineTime([...given.keys()]) ?? modified;
  return { source, files, label: { ...label, started, importedFrom: source } };
}

/** An adapter as it is downloaded has no config.json, but says in its metadata what it was made with. */
function settingsInMetadata(text: string | null): string | null {
  try {
    const found = JSON.parse(text ?? '') as { readonly settings?: unknown } | null;
    return typeof found?.settings === 'object' && found.settings !== null
      ? JSON.stringify(found.settings)
      : null;
  } catch {
    return null;
  }
}

/** Midnight of the day in the name of the first evaluation's log. */
function baselineTime(paths: readonly string[]): number | null {
  const days = paths
    .map((path) => baselineLogDate(path.split('/').at(-1) ?? ''))
    .filter((day) => day !== null);
  return days[0] === undefined ? null : Date.parse(days[0]);
}

/** A folder name for a run of this source: letters, digits, dots and lines, whatever the file was called. */
export function folderName(source: string): string {
  const name =
    source
      .replace(/\.zip$/i, '')
      .split('/')
      .at(-1) ?? '';
  return (
    name
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
      .replaceAll(/^[.-]+|[.-]+$/g, '')
      .slice(0, 60) || 'run'
  );
}
