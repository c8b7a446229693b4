/** Whose files lie in an output folder, and what a run may do there. Nothing is written here. */
import { checkpointName, INDEX_FILE, isAdapterFolder, isRunPath, topName } from '../../report/run-files';
import type { RunStore } from '../stores/run-store';
import { tellEnglish } from '../../errors';
import { StorageError } from '../../errors/storage';
import type { IndexFault } from '../../errors/texts/damage';
import { indexWords } from '../../errors/texts/en/damage';
import { damagedCheckpoints } from '../../errors/texts/en/storage/folders';
import { firstOf } from '../../errors/texts/en/words';
import { manyOf } from '../../errors/texts/many';
import { recordOf, type FileRecord } from './checksum';
import { isRunFolder, namesakes, recognise, type FoundCheckpoint, type Recognised } from './recognise';
import { RunFolder } from './run-folder';
import { NO_CHECKPOINTS, readIndex, type IndexEntry, type RunIndex } from './run-index';

export interface OpenedFolder {
  readonly folder: RunFolder;
  /** Whether files of a run lie there. */
  readonly isUsed: boolean;
  /** For the user: what was found and done. */
  readonly notes: readonly string[];
}

/** How many names a message lists. */
const SHOWN = 5;

/**
 * For a run that starts afresh, in the place of a run whose index lies there.
 * @param where the folder as the user calls it
 * @throws StorageError when files that are not that run's have names that the new one would write
 */
export async function openForNewRun(store: RunStore, where: string): Promise<OpenedFolder> {
  const paths = await namesakes(store);
  const { index, problem } = await indexOf(store, paths);
  if (index !== null) {
    refuseStrangers(where, strangersTo(index, paths), null);
    const folder = new RunFolder(store, index);
    await folder.assertUnchanged();
    return { folder, isUsed: index.files.size > 0, notes: [] };
  }
  const found = await recognise(store, paths);
  const strangers = [...found.strangers, ...(problem !== null && found.own.length === 0 ? [INDEX_FILE] : [])];
  refuseStrangers(where, strangers, problem);
  // Without an index only what nobody would miss may go: a run that ended before its first save.
  if (found.own.some((path) => isAdapterFolder(topName(path)))) {
    throw StorageError.of('storage/adapters-without-index', {
      where,
      adapters: manyOf(folders(found.own), SHOWN),
      index: problem ?? 'missing',
    });
  }
  const files = await recordsOf(store, found.own);
  const folder = new RunFolder(store, { ...NO_CHECKPOINTS, files });
  return { folder, isUsed: files.size > 0, notes: [] };
}

/**
 * For a run that goes on. Where the index is lost it is made again from the checkpoints that are whole.
 * @throws StorageError when files that are not the run's are in the way, or no checkpoint is whole
 */
export async function openForResume(store: RunStore, where: string): Promise<OpenedFolder> {
  const paths = await namesakes(store);
  const { index, problem } = await indexOf(store, paths);
  if (index !== null && index.checkpoints.length > 0) {
    refuseStrangers(where, strangersTo(index, paths), null);
    return { folder: new RunFolder(store, index), isUsed: true, notes: [] };
  }
  // What the index knows as unfinished is no checkpoint, however whole it looks; what it knows is nobody else's.
  const known = index?.files ?? new Map<string, FileRecord | null>();
  const found = await recognise(
    store,
    paths.filter((path) => known.get(path) !== null),
  );
  const isKnown = (name: string) => [...known.keys()].some((path) => path === name || path.startsWith(name));
  const isForeignIndex = problem !== null && found.own.length === 0;
  const strangers = found.strangers.filter((name) => !isKnown(name));
  refuseStrangers(where, [...strangers, ...(isForeignIndex ? [INDEX_FILE] : [])], problem);
  const files = new Map([...known, ...(await recordsOf(store, found.own))]);
  const lost = problem ?? (index === null ? 'missing' : 'no-checkpoints');
  if (found.checkpoints.length > 0) return rebuilt(store, where, found, files, lost);
  const adapters = folders(found.own);
  if (adapters.length > 0) {
    throw StorageError.of('storage/no-checkpoint', { where, adapters: manyOf(adapters, SHOWN) });
  }
  const folder = new RunFolder(store, { ...NO_CHECKPOINTS, files });
  return { folder, isUsed: files.size > 0, notes: [] };
}

function rebuilt(
  store: RunStore,
  where: string,
  { checkpoints }: Recognised,
  files: ReadonlyMap<string, FileRecord | null>,
  lost: IndexFault,
): OpenedFolder {
  const damaged = checkpoints.flatMap(({ path, problem }) =>
    problem === null ? [] : [{ path, file: problem }],
  );
  const whole = checkpoints.filter(({ state }) => state !== null);
  if (whole.length === 0) {
    throw StorageError.of('storage/no-whole-checkpoint', { where, index: lost, damaged });
  }
  const entries = whole.map(entryOf);
  const last = whole.at(-1)?.state?.best ?? null;
  const best = entries.find(({ path }) => last !== null && path === checkpointName(last.step))?.path ?? null;
  const notes = [
    `${INDEX_FILE} of ${where} ${indexWords(lost)}; it is made again from ${firstOf(
      entries.map(({ path }) => path),
      SHOWN,
    )}.`,
    ...(damaged.length > 0
      ? [`Left out, since not whole: ${damagedCheckpoints(damaged, tellEnglish)}.`]
      : []),
  ];
  return { folder: new RunFolder(store, { checkpoints: entries, best, files }), isUsed: true, notes };
}

function entryOf({ path, step, state }: FoundCheckpoint): IndexEntry {
  const evaluation = state?.lastEvaluation ?? null;
  return { path, step, accuracy: evaluation?.step === step ? evaluation.accuracy : null };
}

/** The index that lies there; of an older version, with the files that such a version wrote. */
async function indexOf(
  store: RunStore,
  paths: readonly string[],
): Promise<{ readonly index: RunIndex | null; readonly problem: IndexFault | null }> {
  const read = await readIndex(await store.read(INDEX_FILE));
  switch (read.kind) {
    case 'index':
      return { index: read.index, problem: null };
    case 'absent':
      return { index: null, problem: null };
    case 'unusable':
      return { index: null, problem: read.problem };
    case 'older': {
      if (!(await isRunFolder(store))) {
        return {
          index: null,
          problem: 'names-no-files',
        };
      }
      const files = await recordsOf(store, paths.filter(isRunPath));
      return { index: { ...read.index, files }, problem: null };
    }
  }
}

function strangersTo(index: RunIndex, paths: readonly string[]): string[] {
  return paths.filter((path) => isRunPath(path) && !index.files.has(path));
}

function refuseStrangers(where: string, strangers: readonly string[], problem: IndexFault | null): void {
  if (strangers.length === 0) return;
  throw StorageError.of('storage/strangers', { where, names: manyOf(strangers, SHOWN), index: problem });
}

async function recordsOf(store: RunStore, paths: readonly string[]): Promise<Map<string, FileRecord | null>> {
  const files = new Map<string, FileRecord | null>();
  for (const path of paths) {
    const bytes = await store.read(path);
    if (bytes !== null) files.set(path, await recordOf(bytes));
  }
  return files;
}

function folders(paths: readonly string[]): string[] {
  return [...new Set(paths.map(topName))].filter(isAdapterFolder);
}
