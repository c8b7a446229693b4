/** `runs.json`: which files are the run's, and which checkpoints count. */
import type { IndexFault } from '../../errors/texts/damage';
import { checkpointStep, INDEX_FILE, isRunPath, LOCK_FILE } from '../../report/run-files';
import { isFileRecord, sha256, type FileRecord } from './checksum';
import { json } from './json';

export interface IndexEntry {
  /** Name of the checkpoint's folder. */
  readonly path: string;
  readonly step: number;
  /** Validation accuracy at that step; null when it was not evaluated. */
  readonly accuracy: number | null;
}

/** Checkpoints are in order of steps; the last one is the latest. */
export interface RunIndex {
  readonly checkpoints: readonly IndexEntry[];
  /** Path of the checkpoint with the best accuracy; `best_model/` is a copy of its adapter. */
  readonly best: string | null;
  /**
   * Every file that the run wrote, but the index itself and the lock. Null from before a file is written until the index
   * after it: what a crash leaves of it counts for nothing. Of a log that grows, its length and checksum at that time.
   */
  readonly files: ReadonlyMap<string, FileRecord | null>;
}

export type ReadIndex =
  | { readonly kind: 'index'; readonly index: RunIndex }
  /** Of MailGym before files had checksums: names checkpoints only. */
  | { readonly kind: 'older'; readonly index: Omit<RunIndex, 'files'> }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable'; readonly problem: IndexFault };

export const NO_CHECKPOINTS: Omit<RunIndex, 'files'> = { checkpoints: [], best: null };

export async function writeIndex({ checkpoints, best, files }: RunIndex): Promise<Uint8Array> {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const content = { format: 2, checkpoints, best, files: Object.fromEntries(sorted) };
  return json({ ...content, sha256: await sumOf(content) });
}

/** The index's own checksum, over all that it says but that. */
function sumOf(content: unknown): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(content)));
}

/** @param bytes content of the file; null when there is none */
export async function readIndex(bytes: Uint8Array | null): Promise<ReadIndex> {
  if (bytes === null) return { kind: 'absent' };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return { kind: 'unusable', problem: bytes.length === 0 ? 'empty' : 'no-json' };
  }
  if (typeof value !== 'object' || value === null || !('format' in value)) {
    return { kind: 'unusable', problem: 'no-index' };
  }
  if (value.format !== 1 && value.format !== 2) {
    return {
      kind: 'unusable',
      problem: { format: JSON.stringify(value.format) },
    };
  }
  const checkpoints = 'checkpoints' in value ? entriesOf(value.checkpoints) : null;
  const best = 'best' in value ? value.best : undefined;
  if (checkpoints === null || (best !== null && typeof best !== 'string')) {
    return { kind: 'unusable', problem: 'no-list-of-checkpoints' };
  }
  if (value.format === 1) return { kind: 'older', index: { checkpoints, best } };
  const { sha256: sum, ...content } = value as { sha256?: unknown };
  if ((await sumOf(content)) !== sum) {
    return { kind: 'unusable', problem: 'other-sum' };
  }
  const files = 'files' in value ? filesOf(value.files) : null;
  if (files === null) return { kind: 'unusable', problem: 'no-list-of-files' };
  return { kind: 'index', index: { checkpoints, best, files } };
}

function entriesOf(value: unknown): IndexEntry[] | null {
  if (!Array.isArray(value) || !value.every(isEntry)) return null;
  return value.toSorted((a, b) => a.step - b.step);
}

function isEntry(value: unknown): value is IndexEntry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'path' in value &&
    typeof value.path === 'string' &&
    'step' in value &&
    checkpointStep(value.path) === value.step &&
    'accuracy' in value &&
    (value.accuracy === null || typeof value.accuracy === 'number')
  );
}

/** Null unless all are files that a run may write: an index that somebody made up must not reach anything else. */
function filesOf(value: unknown): Map<string, FileRecord | null> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const files = new Map<string, FileRecord | null>();
  for (const [path, record] of Object.entries(value)) {
    const allowed = isRunPath(path) && path !== INDEX_FILE && path !== LOCK_FILE;
    if (!allowed || (record !== null && !isFileRecord(record))) return null;
    files.set(path, record as FileRecord | null);
  }
  return files;
}
